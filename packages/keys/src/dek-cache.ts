import type { KeyObject } from 'node:crypto'
import type { Clock } from '@breakwater/kernel'
import { createBoundedTable } from './bounded-table.ts'
import type { DekRecord } from './dek.ts'
import { isPassingKeyError, kekError } from './kek-provider.ts'

export interface DekCacheLimits {
  /** Keys held at once; one that is seldom used goes first. Default 10,000. */
  readonly maxKeys?: number
  /** After this a key is asked for again, so that a disabled key stops working. Default 300. */
  readonly freshSeconds?: number
  /** With the key service away, a key works this long after it was last confirmed, then refuses. Default 900. */
  readonly graceSeconds?: number
}

/** An open key and when the key service last confirmed it, in milliseconds of the epoch. */
export interface HeldDek {
  readonly record: DekRecord
  readonly key: KeyObject
  readonly confirmedAtMs: number
}

interface Entry {
  held: HeldDek
  isRefreshing: boolean
  /** While the service is away it is asked once in a while, not at each use. */
  retryAtMs: number
}

export interface DekCache {
  /** The key, from memory where it is fresh. Concurrent misses share one call of `load`. */
  get(id: string, load: () => Promise<HeldDek>): Promise<HeldDek>
  put(id: string, held: HeldDek): void
  forget(id: string): void
  forgetAll(): void
  stats(): DekCacheStats
}

export interface DekCacheStats {
  readonly keys: number
  readonly hits: number
  readonly misses: number
}

const REFRESH_AHEAD = 0.8
const RETRY_MS = 10_000

/** Holds open keys for a while. What it forgets is unreachable, but not wiped: Node gives no hand on a key's memory. */
export function createDekCache(clock: Clock, limits: DekCacheLimits = {}): DekCache {
  const { maxKeys = 10_000, freshSeconds = 300, graceSeconds = 900 } = limits
  const freshMs = freshSeconds * 1000
  const graceMs = graceSeconds * 1000
  const entries = createBoundedTable<Entry>(maxKeys)
  const loading = new Map<string, Promise<HeldDek>>()
  let hits = 0
  let misses = 0

  const ageOf = ({ held }: Entry): number => {
    const age = clock.now().getTime() - held.confirmedAtMs
    // A clock that was set back: not known to be fresh.
    return age < 0 ? graceMs : age
  }

  const put = (id: string, held: HeldDek): void => entries.set(id, { held, isRefreshing: false, retryAtMs: 0 })

  const loadOnce = async (id: string, load: () => Promise<HeldDek>): Promise<HeldDek> => {
    const running = loading.get(id)
    if (running) return running
    const started = load()
    loading.set(id, started)
    try {
      const held = await started
      // Forgotten meanwhile: whoever asked before may have it, nobody later.
      if (loading.get(id) === started) put(id, held)
      return held
    } finally {
      if (loading.get(id) === started) loading.delete(id)
    }
  }

  /** Asks for the key again. What does not pass by itself forgets it. */
  const refresh = async (id: string, entry: Entry, load: () => Promise<HeldDek>): Promise<HeldDek> => {
    const now = clock.now().getTime()
    entry.retryAtMs = now + RETRY_MS
    try {
      const held = await loadOnce(id, load)
      const fresh = entries.get(id)
      if (fresh) fresh.retryAtMs = now + RETRY_MS
      return held
    } catch (error) {
      if (!isPassingKeyError(error) && entries.get(id) === entry) entries.delete(id)
      throw error
    }
  }

  const refreshAhead = (id: string, entry: Entry, load: () => Promise<HeldDek>): void => {
    entry.isRefreshing = true
    refresh(id, entry, load)
      // The next use meets the reason, if it still holds.
      .catch(() => undefined)
      .finally(() => {
        entry.isRefreshing = false
      })
  }

  const refreshOrGrace = async (id: string, entry: Entry, load: () => Promise<HeldDek>): Promise<HeldDek> => {
    const isDue = clock.now().getTime() >= entry.retryAtMs || ageOf(entry) >= graceMs
    if (!isDue) return entry.held
    try {
      return confirm(await refresh(id, entry, load))
    } catch (error) {
      if (isPassingKeyError(error) && entries.get(id) === entry && ageOf(entry) < graceMs) return entry.held
      throw error
    }
  }

  /** A key whose own parent outlived its grace is not one to hand out. */
  const confirm = (held: HeldDek): HeldDek => {
    if (clock.now().getTime() - held.confirmedAtMs >= graceMs) throw kekError('keys.unavailable')
    return held
  }

  return {
    async get(id, load) {
      const entry = entries.get(id)
      if (!entry) {
        misses += 1
        return confirm(await loadOnce(id, load))
      }
      hits += 1
      const age = ageOf(entry)
      if (age >= freshMs) return refreshOrGrace(id, entry, load)
      if (age >= freshMs * REFRESH_AHEAD && !entry.isRefreshing && clock.now().getTime() >= entry.retryAtMs) {
        refreshAhead(id, entry, load)
      }
      return entry.held
    },
    put,
    forget(id) {
      entries.delete(id)
      loading.delete(id)
    },
    forgetAll() {
      entries.clear()
      loading.clear()
    },
    stats: () => ({ keys: entries.size(), hits, misses }),
  }
}
