import type { KeyObject } from 'node:crypto'
import { AppError } from '@breakwater/kernel'
import { NONCE_BYTES, TAG_BYTES, openBytes, sealBytes } from './aead.ts'

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

const LENGTH_BYTES = 4
const DOMAIN = 'breakwater field v1'

/** Version (1 byte, 0x01), key id (16), nonce (12), ciphertext, tag (16). */
export function sealField(key: KeyObject, dekId: string, place: FieldPlace, plaintext: Uint8Array): Uint8Array {
  const head = Buffer.allocUnsafe(HEAD_BYTES)
  head[0] = VERSION
  head.write(dekId, 1, DEK_ID_BYTES, 'base64url')
  return sealBytes(key, plaintext, encodePlace(head, place), head)
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

/** Head, then each part after its length: no two places have one encoding. */
function encodePlace(head: Uint8Array, place: FieldPlace): Uint8Array {
  const { tenant, objectClass, subject = '', table, column, row } = place
  const parts = [DOMAIN, tenant, objectClass, subject, table, column, row]
  let length = head.length
  for (const part of parts) {
    // Lone surrogates all become one replacement character in UTF-8: two places would encode alike.
    if (!part.isWellFormed())
      throw new AppError('keys.context-mismatch', { message: 'a place is not well-formed text' })
    length += LENGTH_BYTES + Buffer.byteLength(part)
  }
  const encoded = Buffer.allocUnsafe(length)
  encoded.set(head)
  let offset = head.length
  for (const part of parts) {
    const written = encoded.write(part, offset + LENGTH_BYTES)
    encoded.writeUInt32BE(written, offset)
    offset += LENGTH_BYTES + written
  }
  return encoded
}

function corrupt(): AppError {
  return new AppError('keys.corrupt', { message: 'the field was altered, or does not belong where it was found' })
}
