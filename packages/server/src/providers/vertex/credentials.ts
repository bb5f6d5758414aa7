import { createGoogleClient, isSignInRefused } from '@breakwater/keys'
import type { GoogleClient } from '@breakwater/keys'
import { AppError } from '@breakwater/kernel'
import { findSecretFile, readSecretText } from '../../platform/secrets/secret-file.ts'
import { failWith } from '../transport/provider-error.ts'

/** Gives the value of an `authorization` header. */
type Authorize = () => Promise<string>

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'

/**
 * Signs in to Google Cloud: by a file of the secrets folder, else by whatever the workload has. Throws
 * `provider.credentials-refused`.
 */
export function createAuthorize(file: string | undefined, secretsDir: string | undefined): Authorize {
  const path = file === undefined ? undefined : findSecretFile(secretsDir, file, refusal)
  let made: Promise<GoogleClient> | undefined
  return async () => {
    made ??= createClient(path)
    // A file that is mended counts at the next request.
    const client = await made.catch((error: unknown) => {
      made = undefined
      throw error
    })
    const headers = await client.getRequestHeaders().catch((cause: unknown) => {
      if (isSignInRefused(cause)) throw refusal('Google refused the credentials', cause)
      throw failWith('provider.failed', { cause })
    })
    const value = headers.get('authorization')
    if (value === null) throw refusal('Google gave no token')
    return value
  }
}

async function createClient(path: string | undefined): Promise<GoogleClient> {
  const text = path === undefined ? undefined : await readSecretText(path, refusal)
  return createGoogleClient(text, { scope: SCOPE, refuse: refusal, signsItself: true })
}

function refusal(message: string, cause?: unknown): AppError {
  return new AppError('provider.credentials-refused', { message, cause })
}
