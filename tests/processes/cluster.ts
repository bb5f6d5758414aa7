import { appendFile, chmod, chown, copyFile, mkdir, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findFreePort } from '../support/server.ts'
import type { Authority } from './certificates.ts'
import type { Account } from './commands.ts'
import { IS_ROOT, runCommand } from './commands.ts'

const PROGRAMS = '/usr/lib/postgresql/15/bin'

export const hasDebianPostgres = (): boolean => existsSync(join(PROGRAMS, 'initdb'))

/** Debian's PostgreSQL as an operator sets it up: TLS 1.3 alone, everybody with a certificate in their own name. */
export interface Cluster {
  readonly port: number
  /** As the database's superuser, over the socket that only root and that account can open. */
  sql(text: string, database?: string): Promise<string>
  stop(): Promise<void>
}

// A name that the certificate must show, and nothing without one: neither over TCP nor without TLS.
const ACCESS = `local all postgres trust
hostssl breakwater all 127.0.0.1/32 cert clientcert=verify-full
hostssl breakwater all ::1/128 cert clientcert=verify-full
`

export async function startCluster(folder: string, authority: Authority): Promise<Cluster> {
  const account = await findPostgres()
  const data = join(folder, 'cluster')
  const sockets = join(folder, 'sockets')
  for (const dir of [data, sockets]) {
    await mkdir(dir, { mode: 0o700 })
    if (account) await chown(dir, account.uid, account.gid)
  }
  const as = { ...(account && { account }) }
  const run = async (program: string, args: readonly string[]): Promise<string> =>
    runCommand(join(PROGRAMS, program), args, as)
  await run('initdb', ['-D', data, '--username=postgres', '--auth=reject', '--encoding=UTF8', '--locale=C'])
  const { certFile, keyFile } = await authority.issue('database')
  for (const [from, name, mode] of [
    [certFile, 'server.crt', 0o644],
    [keyFile, 'server.key', 0o600],
    [authority.caFile, 'ca.crt', 0o644],
  ] as const) {
    await copyFile(from, join(data, name))
    await chmod(join(data, name), mode)
    if (account) await chown(join(data, name), account.uid, account.gid)
  }
  const port = await findFreePort()
  const settings = [
    `port = ${port}`,
    "listen_addresses = 'localhost'",
    `unix_socket_directories = '${sockets}'`,
    'ssl = on',
    "ssl_min_protocol_version = 'TLSv1.3'",
    "ssl_cert_file = 'server.crt'",
    "ssl_key_file = 'server.key'",
    "ssl_ca_file = 'ca.crt'",
    'max_connections = 80',
    'shared_buffers = 32MB',
  ]
  await appendFile(join(data, 'postgresql.conf'), `${settings.join('\n')}\n`)
  await writeFile(join(data, 'pg_hba.conf'), ACCESS)
  await run('pg_ctl', ['-D', data, '-w', '-l', join(data, 'server.log'), 'start'])
  return {
    port,
    sql: async (text, database = 'breakwater') => {
      const to = ['-h', sockets, '-p', String(port), '-U', 'postgres', '-d', database]
      return (await run('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', ...to, '-c', text])).trim()
    },
    stop: async () => void (await run('pg_ctl', ['-D', data, '-m', 'immediate', '-w', 'stop'])),
  }
}

/** PostgreSQL refuses to run as root. */
async function findPostgres(): Promise<Account | undefined> {
  if (!IS_ROOT) return undefined
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => runCommand('id', [flag, 'postgres'])))
  return { uid: Number(uid), gid: Number(gid) }
}
