import { createHmac, createSecretKey, hkdfSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Mac } from '@breakwater/kernel'

const MAC_KEY_BYTES = 32
const NO_SALT = new Uint8Array()

export interface HkdfInput {
  readonly secret: KeyObject
  readonly salt?: Uint8Array
  readonly info: Uint8Array
  readonly lengthBytes: number
}

/** HKDF with SHA-256 (RFC 5869). Throws RangeError above 255 x 32 bytes. */
export function deriveKey({ secret, salt = NO_SALT, info, lengthBytes }: HkdfInput): KeyObject {
  // A KeyObject from the start: with raw bytes every use would import the key again, several times slower.
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, salt, info, lengthBytes)))
}

/** Each part after its length in bytes (big-endian uint32): no two lists of parts have one encoding. */
export function encodeInfo(parts: readonly string[]): Uint8Array {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    }),
  )
}

/** HMAC-SHA-256 (RFC 2104) under a key that stays in here. */
export function createMac(key: KeyObject): Mac {
  return (data) => createHmac('sha256', key).update(data).digest()
}

/** The MAC for one end: its key is HKDF of the secret, with the parts as info. */
export function deriveMac(secret: KeyObject, parts: readonly string[]): Mac {
  return createMac(deriveKey({ secret, info: encodeInfo(parts), lengthBytes: MAC_KEY_BYTES }))
}
