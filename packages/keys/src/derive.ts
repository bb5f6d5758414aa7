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

const LENGTH_BYTES = 4

/** `head`, then each part after its length in bytes (big-endian uint32): no two lists of parts have one encoding. */
export function encodeInfo(parts: readonly string[], head?: Uint8Array): Uint8Array {
  let length = head?.length ?? 0
  for (const part of parts) length += LENGTH_BYTES + Buffer.byteLength(part)
  const encoded = Buffer.allocUnsafe(length)
  let offset = 0
  if (head) {
    encoded.set(head)
    offset = head.length
  }
  for (const part of parts) {
    const written = encoded.write(part, offset + LENGTH_BYTES)
    encoded.writeUInt32BE(written, offset)
    offset += LENGTH_BYTES + written
  }
  return encoded
}

/** HMAC-SHA-256 (RFC 2104) under a key that stays in here. */
export function createMac(key: KeyObject): Mac {
  return (data) => createHmac('sha256', key).update(data).digest()
}

/** The MAC for one end: its key is HKDF of the secret, with the parts as info. */
export function deriveMac(secret: KeyObject, parts: readonly string[]): Mac {
  return createMac(deriveKey({ secret, info: encodeInfo(parts), lengthBytes: MAC_KEY_BYTES }))
}
