import { createPrivateKey } from 'node:crypto'
import { toFields } from '../shared/answer.ts'
import type { Fields } from '../shared/answer.ts'
import { isLoopback } from '../shared/endpoint.ts'

/** As much of Google's own client as is used. */
export interface GoogleClient {
  getAccessToken(): Promise<string | null | undefined | { readonly token?: string | null }>
  getRequestHeaders(url?: string): Promise<Headers>
}

export interface GoogleSignIn {
  readonly scope: string
  /** How the caller says no: each has a code of its own. */
  readonly refuse: (message: string) => Error
  /** A service account's token is signed here and nobody is asked (AIP-4111). Not every service takes those. */
  readonly signsItself?: boolean
}

/**
 * Signs in to Google Cloud by the text of a credentials file: a workload identity whose subject token is a file, or a
 * service account's key. Without a file, by whatever the workload has (a metadata server, a file that the environment
 * names). Throws what `refuse` makes, for a file of another kind.
 */
export async function createGoogleClient(
  text: string | undefined,
  { scope, refuse, signsItself = false }: GoogleSignIn,
): Promise<GoogleClient> {
  const { GoogleAuth, IdentityPoolClient, JWT } = await import('google-auth-library')
  const scopes = [scope]
  if (text === undefined) return new GoogleAuth({ scopes })
  const read = createFieldReader(refuse)
  const fields = parse(text, refuse)
  if (fields['type'] === 'service_account') {
    const [email, key] = [read(fields, 'client_email'), read(fields, 'private_key')]
    requirePrivateKey(key, refuse)
    const client = new JWT({ email, key, scopes })
    client.useJWTAccessWithScope = signsItself
    return client
  }
  if (fields['type'] !== 'external_account') throw refuse('the credentials file is of another kind')
  const readUrl = (name: string): string => requireGoogles(read(fields, name), refuse)
  // Field by field: a file of this type may also name programs to run and addresses to ask.
  return new IdentityPoolClient({
    type: 'external_account',
    audience: read(fields, 'audience'),
    subject_token_type: read(fields, 'subject_token_type'),
    token_url: readUrl('token_url'),
    credential_source: { file: read(toFields(fields['credential_source']), 'file') },
    ...(fields['service_account_impersonation_url'] !== undefined && {
      service_account_impersonation_url: readUrl('service_account_impersonation_url'),
    }),
    scopes,
  })
}

/** The sign-in service answered, with a refusal. */
export function isSignInRefused(error: unknown): boolean {
  const { response, status } = toFields(error)
  const answered = toFields(response)['status'] ?? status
  return typeof answered === 'number' && answered >= 400 && answered < 500 && answered !== 429
}

/** Else it would look like a service that is away: something that passes by itself. */
function requirePrivateKey(pem: string, refuse: GoogleSignIn['refuse']): void {
  try {
    createPrivateKey(pem)
  } catch {
    throw refuse('the credentials file does not hold a private key')
  }
}

/** Below this domain anybody may have a bucket: only the services that exchange tokens are meant. */
const SIGN_IN_HOST = /^(?:sts|iamcredentials)(?:\.mtls|\.[a-z0-9-]+\.rep)?\.googleapis\.com$/

/** A file's address gets our subject token: Google's own, or loopback in tests. */
function requireGoogles(text: string, refuse: GoogleSignIn['refuse']): string {
  const url = URL.parse(text)
  const isGoogles = url?.protocol === 'https:' && SIGN_IN_HOST.test(url.hostname)
  if (!url || !(isGoogles || isLoopback(url.hostname))) {
    throw refuse("an address in the credentials file is not Google's")
  }
  return url.href
}

function createFieldReader(refuse: GoogleSignIn['refuse']): (fields: Fields, name: string) => string {
  return (fields, name) => {
    const value = fields[name]
    if (typeof value !== 'string' || value === '') throw refuse('a field of the credentials file is missing')
    return value
  }
}

function parse(text: string, refuse: GoogleSignIn['refuse']): Fields {
  try {
    return toFields(JSON.parse(text))
  } catch {
    // Without its cause, which quotes the file.
    throw refuse('the credentials file is not JSON')
  }
}
