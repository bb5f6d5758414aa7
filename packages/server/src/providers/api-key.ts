import { open } from 'node:fs/promises'
import { AppError } from '@breakwater/kernel'

const MAX_KEY_BYTES = 8_192
const OTHERS_MAY = 0o077

/** Reads a key that nobody but its owner can. Throws `provider.credentials-refused`. */
export async function readApiKey(path: string): Promise<string> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw refusal('the key file cannot be read', cause)
  })
  try {
    const { mode, size } = await file.stat()
    if ((mode & OTHERS_MAY) !== 0) throw refusal('the key file must have mode 0600')
    if (size > MAX_KEY_BYTES) throw refusal('the key file is too long')
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
