import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

/** How often something is to begin, and for how long. */
export interface Pace {
  readonly perSecond: number
  readonly seconds: number
}

/**
 * Calls `begin` at each beat, whether or not those before have been answered, until the time is over, then waits for the
 * rest. It is told when it was due, in milliseconds of `performance.now()`: latency counts from there, so that what had to
 * wait behind a server that stood still, or behind a load that was late, is not left out (coordinated omission).
 */
export async function keepPace({ perSecond, seconds }: Pace, begin: (dueMs: number) => Promise<void>): Promise<void> {
  const startedMs = performance.now()
  const running = new Set<Promise<void>>()
  for (let beat = 0; beat < perSecond * seconds; beat++) {
    const dueMs = startedMs + (beat * 1_000) / perSecond
    // A timer cuts off what is less than a millisecond: never early, and then up to one late.
    for (let waitMs = dueMs - performance.now(); waitMs > 0; waitMs = dueMs - performance.now()) {
      await sleep(Math.ceil(waitMs))
    }
    const one = begin(dueMs).finally(() => running.delete(one))
    running.add(one)
  }
  await Promise.all(running)
}
