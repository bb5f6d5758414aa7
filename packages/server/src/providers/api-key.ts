import { constants, open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '@breakwater/kernel'

const MAX_KEY_BYTES = 8_192
const OTHERS_MAY = 0o077

/** A key is read again after this time, so that a new one is taken up without a restart. */
const MAX_AGE_MS = 5_000

/**
 * Answers the key of one file of the secrets folder, read at most `MAX_AGE_MS` ago. Who may name the file must not be
 * able to have any other file of the server sent away. Throws `provider.credentials-refused`.
 */
export function createApiKeyReader(
  secretsDir: string | undefined,
  name: string,
  elapsedMs = () => performance.now(),
): () => Promise<string> {
  if (secretsDir === undefined) throw refusal('the server has no secrets folder')
  if (basename(name) !== name || name.startsWith('.')) throw refusal('the key file must lie in the secrets folder')
  const path = join(secretsDir, name)
  let known: { readonly key: Promise<string>; readonly readMs: number } | undefined
  return async () => {
    if (!known || elapsedMs() - known.readMs > MAX_AGE_MS) {
      const fresh = { key: readApiKey(path), readMs: elapsedMs() }
      known = fresh
      fresh.key.catch(() => {
        if (known === fresh) known = undefined
      })
    }
    return known.key
  }
}

/** Reads a key that nobody but its owner can. Throws `provider.credentials-refused`. */
async function readApiKey(path: string): Promise<string> {
  // Opened without waiting: a pipe would hold up everything that reads files.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw refusal('the key file cannot be read', cause)
  })
  try {
    const status = await file.stat()
    if (!status.isFile()) throw refusal('the key file must be a file')
    if ((status.mode & OTHERS_MAY) !== 0) throw refusal('the key file must have mode 0600')
    if (status.size > MAX_KEY_BYTES) throw refusal('the key file is too long')
    const key = (await file.readFile('utf8')).trim()
    // A header of printable ASCII: anything else would be an injection or a mistake.
    if (!/^[\x21-\x7e]+$/.test(key)) throw refusal('the key file does not hold one key')
    return key
  } finally {
    await file.close()
  }
}

function refusal(message: string, cause?: unknown): AppError {
  return new AppError('provider.credentials-refused', { message, cause })
}
