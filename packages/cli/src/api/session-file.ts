import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { AppError } from '@breakwater/kernel'
import { readPrivateFile } from '../connect/secret-files.ts'
import type { Terminal } from '../terminal.ts'

/** A log-in as it is kept. */
export interface SavedSession {
  /** The only address the token is sent to. */
  readonly url: string
  /** PEM of the authority that the server was reached under; null: those of the system. */
  readonly ca: string | null
  readonly token: string
  readonly endsAt: string
}

const NAME = 'session.json'

/** Where the log-in of this account is kept: BREAKWATER_HOME, else the user's folder for settings. */
function sessionPath({ environment }: Pick<Terminal, 'environment'>): string {
  const home = environment['BREAKWATER_HOME']
  if (home !== undefined) return join(home, NAME)
  return join(environment['XDG_CONFIG_HOME'] ?? join(environment['HOME'] ?? homedir(), '.config'), 'breakwater', NAME)
}

/** The log-in, if there is one. Throws `config.invalid` when others can read it or it is none of ours. */
export async function readSession(terminal: Pick<Terminal, 'environment'>): Promise<SavedSession | undefined> {
  const path = sessionPath(terminal)
  const text = await readPrivateFile(path, 'the log-in (session.json)').catch((error: unknown) => {
    if (isAbsent(error)) return undefined
    throw error
  })
  if (text === undefined) return undefined
  const saved = parseJson(text)
  if (isSession(saved)) return saved
  throw new AppError('config.invalid', { message: 'the log-in (session.json) is damaged: breakwater login' })
}

/** Replaces the log-in at once or not at all; nobody else may read it. */
export async function writeSession(terminal: Pick<Terminal, 'environment'>, session: SavedSession): Promise<void> {
  const path = sessionPath(terminal)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  try {
    await writeFile(draft, `${JSON.stringify(session)}\n`, { mode: 0o600, flag: 'wx' })
    await chmod(draft, 0o600)
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}

export async function removeSession(terminal: Pick<Terminal, 'environment'>): Promise<void> {
  await rm(sessionPath(terminal), { force: true })
}

function isSession(value: unknown): value is SavedSession {
  if (typeof value !== 'object' || value === null) return false
  const { url, ca, token, endsAt } = value as Partial<Record<keyof SavedSession, unknown>>
  const isAddress = typeof url === 'string' && URL.canParse(url) && new URL(url).protocol === 'https:'
  const isToken = typeof token === 'string' && /^bws_[\w-]{1,120}$/.test(token)
  return isAddress && isToken && (ca === null || typeof ca === 'string') && typeof endsAt === 'string'
}

function isAbsent(error: unknown): boolean {
  const cause = error instanceof AppError ? error.cause : error
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
