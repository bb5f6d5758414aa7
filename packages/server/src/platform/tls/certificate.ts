import { randomBytes, webcrypto } from 'node:crypto'
import { bits, implicit, integer, octets, oid, sequence, set, tagged, time, utf8, yes } from './der.ts'

type CryptoKey = webcrypto.CryptoKey

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' }
const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))
const SERIAL_BYTES = 16

export interface CertificateOptions {
  readonly subject: string
  readonly issuer: string
  readonly notBefore: Date
  readonly notAfter: Date
  readonly publicKey: CryptoKey
  readonly signingKey: CryptoKey
  readonly extensions: readonly Uint8Array[]
}

/** An X.509 version 3 certificate (RFC 5280), ECDSA P-256 with SHA-256, as PEM. */
export async function signCertificate(options: CertificateOptions): Promise<string> {
  const { subject, issuer, notBefore, notAfter, publicKey, signingKey, extensions } = options
  const spki = new Uint8Array(await webcrypto.subtle.exportKey('spki', publicKey))
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    // Positive and 127 random bits: RFC 5280 section 4.1.2.2.
    integer(randomBytes(SERIAL_BYTES).map((byte, at) => (at === 0 ? (byte & 0x7f) | 0x40 : byte))),
    ECDSA_WITH_SHA256,
    commonName(issuer),
    sequence(time(notBefore), time(notAfter)),
    commonName(subject),
    spki,
    tagged(3, sequence(...extensions)),
  )
  const raw = Buffer.from(await webcrypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, signingKey, body))
  const signature = sequence(integer(raw.subarray(0, 32)), integer(raw.subarray(32)))
  return toPem('CERTIFICATE', sequence(body, ECDSA_WITH_SHA256, bits(signature)))
}

export async function makeKeyPair({ isExtractable }: { isExtractable: boolean }): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ECDSA, isExtractable, ['sign', 'verify'])
}

export async function exportPrivateKey(key: CryptoKey): Promise<string> {
  return toPem('PRIVATE KEY', Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)))
}

/** The identifier of a key: SHA-1 of its bits, RFC 5280 section 4.2.1.2 (1). It names, it does not protect. */
export async function identifyKey(key: CryptoKey): Promise<Buffer> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-1', await webcrypto.subtle.exportKey('raw', key)))
}

export const subjectKeyId = (id: Uint8Array): Buffer => extension('2.5.29.14', octets(id))
export const authorityKeyId = (id: Uint8Array): Buffer => extension('2.5.29.35', sequence(implicit(0, id)))

/** May sign certificates of servers, and none that may sign others. */
export const authority = (): readonly Buffer[] => [
  critical('2.5.29.19', sequence(yes(), integer(Buffer.from([0])))),
  // keyCertSign is bit 5.
  critical('2.5.29.15', bits(Buffer.from([0x04]), 2)),
]

export const serverOnly = (): readonly Buffer[] => [
  critical('2.5.29.19', sequence()),
  // digitalSignature is bit 0.
  critical('2.5.29.15', bits(Buffer.from([0x80]), 7)),
  extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))),
]

/** Names that the authority's certificates may hold: everything else is invalid, whoever got hold of its key. */
export function nameConstraints(dnsNames: readonly string[], networks: readonly Uint8Array[]): Buffer {
  const permitted = [
    ...dnsNames.map((name) => implicit(2, Buffer.from(name))),
    ...networks.map((network) => implicit(7, network)),
  ]
  return critical('2.5.29.30', sequence(tagged(0, ...permitted.map((name) => sequence(name)))))
}

export function alternativeNames(dnsNames: readonly string[], addresses: readonly Uint8Array[]): Buffer {
  const names = [
    ...dnsNames.map((name) => implicit(2, Buffer.from(name))),
    ...addresses.map((address) => implicit(7, address)),
  ]
  return extension('2.5.29.17', sequence(...names))
}

function extension(id: string, value: Uint8Array): Buffer {
  return sequence(oid(id), octets(value))
}

function critical(id: string, value: Uint8Array): Buffer {
  return sequence(oid(id), yes(), octets(value))
}

function commonName(name: string): Buffer {
  return sequence(set(sequence(oid('2.5.4.3'), utf8(name))))
}

function toPem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
