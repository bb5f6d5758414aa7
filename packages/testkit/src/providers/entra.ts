import { createHash, createPublicKey, randomUUID, verify, X509Certificate } from 'node:crypto'
import { startStrictServer } from './strict-server.ts'
import type { StrictAnswer, StrictRequest, StrictServer } from './strict-server.ts'

export interface EntraDirectory {
  readonly directoryId: string
  readonly clientId: string
  /** The application's certificate, as PEM. */
  readonly certificate?: string
  /** The only federated token that the application trusts. */
  readonly federatedToken?: string
  readonly lifetimeSeconds?: number
}

export interface EntraServer extends StrictServer {
  /** Whether it issued the token for this audience. */
  isToken(token: string, audience: string): boolean
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * A directory's token endpoint, and the metadata service of a machine in it: client credentials with an assertion that is
 * signed by the certificate on record (RFC 7523) or issued by a trusted platform, and the machine's own identity.
 */
export async function startEntra(directory: EntraDirectory): Promise<EntraServer> {
  const issued = new Map<string, string>()

  function issue(audience: string, isMetadata: boolean): StrictAnswer {
    const token = `token-${randomUUID()}`
    issued.set(token, audience)
    const seconds = directory.lifetimeSeconds ?? 3_599
    const expires = isMetadata ? String(seconds) : seconds
    return { status: 200, document: { access_token: token, token_type: 'Bearer', expires_in: expires } }
  }

  const server = await startStrictServer((request) => {
    if (request.path === '/metadata/identity/oauth2/token') {
      const isAsked = request.method === 'GET' && request.headers['metadata'] === 'true'
      const isForwarded = request.headers['x-forwarded-for'] !== undefined
      const resource = request.query.get('resource')
      if (!isAsked || isForwarded || resource === null || request.query.get('api-version') !== '2018-02-01') {
        return { status: 400, document: { error: 'invalid_request' } }
      }
      return issue(resource, true)
    }
    const scope = readGrant(request, directory, server.origin)
    if (scope === undefined)
      return { status: 401, document: { error: 'invalid_client', error_description: 'AADSTS700027' } }
    return issue(scope.replace(/\/\.default$/, ''), false)
  })
  return { ...server, isToken: (token, audience) => issued.get(token) === audience }
}

/** The scope of a request that is let in. */
function readGrant(request: StrictRequest, directory: EntraDirectory, origin: string): string | undefined {
  const { method, path, headers, text } = request
  if (method !== 'POST' || path !== `/${directory.directoryId}/oauth2/v2.0/token`) return undefined
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true) return undefined
  const form = new URLSearchParams(text)
  const scope = form.get('scope') ?? ''
  const assertion = form.get('client_assertion') ?? ''
  const isForm =
    form.get('grant_type') === 'client_credentials' &&
    form.get('client_id') === directory.clientId &&
    form.get('client_assertion_type') === ASSERTION_TYPE &&
    scope.endsWith('/.default')
  if (!isForm) return undefined
  const isTrusted = assertion === directory.federatedToken || isSigned(assertion, directory, `${origin}${path}`)
  return isTrusted ? scope : undefined
}

interface Assertion {
  readonly alg?: string
  readonly 'x5t#S256'?: string
  readonly aud?: string
  readonly iss?: string
  readonly sub?: string
  readonly jti?: string
  readonly exp?: number
  readonly nbf?: number
}

function isSigned(assertion: string, { certificate, clientId }: EntraDirectory, audience: string): boolean {
  const [head = '', claims = '', signature = ''] = assertion.split('.')
  if (certificate === undefined || signature === '') return false
  const read = (part: string): Assertion => {
    const text = Buffer.from(part, 'base64url').toString('utf8')
    return text.startsWith('{') ? (JSON.parse(text) as Assertion) : {}
  }
  const { alg, 'x5t#S256': thumbprint } = read(head)
  const { aud, iss, sub, jti, exp = 0, nbf = Infinity } = read(claims)
  const known = new X509Certificate(certificate)
  const nowSeconds = Date.now() / 1_000
  return (
    alg === 'PS256' &&
    thumbprint === createHash('sha256').update(known.raw).digest('base64url') &&
    aud === audience &&
    iss === clientId &&
    sub === clientId &&
    jti !== undefined &&
    nbf <= nowSeconds + 60 &&
    exp > nowSeconds &&
    exp < nowSeconds + 86_400 &&
    verify(
      'sha256',
      Buffer.from(`${head}.${claims}`),
      { key: createPublicKey(certificate), padding: 6, saltLength: 32 },
      Buffer.from(signature, 'base64url'),
    )
  )
}
