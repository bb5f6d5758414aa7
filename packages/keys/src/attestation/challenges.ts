import { randomBytes } from 'node:crypto'
import type { Clock } from '@breakwater/kernel'

/** Nonces for evidence, each good once and for a while. A server with replicas keeps them where all replicas look. */
export interface Challenges {
  issue(): Promise<Uint8Array>
  /** True the first time, for a nonce that was issued here and is in time. */
  consume(nonce: Uint8Array): Promise<boolean>
}

const NONCE_BYTES = 32

/** In the memory of one process. The oldest goes when there are too many: nobody can fill the memory by asking. */
export function createMemoryChallenges(
  clock: Clock,
  { ttlSeconds = 120, maxOpen = 1000 }: { readonly ttlSeconds?: number; readonly maxOpen?: number } = {},
): Challenges {
  const open = new Map<string, number>()
  return {
    async issue() {
      const nonce = randomBytes(NONCE_BYTES)
      open.set(nonce.toString('base64'), clock.now().getTime())
      const oldest = open.size > maxOpen ? open.keys().next().value : undefined
      if (oldest !== undefined) open.delete(oldest)
      return nonce
    },
    async consume(nonce) {
      const id = Buffer.from(nonce).toString('base64')
      const issuedAtMs = open.get(id)
      open.delete(id)
      if (issuedAtMs === undefined) return false
      const age = clock.now().getTime() - issuedAtMs
      return age >= 0 && age < ttlSeconds * 1000
    },
  }
}
