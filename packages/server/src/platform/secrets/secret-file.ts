import { constants, open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isOpenToOthers } from '@breakwater/kernel'
import type { AppError } from '@breakwater/kernel'

const MAX_BYTES = 8_192

/** How a reader says no: each has a code of its own. */
export type RefuseSecret = (message: string, cause?: unknown) => AppError

/** The path of a file of the secrets folder. Who may name the file must not reach any other. */
export function findSecretFile(secretsDir: string | undefined, name: string, refuse: RefuseSecret): string {
  if (secretsDir === undefined) throw refuse('the server has no secrets folder')
  if (basename(name) !== name || name.startsWith('.')) throw refuse('the key file must lie in the secrets folder')
  return join(secretsDir, name)
}

/** Reads a text that nobody but its owner can, without the white space around it. */
export async function readSecretText(path: string, refuse: RefuseSecret): Promise<string> {
  // Opened without waiting: a pipe would hold up everything that reads files.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw refuse('the key file cannot be read', cause)
  })
  try {
    const status = await file.stat()
    if (!status.isFile()) throw refuse('the key file must be a file')
    if (isOpenToOthers(status)) throw refuse('the key file must have mode 0600')
    if (status.size > MAX_BYTES) throw refuse('the key file is too long')
    return (await file.readFile('utf8')).trim()
  } finally {
    await file.close()
  }
}
