import { generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Cbor } from '../attestation/cbor.ts'
import { encodeCbor } from './cbor-encode.ts'
import { makeCertificate } from './der.ts'
import type { Authority } from './der.ts'

const YEAR_MS = 365 * 86_400_000

export interface DocumentOptions {
  readonly change?: Readonly<Record<string, Cbor | undefined>>
  readonly signer?: Authority
  readonly header?: Cbor
}

/** An authority of tests in the place of AWS, and an enclave under it. */
export interface TestEnclave {
  /** A document of the enclave, altered as told, signed by it or by somebody else. */
  readonly makeDocument: (options?: DocumentOptions) => Buffer
  readonly authority: (name: string, issuer?: Authority, to?: Date) => Authority
  readonly leafOf: (issuer: Authority, to?: Date) => Authority
  readonly root: Authority
  readonly zone: Authority
  readonly leaf: Authority
  /** Register 0. */
  readonly image: Buffer
  readonly machine: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
}

/** Certificates are good for a year around `now`, and documents are made then. */
export function makeEnclave(now: Date): TestEnclave {
  const [from, end] = [new Date(now.getTime() - YEAR_MS), new Date(now.getTime() + YEAR_MS)]
  const machine = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const authority = (name: string, issuer?: Authority, to = end): Authority =>
    makeCertificate({ name, isAuthority: true, from, to, ...(issuer && { issuer }) })
  const leafOf = (issuer: Authority, to = end): Authority =>
    makeCertificate({ name: 'enclave', issuer, isAuthority: false, from, to })
  const root = authority('root')
  const zone = authority('zone', root)
  const leaf = leafOf(zone)
  const image = Buffer.alloc(48, 0xa1)
  return {
    machine,
    authority,
    leafOf,
    root,
    zone,
    leaf,
    image,
    makeDocument({ change = {}, signer = leaf, header = new Map([[1, -35]]) } = {}) {
      const fields: Record<string, Cbor | undefined> = {
        module_id: 'i-synthetic-enc0',
        digest: 'SHA384',
        timestamp: now.getTime(),
        pcrs: new Map<number, Cbor>([
          [0, image],
          [1, Buffer.alloc(48, 0xb2)],
        ]),
        certificate: signer.certificate,
        cabundle: [root.certificate, zone.certificate],
        public_key: machine.publicKey.export({ format: 'der', type: 'spki' }),
        user_data: null,
        nonce: Buffer.alloc(32, 9),
        ...change,
      }
      const given = Object.entries(fields).filter((each): each is [string, Cbor] => each[1] !== undefined)
      const payload = encodeCbor(new Map(given))
      const protectedHeader = encodeCbor(header)
      const signed = encodeCbor(['Signature1', protectedHeader, Buffer.of(), payload])
      const signature = sign('sha384', signed, { key: signer.privateKey, dsaEncoding: 'ieee-p1363' })
      return encodeCbor([protectedHeader, new Map(), payload, signature])
    },
  }
}

/** One bit of a byte turned; `at` below zero counts from the end. */
export function flip(bytes: Buffer, at: number): Buffer {
  const index = at < 0 ? bytes.length + at : at
  const flipped = Buffer.from(bytes)
  flipped.writeUInt8(flipped.readUInt8(index) ^ 1, index)
  return flipped
}
