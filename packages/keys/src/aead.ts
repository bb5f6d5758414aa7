import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** Every nonce is 96 random bits: other lengths go through GHASH and lose their bound. */
export const NONCE_BYTES = 12
export const TAG_BYTES = 16

const ALGORITHM = 'aes-256-gcm'
/** Without it Node takes tags of 4, 8 and 12 bytes, which a forger guesses. */
const OPTIONS = { authTagLength: TAG_BYTES } as const

/** AES-256-GCM (NIST SP 800-38D) of a whole message under a fresh nonce: nonce, ciphertext, tag, after `head`. */
export function sealBytes(key: KeyObject, plaintext: Uint8Array, aad: Uint8Array, head?: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  return sealWithNonce(key, nonce, plaintext, aad, head ? [head, nonce] : [nonce])
}

/** For callers that derive their nonce, each used once under its key. Gives `head`, ciphertext, tag. */
export function sealWithNonce(
  key: KeyObject,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array,
  head: readonly Uint8Array[] = [],
): Buffer {
  const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS).setAAD(aad)
  const body = cipher.update(plaintext)
  cipher.final()
  return Buffer.concat([...head, body, cipher.getAuthTag()])
}

/** Nonce, ciphertext and tag back to the plaintext; undefined when anything was altered, cut or moved. */
export function openBytes(key: KeyObject, sealed: Uint8Array, aad: Uint8Array): Buffer | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined
  return openWithNonce(key, sealed.subarray(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES), aad)
}

/** Ciphertext and tag back to the plaintext; undefined when anything was altered, cut or moved. */
export function openWithNonce(
  key: KeyObject,
  nonce: Uint8Array,
  sealed: Uint8Array,
  aad: Uint8Array,
): Buffer | undefined {
  const end = sealed.length - TAG_BYTES
  if (end < 0 || nonce.length !== NONCE_BYTES) return undefined
  const decipher = createDecipheriv(ALGORITHM, key, nonce, OPTIONS).setAAD(aad).setAuthTag(sealed.subarray(end))
  // Plaintext that nobody has vouched for yet: it leaves this function only after final().
  const plaintext = decipher.update(sealed.subarray(0, end))
  try {
    decipher.final()
  } catch {
    plaintext.fill(0)
    return undefined
  }
  return plaintext
}
