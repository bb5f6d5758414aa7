import type { Log } from '@breakwater/kernel'

/** When sessions were last used here: known at once in this process, written down within seconds. */
export interface SeenSessions {
  /** The later of what is stored and what happened here. */
  lastSeenMs(id: string, storedMs: number): number
  touch(tenant: string, id: string, nowMs: number): void
  flush(): Promise<void>
}

export interface SeenOptions {
  readonly write: (tenant: string, seen: ReadonlyMap<string, Date>) => Promise<void>
  readonly log: Log
  readonly delayMs?: number
}

// A page at work is one write in five seconds. Long before 15 minutes are over, every replica knows the last request.
const FLUSH_DELAY_MS = 5_000
const MAX_SESSIONS = 20_000

/**
 * A request that reads must not become a write. What is not written yet is known to this replica alone; a store that is
 * behind ends a session early, never late.
 */
export function createSeenSessions({ write, log, delayMs = FLUSH_DELAY_MS }: SeenOptions): SeenSessions {
  const latest = new Map<string, number>()
  let pending = new Map<string, Map<string, Date>>()
  let timer: NodeJS.Timeout | undefined

  function note(tenant: string, id: string, at: Date): void {
    const seen = pending.get(tenant) ?? new Map<string, Date>()
    pending.set(tenant, seen.set(id, at))
  }

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const batch = pending
    pending = new Map()
    for (const [tenant, seen] of batch) {
      await write(tenant, seen).catch((error: unknown) => {
        for (const [id, at] of seen) if (!pending.get(tenant)?.has(id)) note(tenant, id, at)
        throw error
      })
    }
  }

  return {
    lastSeenMs: (id, storedMs) => Math.max(storedMs, latest.get(id) ?? 0),

    touch(tenant, id, nowMs) {
      const [oldest] = latest.keys()
      latest.delete(id)
      if (latest.size >= MAX_SESSIONS && oldest !== undefined) latest.delete(oldest)
      latest.set(id, nowMs)
      note(tenant, id, new Date(nowMs))
      timer ??= setTimeout(() => {
        flush().catch(() => log('sessions-seen-not-written'))
      }, delayMs).unref()
    },

    flush,
  }
}
