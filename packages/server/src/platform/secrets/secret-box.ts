import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Keyring } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'

/** A small secret as it lies in a row. */
interface SealedSecret {
  readonly bytes: Buffer
  /** Of the keyring's `data` label. */
  readonly keyVersion: number
}

/** Seals small secrets of the program itself, such as private keys, under the keyring: a copy of the rows opens nothing. */
export interface SecretBox {
  /** `place` names the one row the secret belongs to; moved elsewhere it does not open. Throws `keys.unavailable`. */
  seal(tenant: string, place: readonly string[], secret: string): SealedSecret
  /** Throws `keys.corrupt` when altered or moved, `keys.unavailable`. */
  open(tenant: string, place: readonly string[], sealed: SealedSecret): string
}

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
// Without it Node takes shorter tags, which a forger guesses.
const OPTIONS = { authTagLength: 16 } as const

/** AES-256-GCM (NIST SP 800-38D); key and place are bound by HKDF, so no additional data is needed twice. */
export function createSecretBox(keyring: Pick<Keyring, 'currentVersion' | 'deriveMac'>): SecretBox {
  const keyOf = (version: number, tenant: string, place: readonly string[]): KeyObject =>
    createSecretKey(keyring.deriveMac('data', version, tenant, ['secret-box', ...place])('key'))
  return {
    seal(tenant, place, secret) {
      const keyVersion = keyring.currentVersion('data')
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(ALGORITHM, keyOf(keyVersion, tenant, place), nonce, OPTIONS)
      const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return { bytes: Buffer.concat([nonce, body, cipher.getAuthTag()]), keyVersion }
    },
    open(tenant, place, { bytes, keyVersion }) {
      const end = bytes.length - OPTIONS.authTagLength
      if (end < NONCE_BYTES) throw corrupt()
      const nonce = bytes.subarray(0, NONCE_BYTES)
      const decipher = createDecipheriv(ALGORITHM, keyOf(keyVersion, tenant, place), nonce, OPTIONS)
      decipher.setAuthTag(bytes.subarray(end))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()]).toString('utf8')
      } catch {
        throw corrupt()
      }
    },
  }
}

function corrupt(): AppError {
  return new AppError('keys.corrupt', { message: 'a sealed secret does not open: altered, moved or of another key' })
}
