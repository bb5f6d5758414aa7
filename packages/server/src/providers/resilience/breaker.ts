import type { AppError } from '@breakwater/kernel'
import { failWith } from '../transport/index.ts'

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly maxFailures?: number
  /** For how long it stays open, before one request may try. */
  readonly openMs?: number
  readonly elapsedMs?: () => number
}

/** What came of one request: `neither` says nothing about the provider. */
export type Verdict = 'well' | 'failed' | 'neither'

/** Keeps requests from a provider that fails, so that neither waits for the other. */
export interface Breaker {
  /**
   * Lets a request pass and answers where its end is told, once. Throws `provider.unavailable` while it is open, and while
   * the one that tries is under way.
   */
  enter(): (verdict: Verdict) => void
}

const MAX_FAILURES = 5
const OPEN_MS = 15_000

export function createBreaker({
  maxFailures = MAX_FAILURES,
  openMs = OPEN_MS,
  elapsedMs = () => performance.now(),
}: BreakerOptions = {}): Breaker {
  let failures = 0
  let openedMs: number | undefined
  let isTrying = false

  function requireClosed(): void {
    if (openedMs === undefined) return
    const leftMs = openedMs + openMs - elapsedMs()
    if (leftMs > 0 || isTrying) throw unavailable(Math.max(leftMs, 1_000))
    isTrying = true
  }

  return {
    enter() {
      requireClosed()
      const isTrial = isTrying
      return (verdict) => {
        if (isTrial) isTrying = false
        if (verdict === 'neither') return
        failures = verdict === 'well' ? 0 : failures + 1
        if (verdict === 'well') openedMs = undefined
        else if (isTrial || failures >= maxFailures) openedMs = elapsedMs()
      }
    },
  }
}

function unavailable(leftMs: number): AppError {
  return failWith('provider.unavailable', { isUnprocessed: true, wait: { seconds: Math.ceil(leftMs / 1_000) } })
}
