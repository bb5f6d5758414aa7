import type { KeyObject } from 'node:crypto'
import { AppError } from '@breakwater/kernel'
import type { OpenDek } from './dek.ts'
import { encodeInfo } from './derive.ts'
import { NONCE_BYTES, TAG_BYTES, openBytes, sealWithNonce } from './aead.ts'

/** Where a field is stored. Every part is bound into its ciphertext: a copy elsewhere refuses to open. */
export interface FieldPlace {
  readonly tenant: string
  /** Kind of object: chooses the data key, with the subject. */
  readonly objectClass: string
  /** A keyed reference of the patient, for fields whose key is shredded with the patient's other data. */
  readonly subject?: string
  readonly table: string
  readonly column: string
  readonly row: string
}

/** 16 bytes in base64url. */
export const DEK_ID_BYTES = 16
const VERSION = 1
const HEAD_BYTES = 1 + DEK_ID_BYTES
/** What sealing adds to a field: version, key id, nonce, tag. */
export const FIELD_OVERHEAD_BYTES: number = HEAD_BYTES + NONCE_BYTES + TAG_BYTES

const DOMAIN = 'breakwater field v1'

/** Version (1 byte, 0x01), key id (16), nonce (12), ciphertext, tag (16). The nonce is random and used once. */
export function sealField(held: OpenDek, place: FieldPlace, plaintext: Uint8Array, nonce: Uint8Array): Uint8Array {
  const head = Buffer.allocUnsafe(HEAD_BYTES)
  head[0] = VERSION
  head.write(held.record.dekId, 1, DEK_ID_BYTES, 'base64url')
  return sealWithNonce(held.key, nonce, plaintext, encodePlace(head, place), [head, nonce])
}

/** Throws `keys.corrupt` when the field was altered, cut short, or sealed for another place. */
export function openField(key: KeyObject, place: FieldPlace, sealed: Uint8Array): Uint8Array {
  const aad = encodePlace(sealed.subarray(0, HEAD_BYTES), place)
  const plaintext = openBytes(key, sealed.subarray(HEAD_BYTES), aad)
  if (!plaintext) throw corrupt()
  return plaintext
}

/** The id of the data key a field was sealed with. Throws `keys.corrupt` when it is no sealed field of a known version. */
export function readDekId(sealed: Uint8Array): string {
  if (sealed[0] !== VERSION || sealed.length < FIELD_OVERHEAD_BYTES) throw corrupt()
  return Buffer.from(sealed.buffer, sealed.byteOffset + 1, DEK_ID_BYTES).toString('base64url')
}

function encodePlace(head: Uint8Array, place: FieldPlace): Uint8Array {
  const { tenant, objectClass, subject = '', table, column, row } = place
  const parts = [DOMAIN, tenant, objectClass, subject, table, column, row]
  // Lone surrogates all become one replacement character in UTF-8: two places would encode alike.
  if (!parts.every((part) => part.isWellFormed())) {
    throw new AppError('keys.context-mismatch', { message: 'a place is not well-formed text' })
  }
  return encodeInfo(parts, head)
}

function corrupt(): AppError {
  return new AppError('keys.corrupt', { message: 'the field was altered, or does not belong where it was found' })
}
