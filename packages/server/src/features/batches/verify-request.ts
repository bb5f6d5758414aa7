import { createHash, createPublicKey, timingSafeEqual, verify } from 'node:crypto'
import type { VerifyKeyObjectInput } from 'node:crypto'
import type { ClientAlgorithm } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { ClientKey } from '../services/index.ts'
import { makeSignatureBase, parseSignature, parseSignatureInput } from './signature-input.ts'
import type { SignatureInput } from './signature-input.ts'

/** All of them, so that nothing of the request can be changed or moved elsewhere. */
const COVERED = ['@method', '@target-uri', 'content-type', 'content-digest']
const TAG = 'breakwater-batch'
const MAX_AGE_SECONDS = 300
const MAX_AHEAD_SECONDS = 5

export interface SignedRequest {
  readonly method: string
  /** Absolute, as this server is known outside, with its query. */
  readonly targetUri: string
  readonly headers: { get(name: string): string | null }
  readonly body: Uint8Array
}

export interface VerifiedSignature {
  readonly kid: string
  readonly nonce: string
  /** When the signature is stale by its own date. */
  readonly staleAt: Date
  readonly signature: string
  readonly signatureInput: string
}

interface Scheme {
  readonly hash: string | null
  readonly options: Omit<VerifyKeyObjectInput, 'key'>
}

/** As node takes them. ECDSA signatures are the two numbers side by side (RFC 9421 section 3.3.4). */
// RS384 is not among them: the RFC's registry has no RSASSA-PKCS1-v1_5 with SHA-384.
const SCHEMES: Readonly<Partial<Record<ClientAlgorithm, Scheme>>> = {
  ES256: { hash: 'sha256', options: { dsaEncoding: 'ieee-p1363' } },
  ES384: { hash: 'sha384', options: { dsaEncoding: 'ieee-p1363' } },
  EdDSA: { hash: null, options: {} },
  // RSA_PKCS1_PSS_PADDING with a salt of the hash's length: rsa-pss-sha512 of section 3.3.1.
  PS256: { hash: 'sha512', options: { padding: 6, saltLength: 64 } },
}

/**
 * HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530): by a registered key of the calling client, over method,
 * address, type and body, for 300 seconds, with a nonce. Throws `signature.missing`, `signature.invalid`, `signature.stale`,
 * `signature.digest-mismatch`; whether the nonce is new is for the caller to see, in the transaction that acts on it.
 */
export function verifyRequest(request: SignedRequest, keys: readonly ClientKey[], now: Date): VerifiedSignature {
  const [inputHeader, signatureHeader] = [request.headers.get('signature-input'), request.headers.get('signature')]
  const digest = request.headers.get('content-digest')
  if (inputHeader === null || signatureHeader === null || digest === null) {
    throw refuse('signature.missing', 'send Content-Digest, Signature-Input and Signature')
  }
  const input = parseSignatureInput(inputHeader)
  const signature = input && parseSignature(signatureHeader, input.label)
  if (!input || !signature) throw refuse('signature.invalid', 'one signature with created, keyid and nonce is read')
  if (input.tag !== TAG) throw refuse('signature.invalid', `the tag of the signature is ${TAG}`)
  if (!COVERED.every((component) => input.components.includes(component))) {
    throw refuse('signature.invalid', `the signature must cover ${COVERED.join(', ')}`)
  }
  if (!/^[\x21-\x7e]{16,256}$/.test(input.nonce))
    throw refuse('signature.invalid', 'the nonce has 16 to 256 characters')
  const key = keys.find(({ kid }) => kid === input.keyId)
  if (!key || !isSignedBy(key, signature, input, request)) {
    throw refuse('signature.invalid', 'the signature is not one of a registered key of this client over this request')
  }
  // Only now: what an unsigned request says of its age and its body is nobody's word.
  const ageSeconds = now.getTime() / 1_000 - input.createdSeconds
  if (ageSeconds > MAX_AGE_SECONDS || ageSeconds < -MAX_AHEAD_SECONDS) {
    throw refuse('signature.stale', `the signature was not made within ${MAX_AGE_SECONDS} seconds`)
  }
  if (!isDigestOf(digest, request.body))
    throw refuse('signature.digest-mismatch', 'the body is not the one that was signed')
  return {
    kid: key.kid,
    nonce: input.nonce,
    staleAt: new Date((input.createdSeconds + MAX_AGE_SECONDS + 1) * 1_000),
    signature: signatureHeader,
    signatureInput: inputHeader,
  }
}

function isSignedBy(key: ClientKey, signature: Buffer, input: SignatureInput, request: SignedRequest): boolean {
  const { method, targetUri, headers } = request
  const derived: Readonly<Record<string, string>> = { '@method': method, '@target-uri': targetUri }
  const base = makeSignatureBase(input, (name) => (name.startsWith('@') ? (derived[name] ?? null) : headers.get(name)))
  const scheme = SCHEMES[key.algorithm]
  if (base === undefined || !scheme) return false
  const publicKey = createPublicKey({ key: { ...key.jwk }, format: 'jwk' })
  return verify(scheme.hash, Buffer.from(base), { key: publicKey, ...scheme.options }, signature)
}

/** SHA-256 or SHA-512 (RFC 9530 section 5), one of them. */
function isDigestOf(header: string, body: Uint8Array): boolean {
  const [, bits, base64 = ''] = /^sha-(256|512)=:([A-Za-z0-9+/]+={0,2}):$/.exec(header) ?? []
  if (bits === undefined) return false
  const expected = createHash(`sha${bits}`).update(body).digest()
  const found = Buffer.from(base64, 'base64')
  return found.length === expected.length && timingSafeEqual(found, expected)
}

function refuse(
  code: 'signature.missing' | 'signature.invalid' | 'signature.stale' | 'signature.digest-mismatch',
  message: string,
): AppError {
  return new AppError(code, { message })
}
