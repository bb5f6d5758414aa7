import { AppError } from '@breakwater/kernel'
import { findSecretFile, readSecretText } from '../../platform/secrets/secret-file.ts'

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
  const path = findSecretFile(secretsDir, name, refusal)
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
  const key = await readSecretText(path, refusal)
  // A header of printable ASCII: anything else would be an injection or a mistake.
  if (!/^[\x21-\x7e]+$/.test(key)) throw refusal('the key file does not hold one key')
  return key
}

function refusal(message: string, cause?: unknown): AppError {
  return new AppError('provider.credentials-refused', { message, cause })
}
