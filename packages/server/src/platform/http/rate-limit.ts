import type { ErrorCode } from '@breakwater/kernel'

/** Counts what was refused to callers that nobody knows, and says when an address has had enough. */
export interface RefusalCounter {
  /** Seconds until the address may try again; 0 when it still may. */
  count(address: string, code: ErrorCode): number
  /** The same, without counting anything. */
  waitSeconds(address: string): number
  /** Counts by code since the last call, smallest code first. */
  drain(): ReadonlyMap<ErrorCode, number>
  /** Puts counts back that could not be kept elsewhere. */
  restore(counts: ReadonlyMap<ErrorCode, number>): void
}

export interface RefusalCounterOptions {
  readonly maxPerMinute: number
  /** Milliseconds that only go forward. */
  readonly elapsedMs?: () => number
}

interface Window {
  readonly startedMs: number
  refusals: number
}

const WINDOW_MS = 60_000
// Who is refused must not decide how much is remembered.
const MAX_ADDRESSES = 10_000

export function createRefusalCounter({
  maxPerMinute,
  elapsedMs = () => performance.now(),
}: RefusalCounterOptions): RefusalCounter {
  let totals = new Map<ErrorCode, number>()
  const windows = new Map<string, Window>()

  function add(code: ErrorCode, count: number): void {
    totals.set(code, (totals.get(code) ?? 0) + count)
  }

  return {
    count(address, code) {
      add(code, 1)
      const nowMs = elapsedMs()
      const known = windows.get(address)
      const window = known && nowMs - known.startedMs < WINDOW_MS ? known : { startedMs: nowMs, refusals: 0 }
      window.refusals++
      if (window !== known) {
        windows.delete(address)
        const oldest = windows.keys().next()
        if (windows.size >= MAX_ADDRESSES && !oldest.done) windows.delete(oldest.value)
        windows.set(address, window)
      }
      return secondsLeft(window, maxPerMinute, nowMs)
    },

    waitSeconds(address) {
      const window = windows.get(address)
      return window ? secondsLeft(window, maxPerMinute - 1, elapsedMs()) : 0
    },

    drain() {
      const drained = new Map([...totals].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      totals = new Map()
      return drained
    },

    restore(counts) {
      for (const [code, count] of counts) add(code, count)
    },
  }
}

function secondsLeft({ startedMs, refusals }: Window, maxRefusals: number, nowMs: number): number {
  const leftMs = startedMs + WINDOW_MS - nowMs
  if (refusals <= maxRefusals || leftMs <= 0) return 0
  return Math.max(1, Math.ceil(leftMs / 1_000))
}
