import { readFile } from 'node:fs/promises'
import type { Given } from '../command.ts'
import { UsageError } from '../terminal.ts'
import type { Terminal } from '../terminal.ts'
import { readHomeFile } from './home.ts'
import { readSession } from './session-file.ts'

/** As whom a command speaks, to which server, and whom it believes to be that server. */
export interface Credential {
  readonly kind: 'token-file' | 'session' | 'admin-token'
  readonly baseUrl: string
  /** PEM; null: the authorities of the system. */
  readonly ca: string | null
  readonly token: string
}

const DEFAULT_PORT = '8443'

/**
 * `--token-file`; else the log-in of `breakwater login`; else this machine's administrator. A log-in's token goes to the
 * server that gave it and to no other, whatever `--url` says.
 */
export async function readCredential(given: Given, terminal: Terminal): Promise<Credential> {
  const url = readUrl(given)
  const tokenFile = given.text('token-file')
  if (tokenFile !== undefined) {
    return {
      kind: 'token-file',
      baseUrl: url ?? localUrl(terminal),
      ca: await readHomeFile(terminal, 'ca.pem'),
      token: await readFile(tokenFile, 'utf8'),
    }
  }
  const session = await readSession(terminal)
  if (session && (url === undefined || new URL(url).origin === new URL(session.url).origin)) {
    return { kind: 'session', baseUrl: session.url, ca: session.ca, token: session.token }
  }
  return {
    kind: 'admin-token',
    baseUrl: url ?? localUrl(terminal),
    ca: await readHomeFile(terminal, 'ca.pem'),
    token: await readHomeFile(terminal, 'admin.token'),
  }
}

/** `--url`. Throws UsageError when it is not https. */
export function readUrl(given: Given): string | undefined {
  const url = given.text('url')
  if (url === undefined) return undefined
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:') throw new UsageError('--url is an https address')
  return url
}

export function localUrl({ environment }: Pick<Terminal, 'environment'>): string {
  return `https://localhost:${environment['BREAKWATER_PORT'] ?? DEFAULT_PORT}`
}
