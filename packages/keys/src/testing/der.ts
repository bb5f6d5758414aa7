import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** Enough DER (X.690) for an X.509 certificate of a test authority. */
function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const { length } = body
  if (length < 128) return Buffer.concat([Buffer.of(tag, length), body])
  if (length < 256) return Buffer.concat([Buffer.of(tag, 0x81, length), body])
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 255), body])
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts)
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'))
const TRUE = Buffer.of(0x01, 0x01, 0xff)

function name(commonName: string): Buffer {
  return sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(commonName)))))
}

function time(at: Date): Buffer {
  return tlv(0x18, Buffer.from(`${at.toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`))
}

/** `ecdsa-with-SHA384`, `sha256WithRSAEncryption`. */
const SIGNATURES = {
  ec: sequence(oid('2a8648ce3d040303')),
  rsa: sequence(oid('2a864886f70d01010b'), Buffer.of(0x05, 0x00)),
} as const

export interface Authority {
  readonly name: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly certificate: Buffer
}

export interface CertificateOptions {
  readonly name: string
  /** None: signed by itself. */
  readonly issuer?: Authority
  readonly isAuthority: boolean
  readonly from: Date
  readonly to: Date
  readonly kind?: 'ec' | 'rsa'
}

/** A key pair and a certificate over it: P-384, or RSA 2048. */
export function makeCertificate({
  name: subject,
  issuer,
  isAuthority,
  from,
  to,
  kind = 'ec',
}: CertificateOptions): Authority {
  const { privateKey, publicKey } =
    kind === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'secp384r1' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  const signer = issuer?.privateKey ?? privateKey
  const isEc = signer.asymmetricKeyType === 'ec'
  const algorithm = isEc ? SIGNATURES.ec : SIGNATURES.rsa
  const constraints = sequence(oid('551d13'), TRUE, tlv(0x04, sequence(...(isAuthority ? [TRUE] : []))))
  const body = sequence(
    tlv(0xa0, Buffer.of(0x02, 0x01, 0x02)),
    tlv(0x02, Buffer.concat([Buffer.of(0x01), randomBytes(8)])),
    algorithm,
    name(issuer?.name ?? subject),
    sequence(time(from), time(to)),
    name(subject),
    publicKey.export({ format: 'der', type: 'spki' }),
    tlv(0xa3, sequence(constraints)),
  )
  const signature = sign(isEc ? 'sha384' : 'sha256', body, signer)
  const certificate = sequence(body, algorithm, tlv(0x03, Buffer.of(0), signature))
  return { name: subject, privateKey, publicKey, certificate }
}
