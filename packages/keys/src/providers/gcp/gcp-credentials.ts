import { kekError } from '../../kek-provider.ts'
import { readSecretFile } from '../../secret-file.ts'
import { toCause } from '../shared/cause.ts'
import { createGoogleClient, isSignInRefused } from './google-client.ts'

/** Gives an access token for Cloud KMS, a new one when the last has ended. */
export type GetToken = () => Promise<string>

const SCOPE = 'https://www.googleapis.com/auth/cloudkms'

/**
 * Signs in to Google Cloud: by a credentials file (a workload identity whose subject token is a file, or a service
 * account's key), else by the application default credentials. Throws `keys.denied` for a file of another kind.
 */
export async function createGcpTokens(credentialsFile: string | undefined): Promise<GetToken> {
  // A file that is not there is one without anything in it, and no reason to look elsewhere.
  const text = credentialsFile === undefined ? undefined : ((await readSecretFile(credentialsFile)) ?? '')
  const client = await createGoogleClient(text, { scope: SCOPE, refuse: () => kekError('keys.denied') })
  return async () => {
    const answer = await client.getAccessToken().catch((error: unknown) => {
      throw kekError(isSignInRefused(error) ? 'keys.denied' : 'keys.unavailable', toCause(error))
    })
    const token = typeof answer === 'string' ? answer : answer?.token
    if (!token) throw kekError('keys.denied')
    return token
  }
}
