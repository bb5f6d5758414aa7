import type { Soon } from '../async/soon.ts'

/** What was read for each tenant, never used past its age. */
export interface SnapshotCache<Value> {
  /**
   * The tenant's value, read at most `maxAgeMs` ago: at once when it is there. Rejects with what `load` throws: an old value
   * is no substitute.
   */
  get(tenant: string): Soon<Value>
  /** Forgets the tenant's value, and whatever is being read right now. */
  drop(tenant: string): void
}

export interface SnapshotCacheOptions<Value> {
  readonly load: (tenant: string) => Promise<Value>
  readonly maxAgeMs?: number
  /** Milliseconds that only go forward. */
  readonly elapsedMs?: () => number
}

interface Slot<Value> {
  readonly startedMs: number
  readonly value: Promise<Value>
  /** The same, once it is there. */
  settled: { readonly value: Value } | undefined
  next: Promise<Value> | undefined
}

const SNAPSHOT_MAX_AGE_MS = 1_000
// A tenant's name comes from the caller's token, so callers must not decide how much is kept.
const MAX_TENANTS = 1_000

/**
 * Reads once for all who ask at the same time. Past half its age a value is read anew while the old one still serves,
 * so that a busy tenant never waits. The age counts from the start of the read.
 */
export function createSnapshotCache<Value>({
  load,
  maxAgeMs = SNAPSHOT_MAX_AGE_MS,
  elapsedMs = () => performance.now(),
}: SnapshotCacheOptions<Value>): SnapshotCache<Value> {
  const slots = new Map<string, Slot<Value>>()

  function read(tenant: string): Slot<Value> {
    const slot: Slot<Value> = { startedMs: elapsedMs(), value: load(tenant), settled: undefined, next: undefined }
    slot.value.then(
      (value) => {
        slot.settled = { value }
      },
      () => {
        if (slots.get(tenant) === slot) slots.delete(tenant)
      },
    )
    return slot
  }

  function keep(tenant: string, slot: Slot<Value>): Promise<Value> {
    const oldest = slots.keys().next()
    if (slots.size >= MAX_TENANTS && !oldest.done) slots.delete(oldest.value)
    slots.delete(tenant)
    slots.set(tenant, slot)
    return slot.value
  }

  function readAhead(tenant: string, old: Slot<Value>): void {
    const slot = read(tenant)
    old.next = slot.value
    slot.value.then(
      () => {
        if (slots.get(tenant) === old) slots.set(tenant, slot)
      },
      () => {
        old.next = undefined
      },
    )
  }

  return {
    get(tenant) {
      const slot = slots.get(tenant)
      if (!slot) return keep(tenant, read(tenant))
      const ageMs = elapsedMs() - slot.startedMs
      if (ageMs >= maxAgeMs) return keep(tenant, read(tenant))
      const { settled } = slot
      if (!settled) return slot.value
      if (!slot.next && ageMs >= maxAgeMs / 2) readAhead(tenant, slot)
      return settled.value
    },
    drop(tenant) {
      slots.delete(tenant)
    },
  }
}
