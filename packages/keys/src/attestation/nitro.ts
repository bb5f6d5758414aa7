import { createPublicKey, verify } from 'node:crypto'
import type { KeyObject, X509Certificate } from 'node:crypto'
import type { Clock } from '@breakwater/kernel'
import { attestationRefused } from './attested.ts'
import type { AttestationVerifier } from './attested.ts'
import { decodeCbor } from './cbor.ts'
import type { Cbor, CborMap } from './cbor.ts'
import { parseCertificate, verifyChain } from './certificates.ts'

export interface NitroPolicy {
  /** The AWS Nitro Enclaves root (DER or PEM), as the operator downloaded and compared it. */
  readonly rootCertificate: Uint8Array | string
  /** Allowed values, in hex, by register. Register 0 (the image) is required; others as the operator decides. */
  readonly pcrs: Readonly<Record<number, readonly string[]>>
  /** How old a document may be. Default 300. */
  readonly maxAgeSeconds?: number
  readonly clock: Clock
}

const ES384 = -35
const ALGORITHM_LABEL = 1
const SIGNATURE_BYTES = 96
const PCR_BYTES = 48
const MAX_PCRS = 32
const MAX_CERTIFICATE_BYTES = 1024
const FUTURE_SKEW_MS = 5000

interface Document {
  readonly digest: string
  readonly timestampMs: number
  readonly pcrs: CborMap
  readonly certificate: Uint8Array
  readonly cabundle: readonly Uint8Array[]
  readonly nonce: Uint8Array
  readonly publicKey: Uint8Array | undefined
}

/**
 * Checks attestation documents of AWS Nitro Enclaves: COSE_Sign1 (RFC 9052) with ES384, a certificate chain to the pinned
 * root, register values, age. A register of zeros, as of an enclave in debug mode, is never accepted.
 */
export function createNitroVerifier(policy: NitroPolicy): AttestationVerifier {
  const { rootCertificate, maxAgeSeconds = 300, clock } = policy
  const root = parseCertificate(Buffer.from(rootCertificate)).raw
  if ((policy.pcrs[0] ?? []).length === 0) throw attestationRefused('a policy for enclaves must name register 0')

  return async (evidence) => {
    const { signed, signature, document } = parse(evidence)
    const now = clock.now()
    const leaf = verifyChain([...document.cabundle, document.certificate], root, now)
    assertSignature(leaf, signed, signature)
    const ageMs = now.getTime() - document.timestampMs
    if (ageMs < -FUTURE_SKEW_MS || ageMs > maxAgeSeconds * 1000) throw attestationRefused('the evidence is out of date')
    assertRegisters(document.pcrs, policy.pcrs)
    const publicKey = document.publicKey && importKey(document.publicKey)
    return { nonce: document.nonce, ...(publicKey && { publicKey }) }
  }
}

function assertSignature({ publicKey }: X509Certificate, signed: Uint8Array, signature: Uint8Array): void {
  const isP384 = publicKey.asymmetricKeyType === 'ec' && publicKey.asymmetricKeyDetails?.namedCurve === 'secp384r1'
  if (!isP384 || !verify('sha384', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)) {
    throw attestationRefused('the signature of the evidence is not valid')
  }
}

function assertRegisters(pcrs: CborMap, allowed: NitroPolicy['pcrs']): void {
  for (const [index, values] of Object.entries(allowed)) {
    const value = pcrs.get(Number(index))
    const isKnown = value instanceof Uint8Array && value.some((byte) => byte !== 0)
    if (!isKnown || !values.includes(Buffer.from(value).toString('hex'))) {
      throw attestationRefused(`register ${Number(index)} is not what the policy names`)
    }
  }
}

function parse(evidence: Uint8Array): {
  readonly signed: Uint8Array
  readonly signature: Uint8Array
  readonly document: Document
} {
  try {
    const [protectedHeader, unprotectedHeader, payload, signature, ...more] = list(decodeCbor(evidence))
    const header = map(decodeCbor(bytes(protectedHeader, 1, 16)))
    if (header.size !== 1 || header.get(ALGORITHM_LABEL) !== ES384) throw new RangeError('algorithm')
    if (map(unprotectedHeader).size > 0 || more.length > 0) throw new RangeError('shape')
    const body = bytes(payload, 1, 64 * 1024)
    return {
      signed: encodeSignatureInput(bytes(protectedHeader, 1, 16), body),
      signature: bytes(signature, SIGNATURE_BYTES, SIGNATURE_BYTES),
      document: readDocument(map(decodeCbor(body))),
    }
  } catch (cause) {
    throw attestationRefused('the evidence is not an attestation document', cause)
  }
}

function readDocument(document: CborMap): Document {
  const text = (name: string): string => {
    const value = document.get(name)
    if (typeof value !== 'string' || value === '') throw new RangeError(name)
    return value
  }
  text('module_id')
  const timestampMs = document.get('timestamp')
  const pcrs = map(document.get('pcrs'))
  const registers = [...pcrs].every(
    ([index, value]) => Number(index) < MAX_PCRS && value instanceof Uint8Array && value.length === PCR_BYTES,
  )
  if (text('digest') !== 'SHA384' || typeof timestampMs !== 'number' || !registers) throw new RangeError('document')
  const publicKey = document.get('public_key') ?? undefined
  return {
    digest: text('digest'),
    timestampMs,
    pcrs,
    certificate: bytes(document.get('certificate'), 1, MAX_CERTIFICATE_BYTES),
    cabundle: list(document.get('cabundle')).map((each) => bytes(each, 1, MAX_CERTIFICATE_BYTES)),
    nonce: bytes(document.get('nonce'), 1, 512),
    publicKey: publicKey === undefined ? undefined : bytes(publicKey, 1, 1024),
  }
}

/** Sig_structure of RFC 9052, 4.4: `["Signature1", protected, h'', payload]`. */
function encodeSignatureInput(header: Uint8Array, payload: Uint8Array): Uint8Array {
  const context = Buffer.from('Signature1')
  return Buffer.concat([
    Buffer.of(0x84, 0x60 + context.length),
    context,
    Buffer.of(0x40 + header.length),
    header,
    Buffer.of(0x40),
    encodeLength(payload.length),
    payload,
  ])
}

/** Head of a byte string: payloads here are of 256 to 65,535 bytes; shorter ones have heads of their own. */
function encodeLength(length: number): Buffer {
  if (length < 24) return Buffer.of(0x40 + length)
  if (length < 256) return Buffer.of(0x58, length)
  return Buffer.of(0x59, length >> 8, length & 255)
}

function importKey(der: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' })
  } catch (cause) {
    throw attestationRefused('the public key in the evidence cannot be read', cause)
  }
}

function list(value: Cbor | undefined): readonly Cbor[] {
  if (!Array.isArray(value)) throw new RangeError('not a list')
  return value
}

function map(value: Cbor | undefined): CborMap {
  if (!(value instanceof Map)) throw new RangeError('not a map')
  return value
}

function bytes(value: Cbor | undefined, least: number, most: number): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length < least || value.length > most) throw new RangeError('not bytes')
  return value
}
