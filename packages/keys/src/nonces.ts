import { randomFillSync } from 'node:crypto'
import { NONCE_BYTES } from './aead.ts'

const POOLED = 64

/**
 * Random 96-bit nonces, drawn 64 at a time: one draw costs as much as a third of an encryption. What a turn of the event
 * loop leaves is thrown away, so that a machine resumed twice from one snapshot does not find nonces waiting in memory.
 */
export function createNonceSource(): () => Uint8Array {
  let pool = Buffer.alloc(0)
  let offset = 0
  const drop = (): void => {
    pool = Buffer.alloc(0)
    offset = 0
  }
  return () => {
    if (offset === pool.length) {
      if (pool.length === 0) setImmediate(drop)
      pool = randomFillSync(Buffer.allocUnsafeSlow(POOLED * NONCE_BYTES))
      offset = 0
    }
    offset += NONCE_BYTES
    return pool.subarray(offset - NONCE_BYTES, offset)
  }
}
