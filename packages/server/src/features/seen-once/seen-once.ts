import { createHash } from 'node:crypto'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { OnceKind, SeenOnceStore } from './store.ts'

/** What counts once, on all replicas: ids of assertions and proofs. */
export interface SeenOnce {
  /**
   * True the first time. `until` is when the thing is stale by its own date, so that nobody need remember it longer. Throws
   * `database.unavailable`: what cannot be looked up is not new.
   */
  isFirst(tenant: string, kind: OnceKind, id: string, until: Date): Promise<boolean>
}

const SWEEP_MS = 30_000
// A tenant gets here after its token or assertion was verified, so callers do not decide how many there are.
const MAX_TENANTS = 1_000

export function createSeenOnce({ store, clock }: { readonly store: SeenOnceStore; readonly clock: Clock }): SeenOnce {
  const sweptMs = new Map<string, number>()

  async function sweep(tenant: string): Promise<void> {
    const now = performance.now()
    if (now - (sweptMs.get(tenant) ?? 0) < SWEEP_MS) return
    if (sweptMs.size >= MAX_TENANTS) sweptMs.clear()
    sweptMs.set(tenant, now)
    await store.removeStale(tenant, clock.now())
  }

  return {
    async isFirst(tenant, kind, id, until) {
      try {
        const isNew = await store.add(tenant, kind, hashOnce(id), until)
        // What is stale is refused by its date: whether it is removed changes no answer.
        void sweep(tenant).catch(() => undefined)
        return isNew
      } catch (cause) {
        throw new AppError('database.unavailable', { message: 'the database does not answer', cause })
      }
    },
  }
}

/** Bounded, whatever the caller chose as an id. */
export function hashOnce(id: string): Buffer {
  return createHash('sha256').update(id).digest()
}
