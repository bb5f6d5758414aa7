import { createPrivateKey } from 'node:crypto'
import { kekError } from '../../kek-provider.ts'
import { readSecretFile } from '../../secret-file.ts'
import { readText, toFields } from '../shared/answer.ts'
import type { Fields } from '../shared/answer.ts'
import { toCause } from '../shared/cause.ts'
import { isLoopback } from '../shared/endpoint.ts'

/** Gives an access token for Cloud KMS, a new one when the last has ended. */
export type GetToken = () => Promise<string>

const SCOPE = 'https://www.googleapis.com/auth/cloudkms'

interface TokenClient {
  getAccessToken(): Promise<string | null | undefined | { readonly token?: string | null }>
}

/**
 * Signs in to Google Cloud: by a credentials file (a workload identity whose subject token is a file, or a service
 * account's key), else by the application default credentials. Throws `keys.denied` for a file of another kind.
 */
export async function createGcpTokens(credentialsFile: string | undefined): Promise<GetToken> {
  const client = await createClient(credentialsFile)
  return async () => {
    const answer = await client.getAccessToken().catch((error: unknown) => {
      throw kekError(isAnswered(error) ? 'keys.denied' : 'keys.unavailable', toCause(error))
    })
    const token = typeof answer === 'string' ? answer : answer?.token
    if (!token) throw kekError('keys.denied')
    return token
  }
}

async function createClient(credentialsFile: string | undefined): Promise<TokenClient> {
  const { GoogleAuth, IdentityPoolClient, JWT } = await import('google-auth-library')
  if (credentialsFile === undefined) return new GoogleAuth({ scopes: [SCOPE] })
  const fields = parse(await readSecretFile(credentialsFile))
  if (fields['type'] === 'service_account') {
    const [email, key] = [readField(fields, 'client_email'), readField(fields, 'private_key')]
    assertPrivateKey(key)
    return new JWT({ email, key, scopes: [SCOPE] })
  }
  if (fields['type'] !== 'external_account') throw kekError('keys.denied')
  const impersonation = fields['service_account_impersonation_url']
  // Field by field: a file of this type may also name programs to run and addresses to ask.
  return new IdentityPoolClient({
    type: 'external_account',
    audience: readField(fields, 'audience'),
    subject_token_type: readField(fields, 'subject_token_type'),
    token_url: readGoogleUrl(fields, 'token_url'),
    credential_source: { file: readField(toFields(fields['credential_source']), 'file') },
    ...(impersonation !== undefined && {
      service_account_impersonation_url: readGoogleUrl(fields, 'service_account_impersonation_url'),
    }),
    scopes: [SCOPE],
  })
}

/** Else it would look like a service that is away: something that passes by itself. */
function assertPrivateKey(pem: string): void {
  try {
    createPrivateKey(pem)
  } catch {
    throw kekError('keys.denied')
  }
}

/** A file's address gets our subject token: Google's own, or loopback in tests. */
function readGoogleUrl(fields: Fields, name: string): string {
  const url = URL.parse(readField(fields, name))
  const isGoogles = url?.protocol === 'https:' && url.hostname.endsWith('.googleapis.com')
  if (!url || !(isGoogles || isLoopback(url.hostname))) throw kekError('keys.denied')
  return url.href
}

function readField(fields: Fields, name: string): string {
  try {
    return readText(fields, name)
  } catch {
    throw kekError('keys.denied')
  }
}

function parse(text: string | undefined): Fields {
  try {
    return toFields(JSON.parse(text ?? ''))
  } catch {
    // Without its cause, which quotes the file.
    throw kekError('keys.denied')
  }
}

/** The sign-in service answered, with a refusal. */
function isAnswered(error: unknown): boolean {
  const status = toFields(toFields(error)['response'])['status'] ?? toFields(error)['status']
  return typeof status === 'number' && status >= 400 && status < 500 && status !== 429
}
