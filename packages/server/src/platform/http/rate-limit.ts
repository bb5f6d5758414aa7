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
  /** The addresses that were refused most within their minute, at most so many, without what others counted. */
  share(max: number): readonly SharedRefusal[]
  /** What all other replicas counted; it takes the place of what they had counted before. */
  takeOthers(others: readonly SharedRefusal[]): void
}

/** Of one address, for other replicas. */
export interface SharedRefusal {
  /** A keyed hash of it, in hex. */
  readonly address: string
  readonly refusals: number
  /** Until its minute ends. */
  readonly leftMs: number
}

export interface RefusalCounterOptions {
  readonly maxPerMinute: number
  /** A keyed hash of an address, in hex, the same on every replica. Needed by those that share. */
  readonly referToAddress?: (address: string) => string
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
  referToAddress = (address) => address,
  elapsedMs = () => performance.now(),
}: RefusalCounterOptions): RefusalCounter {
  let totals = new Map<ErrorCode, number>()
  const windows = new Map<string, Window>()
  let others = new Map<string, { refusals: number; endsMs: number }>()

  /** With what other replicas refused to the address: its minute is the one that ends last. */
  function weigh(address: string, { startedMs, refusals }: Window, nowMs: number): Window {
    if (others.size === 0) return { startedMs, refusals }
    const known = others.get(referToAddress(address))
    if (!known || known.endsMs <= nowMs) return { startedMs, refusals }
    const isOver = nowMs - startedMs >= WINDOW_MS
    return {
      startedMs: Math.max(startedMs, known.endsMs - WINDOW_MS),
      refusals: known.refusals + (isOver ? 0 : refusals),
    }
  }

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
      return secondsLeft(weigh(address, window, nowMs), maxPerMinute, nowMs)
    },

    waitSeconds(address) {
      const nowMs = elapsedMs()
      const window = windows.get(address) ?? { startedMs: nowMs - WINDOW_MS, refusals: 0 }
      return secondsLeft(weigh(address, window, nowMs), maxPerMinute - 1, nowMs)
    },

    drain() {
      const drained = new Map([...totals].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      totals = new Map()
      return drained
    },

    restore(counts) {
      for (const [code, count] of counts) add(code, count)
    },

    share(max) {
      const nowMs = elapsedMs()
      const live = [...windows].filter(([, { startedMs }]) => nowMs - startedMs < WINDOW_MS)
      const worst = live.toSorted(([, a], [, b]) => b.refusals - a.refusals).slice(0, max)
      return worst.map(([address, { startedMs, refusals }]) => ({
        address: referToAddress(address),
        refusals,
        leftMs: startedMs + WINDOW_MS - nowMs,
      }))
    },

    takeOthers(shared) {
      const nowMs = elapsedMs()
      const next: typeof others = new Map()
      for (const { address, refusals, leftMs } of shared) {
        const known = next.get(address)
        next.set(address, {
          refusals: refusals + (known?.refusals ?? 0),
          endsMs: Math.max(nowMs + leftMs, known?.endsMs ?? 0),
        })
      }
      others = next
    },
  }
}

function secondsLeft({ startedMs, refusals }: Window, maxRefusals: number, nowMs: number): number {
  const leftMs = startedMs + WINDOW_MS - nowMs
  if (refusals <= maxRefusals || leftMs <= 0) return 0
  return Math.max(1, Math.ceil(leftMs / 1_000))
}
