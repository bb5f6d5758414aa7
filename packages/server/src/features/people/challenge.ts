import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock, Keyring } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'

/** A challenge that came back, and may be used once. */
export interface ReturnedChallenge {
  readonly sha256: Buffer
  readonly issuedAt: Date
  readonly expiresAt: Date
  /** A secret of this challenge alone, for one end: state, nonce, verifier. base64url, 43 characters. */
  derive(end: string): string
}

/**
 * Challenges that are signed instead of stored: somebody unknown can ask for as many as they like and leave nothing here.
 * Each is bound to a tenant and to what it is for; that one was used is written down by who accepts it.
 */
export interface Challenges {
  mint(tenant: string, context: readonly string[]): { readonly text: string } & Pick<ReturnedChallenge, 'derive'>
  /** Throws `auth.sign-in-failed` when it was not minted here for this, or too long ago. */
  read(tenant: string, context: readonly string[], text: string): ReturnedChallenge
}

export const CHALLENGE_SECONDS = 600
const RANDOM_BYTES = 24
const HEAD_BYTES = 4 + 8 + RANDOM_BYTES
const MAC_BYTES = 32

export function createChallenges(keyring: Keyring, clock: Clock): Challenges {
  const macOf = (version: number, tenant: string, context: readonly string[]): ReturnType<Keyring['deriveMac']> =>
    keyring.deriveMac('tokens', version, tenant, ['challenge', ...context])

  function deriveFrom(version: number, tenant: string, context: readonly string[], head: Uint8Array) {
    return (end: string): string => {
      const mac = keyring.deriveMac('tokens', version, tenant, ['challenge-secret', end, ...context])
      return Buffer.from(mac(head)).toString('base64url')
    }
  }

  return {
    mint(tenant, context) {
      const version = keyring.currentVersion('tokens')
      const head = Buffer.alloc(HEAD_BYTES)
      head.writeUInt32BE(version, 0)
      head.writeBigUInt64BE(BigInt(clock.now().getTime()), 4)
      randomBytes(RANDOM_BYTES).copy(head, 12)
      const text = Buffer.concat([head, macOf(version, tenant, context)(head)]).toString('base64url')
      return { text, derive: deriveFrom(version, tenant, context, head) }
    },

    read(tenant, context, text) {
      const bytes = Buffer.from(text, 'base64url')
      if (bytes.length !== HEAD_BYTES + MAC_BYTES || bytes.toString('base64url') !== text) throw refusal()
      const head = bytes.subarray(0, HEAD_BYTES)
      const version = head.readUInt32BE(0)
      const issuedMs = Number(head.readBigUInt64BE(4))
      if (!timingSafeEqual(bytes.subarray(HEAD_BYTES), compute(version, head))) throw refusal()
      const expiresMs = issuedMs + CHALLENGE_SECONDS * 1_000
      if (clock.now().getTime() >= expiresMs) throw refusal()
      return {
        sha256: createHash('sha256').update(bytes).digest(),
        issuedAt: new Date(issuedMs),
        expiresAt: new Date(expiresMs),
        derive: deriveFrom(version, tenant, context, head),
      }

      function compute(claimed: number, data: Uint8Array): Uint8Array {
        try {
          return macOf(claimed, tenant, context)(data)
        } catch {
          // A version that is not held: nothing that was minted here.
          return randomBytes(MAC_BYTES)
        }
      }
    },
  }
}

function refusal(): AppError {
  return new AppError('auth.sign-in-failed', { message: 'the challenge is unknown or too old: begin again' })
}
