import { createPrivateKey } from 'node:crypto'
import { AppError } from '@breakwater/kernel'
import { findSecretFile, readSecretText } from '../../platform/secrets/secret-file.ts'
import type { Fields } from '../chat/json.ts'
import { toFields } from '../chat/json.ts'
import { failWith } from '../transport/provider-error.ts'

/** Gives the value of an `authorization` header. */
type Authorize = () => Promise<string>

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'

interface TokenClient {
  getRequestHeaders(url?: string): Promise<Headers>
}

/**
 * Signs in to Google Cloud: by a file of the secrets folder, else by whatever the workload has (a metadata server, a file
 * that the environment names). A file holds a service account's key, with which a token is signed here and nobody is
 * asked (AIP-4111), or a workload identity whose subject token is a file. Throws `provider.credentials-refused`.
 */
export function createAuthorize(file: string | undefined, secretsDir: string | undefined): Authorize {
  const path = file === undefined ? undefined : findSecretFile(secretsDir, file, refusal)
  let made: Promise<TokenClient> | undefined
  return async () => {
    made ??= createClient(path)
    // A file that is mended counts at the next request.
    const client = await made.catch((error: unknown) => {
      made = undefined
      throw error
    })
    const headers = await client.getRequestHeaders().catch((cause: unknown) => {
      if (isAnswered(cause)) throw refusal('Google refused the credentials', cause)
      throw failWith('provider.failed', { cause })
    })
    const value = headers.get('authorization')
    if (value === null) throw refusal('Google gave no token')
    return value
  }
}

async function createClient(path: string | undefined): Promise<TokenClient> {
  const { GoogleAuth, IdentityPoolClient, JWT } = await import('google-auth-library')
  if (path === undefined) return new GoogleAuth({ scopes: [SCOPE] }).getClient()
  const fields = parse(await readSecretText(path, refusal))
  if (fields['type'] === 'service_account') {
    const client = new JWT({ email: readField(fields, 'client_email'), key: readKey(fields), scopes: [SCOPE] })
    client.useJWTAccessWithScope = true
    return client
  }
  if (fields['type'] !== 'external_account') throw refusal('the credentials file is of another kind')
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

function readKey(fields: Fields): string {
  const pem = readField(fields, 'private_key')
  try {
    createPrivateKey(pem)
  } catch {
    throw refusal('the credentials file does not hold a private key')
  }
  return pem
}

/** A file's address gets our subject token: Google's own, or loopback in tests. */
function readGoogleUrl(fields: Fields, name: string): string {
  const url = URL.parse(readField(fields, name))
  const isGoogles = url?.protocol === 'https:' && url.hostname.endsWith('.googleapis.com')
  if (!url || !(isGoogles || url.hostname === '127.0.0.1'))
    throw refusal("an address in the credentials file is not Google's")
  return url.href
}

function readField(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string' || value === '') throw refusal('a field of the credentials file is missing')
  return value
}

function parse(text: string): Fields {
  try {
    return toFields(JSON.parse(text))
  } catch {
    // Without its cause, which quotes the file.
    throw refusal('the credentials file is not JSON')
  }
}

/** The sign-in service answered, with a refusal. */
function isAnswered(error: unknown): boolean {
  const { response, status } = toFields(error)
  const answered = toFields(response)['status'] ?? status
  return typeof answered === 'number' && answered >= 400 && answered < 500 && answered !== 429
}

function refusal(message: string, cause?: unknown): AppError {
  return new AppError('provider.credentials-refused', { message, cause })
}
