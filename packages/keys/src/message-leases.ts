import type { DekStore } from './dek-store.ts'

/**
 * AES-GCM with random 96-bit nonces: at most 2^32 messages a key, for a collision probability of 2^-32 (NIST SP 800-38D
 * 8.3).
 */
export const MAX_MESSAGES_PER_DEK: number = 2 ** 32
const FIRST_LEASE = 256
const LARGEST_LEASE = 65_536

interface Lease {
  left: number
  size: number
  pending: Promise<number> | undefined
}

export interface MessageLeases {
  /** Takes one message of the key's; false when none is left. Asks the store only when the lease is used up. */
  take(tenant: string, dekId: string): Promise<boolean>
}

/**
 * Counts messages in leases, so that the store is asked once in thousands of messages. What a process had not used when
 * it ended is lost: leases start small and double, so a key loses little.
 */
export function createMessageLeases(
  store: Pick<DekStore, 'reserveMessages'>,
  maxLeases: number,
  maxMessages: number = MAX_MESSAGES_PER_DEK,
): MessageLeases {
  const leases = new Map<string, Lease>()

  const renew = async (tenant: string, dekId: string, lease: Lease): Promise<number> => {
    try {
      const granted = await store.reserveMessages(tenant, dekId, lease.size, maxMessages)
      lease.left += granted
      lease.size = Math.min(lease.size * 2, LARGEST_LEASE)
      return granted
    } finally {
      lease.pending = undefined
    }
  }

  return {
    async take(tenant, dekId) {
      let lease = leases.get(dekId)
      if (!lease) {
        lease = { left: 0, size: FIRST_LEASE, pending: undefined }
        leases.set(dekId, lease)
        const oldest = leases.size > maxLeases ? leases.keys().next().value : undefined
        if (oldest !== undefined) leases.delete(oldest)
      }
      while (lease.left === 0) {
        lease.pending ??= renew(tenant, dekId, lease)
        if ((await lease.pending) === 0) return false
      }
      lease.left -= 1
      return true
    },
  }
}
