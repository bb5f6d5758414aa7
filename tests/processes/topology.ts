import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient } from '../support/client.ts'
import type { HttpsClient } from '../support/client.ts'
import { findFreePort } from '../support/server.ts'
import type { Authority } from './certificates.ts'
import { makeAuthority } from './certificates.ts'
import type { Cluster } from './cluster.ts'
import { hasDebianPostgres, startCluster } from './cluster.ts'
import type { Account } from './commands.ts'
import { describeAccount, hasCommand, IS_ROOT, runCommand } from './commands.ts'
import type { Program } from './program.ts'
import { startProgram } from './program.ts'
import type { Token } from './token.ts'
import { findModule, makeToken } from './token.ts'

export const CLI = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))
const ENVIRONMENT = 'production'
const TOKEN_GROUP = 64_230

/** The programs, the role each logs in with, and the account it runs under. Two gateways are one kind. */
const PROGRAMS = {
  'gateway-a': { program: 'gateway', role: 'gateway', uid: 64_231 },
  'gateway-b': { program: 'gateway', role: 'gateway', uid: 64_232 },
  worker: { program: 'worker', role: 'worker', uid: 64_233 },
  sequencer: { program: 'sequencer', role: 'sequencer', uid: 64_234 },
} as const
export type Name = keyof typeof PROGRAMS
export type GatewayName = 'gateway-a' | 'gateway-b'

/** What is missing on this machine; empty when the topology can be had. */
export function findMissing(): readonly string[] {
  const parts = [
    [hasDebianPostgres(), 'postgresql-15'],
    [findModule() !== undefined && hasCommand('softhsm2-util'), 'softhsm2'],
    [hasCommand('pkcs11-tool'), 'opensc'],
    [hasCommand('openssl'), 'openssl'],
  ] as const
  return parts.filter(([isThere]) => !isThere).map(([, name]) => name)
}

export interface Topology {
  readonly folder: string
  readonly cluster: Cluster
  readonly authority: Authority
  /** What every program of this name is started with. */
  readonly settings: (name: Name) => Readonly<Record<string, string>>
  readonly account: (name: Name) => Account | undefined
  readonly home: (name: Name) => string
  /** What people's browsers call it, whichever gateway answers. */
  readonly publicUrl: string
  readonly client: (name: GatewayName) => HttpsClient
  start(name: Name): Promise<void>
  stop(name: Name): Promise<void>
  program(name: Name): Program
  close(): Promise<void>
}

/** A production installation as the manual says it, migrated, its programs not yet started. */
export async function makeTopology(): Promise<Topology> {
  const folder = await mkdtemp(join(tmpdir(), 'bwp-'))
  await chmod(folder, 0o755)
  const authority = await makeAuthority(folder, 'authority')
  const cluster = await startCluster(folder, authority)
  const running = new Map<Name, Program>()
  const clients = new Map<GatewayName, HttpsClient>()
  const close = async (): Promise<void> => {
    for (const client of clients.values()) client.close()
    await Promise.all([...running.values()].map(async (program) => program.stop()))
    await cluster.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
  try {
    const hasAccounts = IS_ROOT && canEnter({ uid: PROGRAMS.worker.uid, gid: PROGRAMS.worker.uid })
    const account = (name: Name): Account | undefined => {
      const { uid, program } = PROGRAMS[name]
      if (!hasAccounts) return undefined
      return { uid, gid: uid, ...(program !== 'sequencer' && { groups: [TOKEN_GROUP] }) }
    }
    const owner = hasAccounts ? { uid: TOKEN_GROUP, gid: TOKEN_GROUP } : undefined
    const token = await makeToken(folder, ENVIRONMENT, owner)
    await migrate(folder, cluster, authority)
    const home = (name: Name): string => join(folder, name)
    const ports = { 'gateway-a': await findFreePort(), 'gateway-b': await findFreePort() }
    const publicUrl = `https://localhost:${ports['gateway-a']}`
    const settings = new Map<Name, Readonly<Record<string, string>>>()
    for (const name of Object.keys(PROGRAMS) as Name[]) {
      const port = name === 'gateway-a' || name === 'gateway-b' ? ports[name] : undefined
      const place = { home: home(name), account: account(name), port, publicUrl }
      settings.set(name, await prepare(name, place, { cluster, authority, token }))
    }
    const ca = await readFile(authority.caFile, 'utf8')
    return {
      folder,
      cluster,
      authority,
      account,
      home,
      publicUrl,
      settings: (name) => settings.get(name) ?? {},
      client(name) {
        const known = clients.get(name) ?? createClient(`https://localhost:${ports[name]}`, ca)
        clients.set(name, known)
        return known
      },
      async start(name) {
        const as = account(name)
        running.set(name, await startProgram({ settings: settings.get(name) ?? {}, ...(as && { account: as }) }))
      },
      async stop(name) {
        await running.get(name)?.stop()
        running.delete(name)
      },
      program(name) {
        const found = running.get(name)
        if (!found) throw new Error(`${name} does not run`)
        return found
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The database's owner migrates; each program gets a role of its own that may take on what it needs and no more. */
async function migrate(folder: string, cluster: Cluster, authority: Authority): Promise<void> {
  const sql: Cluster['sql'] = async (...input) => cluster.sql(...input)
  await sql('create role owner login createrole', 'postgres')
  await sql('create database breakwater owner owner', 'postgres')
  const { certFile, keyFile } = await authority.issue('owner')
  await runCommand(process.execPath, ['--conditions=breakwater-source', CLI, 'migrate'], {
    env: {
      BREAKWATER_ENVIRONMENT: ENVIRONMENT,
      BREAKWATER_DATABASE_URL: `postgresql://owner@localhost:${cluster.port}/breakwater`,
      BREAKWATER_DATABASE_CA_FILE: authority.caFile,
      BREAKWATER_DATABASE_CERT_FILE: certFile,
      BREAKWATER_DATABASE_KEY_FILE: keyFile,
      HOME: folder,
    },
  })
  await sql('create role gateway login; create role worker login; create role sequencer login')
  await sql('grant breakwater_app to gateway; grant breakwater_app, breakwater_sequencer to worker')
  await sql('grant breakwater_sequencer to sequencer')
}

interface Place {
  readonly home: string
  readonly account: Account | undefined
  readonly port: number | undefined
  readonly publicUrl: string
}

/** A home of its own with its certificates, the PIN and the settings of the key service. */
async function prepare(
  name: Name,
  { home, account, port, publicUrl }: Place,
  { cluster, authority, token }: { readonly cluster: Cluster; readonly authority: Authority; readonly token: Token },
): Promise<Readonly<Record<string, string>>> {
  const { program, role } = PROGRAMS[name]
  const own = (file: string): string => join(home, 'own', file)
  await mkdir(join(home, 'own'), { recursive: true, mode: 0o700 })
  await chmod(home, 0o700)
  const copy = async (from: string, file: string): Promise<string> => {
    await writeFile(own(file), await readFile(from), { mode: 0o600 })
    return own(file)
  }
  const database = await authority.issue(role)
  const settings: Record<string, string> = {
    BREAKWATER_ENVIRONMENT: ENVIRONMENT,
    BREAKWATER_PROGRAM: program,
    BREAKWATER_HOME: home,
    BREAKWATER_LOG: 'stderr',
    BREAKWATER_DRAIN_SECONDS: '2',
    BREAKWATER_DATABASE_URL: `postgresql://${role}@localhost:${cluster.port}/breakwater`,
    BREAKWATER_DATABASE_CA_FILE: await copy(authority.caFile, 'ca.pem'),
    BREAKWATER_DATABASE_CERT_FILE: await copy(database.certFile, 'database.pem'),
    BREAKWATER_DATABASE_KEY_FILE: await copy(database.keyFile, 'database.key'),
  }
  if (program !== 'sequencer') {
    await writeFile(own('pin'), token.pin, { mode: 0o600 })
    await writeFile(own('keys.json'), token.describe(own('pin')), { mode: 0o600 })
    Object.assign(settings, token.env, { BREAKWATER_KEYS_FILE: own('keys.json'), BREAKWATER_PUBLIC_URL: publicUrl })
  }
  if (port !== undefined) {
    const server = await authority.issue(name)
    Object.assign(settings, {
      BREAKWATER_PORT: String(port),
      BREAKWATER_TLS_CERT_FILE: await copy(server.certFile, 'server.pem'),
      BREAKWATER_TLS_KEY_FILE: await copy(server.keyFile, 'server.key'),
    })
  }
  if (account) {
    await runCommand('chown', ['-R', `${account.uid}:${account.gid}`, home])
    await chown(home, account.uid, account.gid)
  }
  return settings
}

/** Whether another account can read the program that it is to run: a checkout in root's own folder it cannot. */
function canEnter(account: Account): boolean {
  const [first, ...args] = [...describeAccount(account), 'test', '-r', CLI]
  return spawnSync(first, args).status === 0
}
