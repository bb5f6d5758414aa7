import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { AppError, isOpenToOthers } from '@breakwater/kernel'

const MAX_BYTES = 65_536
const TOKEN_BYTES = 32

/** Reads a file that nobody but its owner can. Throws `config.invalid`, naming what the file is for. */
export async function readPrivateFile(path: string, what: string): Promise<string> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw refuse(`${what} cannot be read`, cause)
  })
  try {
    const status = await file.stat()
    if (!status.isFile() || status.size > MAX_BYTES) throw refuse(`${what} is not a small file`)
    if (isOpenToOthers(status)) throw refuse(`${what} can be read by other accounts: chmod 600`)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** Writes a new file of mode 0600. Throws `resource.conflict` when there is one. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  let file: FileHandle
  try {
    file = await open(path, 'wx', 0o600)
  } catch (cause) {
    const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    if (isTaken) throw new AppError('resource.conflict', { message: 'the output exists already', cause })
    throw refuse('the output cannot be written', cause)
  }
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The local token of a file, which is made when it is not there: what restarts keeps the token its callers have. */
export async function openTokenFile(path: string): Promise<string> {
  const made = makeLocalToken()
  try {
    await writePrivateFile(path, `${made}\n`)
    return made
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'resource.conflict') throw error
  }
  const token = (await readPrivateFile(path, '--local-token-file')).trim()
  if (!/^[\x21-\x7e]{32,256}$/.test(token)) throw refuse('--local-token-file holds no token of 32 to 256 characters')
  return token
}

/** 256 random bits. */
export function makeLocalToken(): string {
  return `bwl_${randomBytes(TOKEN_BYTES).toString('base64url')}`
}

function refuse(message: string, cause?: unknown): AppError {
  return new AppError('config.invalid', { message, cause })
}
