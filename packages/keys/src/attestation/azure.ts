import { createPublicKey, verify } from 'node:crypto'
import type { JsonWebKey, KeyObject } from 'node:crypto'
import type { Clock } from '@breakwater/kernel'
import { attestationRefused } from './attested.ts'
import type { AttestationVerifier } from './attested.ts'
import { assertInForce, parseCertificate } from './certificates.ts'

/** A signing key as the attestation service publishes it: often only `x5c`. */
export interface AttestationKey extends JsonWebKey {
  readonly kid?: string
  readonly x5c?: readonly string[]
}

export interface AzurePolicy {
  /** Exactly as in `iss`, e.g. `https://example.weu.attest.azure.net`. */
  readonly issuer: string
  /** The issuer's keys, from where the operator trusts them to come from. */
  readonly keys: () => Promise<readonly AttestationKey[]>
  /** Allowed values of `x-ms-attestation-type`, e.g. `sevsnpvm`. */
  readonly attestationTypes: readonly string[]
  /** Allowed values of further claims, e.g. `x-ms-sevsnpvm-launchmeasurement`. At least one measurement is required. */
  readonly claims: Readonly<Record<string, readonly (string | number | boolean)[]>>
  /** How old a token may be, whatever its own end. Default 300. */
  readonly maxAgeSeconds?: number
  readonly clock: Clock
}

type Json = Readonly<Record<string, unknown>>

const MAX_TOKEN_BYTES = 32 * 1024
const SKEW_SECONDS = 5
const MIN_RSA_BITS = 2048

/**
 * Checks tokens of Microsoft Azure Attestation about confidential machines: RS256 under a key of the issuer, times, the
 * claims the policy names. A machine that can be debugged is never accepted. The nonce and the machine's key come from
 * `x-ms-runtime` (`client-payload.nonce`, `keys`).
 */
export function createAzureVerifier(policy: AzurePolicy): AttestationVerifier {
  const { issuer, attestationTypes, claims: required, maxAgeSeconds = 300, clock } = policy
  if (attestationTypes.length === 0 || Object.keys(required).length === 0) {
    throw attestationRefused('a policy for confidential machines must name a type and a measurement')
  }

  return async (evidence) => {
    const { header, claims, signed, signature } = parse(evidence)
    const now = clock.now()
    const key = findKey(await policy.keys(), header, now)
    if (header['alg'] !== 'RS256' || header['crit'] !== undefined || !verify('sha256', signed, key, signature)) {
      throw attestationRefused('the signature of the evidence is not valid')
    }
    if (claims['iss'] !== issuer) throw attestationRefused('the evidence is of another issuer')
    assertInTime(claims, now.getTime() / 1000, maxAgeSeconds)
    if (!attestationTypes.includes(String(claims['x-ms-attestation-type']))) {
      throw attestationRefused('the machine is of a type that the policy does not name')
    }
    assertNotDebuggable(claims)
    for (const [name, values] of Object.entries(required)) {
      if (!values.some((value) => value === claims[name]))
        throw attestationRefused('a claim is not what the policy names')
    }
    return readRuntime(claims)
  }
}

function parse(evidence: Uint8Array): {
  readonly header: Json
  readonly claims: Json
  readonly signed: Uint8Array
  readonly signature: Uint8Array
} {
  const token = Buffer.from(evidence).toString('latin1')
  const [header, claims, signature, ...more] = token.split('.')
  if (token.length > MAX_TOKEN_BYTES || !header || !claims || !signature || more.length > 0) throw notAToken()
  return {
    header: parseJson(header),
    claims: parseJson(claims),
    signed: Buffer.from(`${header}.${claims}`),
    signature: decode(signature),
  }
}

function findKey(keys: readonly AttestationKey[], header: Json, at: Date): KeyObject {
  const found = keys.find(({ kid }) => kid !== undefined && kid === header['kid'])
  if (!found) throw attestationRefused('the evidence is signed by a key that the issuer does not publish')
  let key: KeyObject
  if (found.x5c?.[0] !== undefined) {
    const certificate = parseCertificate(Buffer.from(found.x5c[0], 'base64'))
    assertInForce(certificate, at)
    key = certificate.publicKey
  } else {
    key = importJwk(found)
  }
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType !== 'rsa' || modulusLength < MIN_RSA_BITS) {
    throw attestationRefused('the key of the issuer is of a kind that is not accepted')
  }
  return key
}

function assertInTime({ exp, nbf, iat }: Json, nowSeconds: number, maxAgeSeconds: number): void {
  const isInTime =
    typeof exp === 'number' &&
    typeof iat === 'number' &&
    nowSeconds < exp &&
    iat <= nowSeconds + SKEW_SECONDS &&
    nowSeconds - iat <= maxAgeSeconds &&
    (nbf === undefined || (typeof nbf === 'number' && nbf <= nowSeconds + SKEW_SECONDS))
  if (!isInTime) throw attestationRefused('the evidence is out of date')
}

/** Of any kind of machine: `x-ms-sevsnpvm-is-debuggable`, `x-ms-sgx-is-debuggable` and their like. */
function assertNotDebuggable(claims: Json): void {
  for (const [name, value] of Object.entries(claims)) {
    if (name.endsWith('is-debuggable') && value !== false) throw attestationRefused('the machine can be debugged')
  }
}

function readRuntime(claims: Json): { readonly nonce: Uint8Array; readonly publicKey?: KeyObject } {
  const runtime = asObject(claims['x-ms-runtime'])
  const nonce = asObject(runtime?.['client-payload'])?.['nonce']
  if (typeof nonce !== 'string' || nonce === '') throw attestationRefused('the evidence has no nonce')
  const keys: unknown = runtime?.['keys']
  const [jwk] = Array.isArray(keys) ? keys.map(asObject) : []
  return { nonce: Buffer.from(nonce, 'base64'), ...(jwk && { publicKey: importJwk(jwk) }) }
}

function importJwk(jwk: object): KeyObject {
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  } catch (cause) {
    throw attestationRefused('a key in the evidence cannot be read', cause)
  }
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
}

function parseJson(part: string): Json {
  let value: Json | undefined
  try {
    value = asObject(JSON.parse(decode(part).toString('utf8')))
  } catch (cause) {
    throw cause instanceof SyntaxError ? notAToken() : cause
  }
  if (!value) throw notAToken()
  return value
}

/** Base64url as RFC 7515 has it: any other text is refused, not repaired. */
function decode(part: string): Buffer {
  if (!/^[\w-]+$/.test(part)) throw notAToken()
  return Buffer.from(part, 'base64url')
}

function notAToken(): Error {
  return attestationRefused('the evidence is not an attestation token')
}
