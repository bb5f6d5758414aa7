import { createHash, createHmac } from 'node:crypto'

/** A request as a server received it. */
export interface SignedRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Uint8Array
}

export interface AwsAccount {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

const ALGORITHM = 'AWS4-HMAC-SHA256'
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z-]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/
/** What AWS demands to be signed; without the body's hash a body could be exchanged. */
const NEEDED = ['content-type', 'host', 'x-amz-date'] as const

/**
 * Recomputes a Signature Version 4 from what was received, as the service does, and says what is wrong with it; undefined
 * when nothing is.
 */
export function findSignatureFault(
  { method, path, headers, body }: SignedRequest,
  account: AwsAccount,
  expected: { readonly region: string; readonly service: string },
): string | undefined {
  const [, key, day = '', region = '', service = '', names = '', signature] =
    AUTHORIZATION.exec(text(headers, 'authorization')) ?? []
  if (key !== account.accessKeyId) return 'UnrecognizedClientException'
  if (region !== expected.region || service !== expected.service) return 'InvalidSignatureException: scope'
  const signed = names.split(';')
  if (NEEDED.some((name) => !signed.includes(name))) return 'IncompleteSignature'
  if (account.sessionToken !== undefined && text(headers, 'x-amz-security-token') !== account.sessionToken) {
    return 'UnrecognizedClientException'
  }
  const date = text(headers, 'x-amz-date')
  if (!date.startsWith(day)) return 'InvalidSignatureException: date'
  const hash = createHash('sha256').update(body).digest('hex')
  if (signed.includes('x-amz-content-sha256') && text(headers, 'x-amz-content-sha256') !== hash) {
    return 'InvalidSignatureException: body'
  }
  const [rawPath = '', query = ''] = path.split('?', 2)
  const canonical = [
    method,
    rawPath.split('/').map(encodeSegment).join('/'),
    query,
    ...signed.map((name) => `${name}:${text(headers, name).trim().replaceAll(/\s+/g, ' ')}`),
    '',
    names,
    hash,
  ].join('\n')
  const scope = `${day}/${region}/${service}/aws4_request`
  const toSign = [ALGORITHM, date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const signingKey = [day, region, service, 'aws4_request'].reduce<Uint8Array>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    Buffer.from(`AWS4${account.secretAccessKey}`),
  )
  const computed = createHmac('sha256', signingKey).update(toSign).digest('hex')
  return computed === signature ? undefined : 'InvalidSignatureException: signature'
}

/** The path came encoded once; the canonical one is encoded once more (RFC 3986 unreserved characters stay). */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function text(headers: SignedRequest['headers'], name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}
