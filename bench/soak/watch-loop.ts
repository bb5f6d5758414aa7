// Loaded into the gateway that is soaked: on SIGUSR2 it appends what its event loop and its heap were like since the last
// one, as a line of JSON, to the file that SOAK_FILE names.
import { appendFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

/** What one line says. Times are how much later than due the loop came round. */
export interface LoopSample {
  readonly p99Ms: number
  readonly maxMs: number
  /** Of the main thread's heap, what is in use, the pages it has taken, and what its objects hold outside it. */
  readonly heapMegabytes: number
  readonly heapPagesMegabytes: number
  readonly externalMegabytes: number
}

const RESOLUTION_MS = 10
const MEGABYTE = 1_048_576
const file = process.env['SOAK_FILE']

if (isMainThread && file !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  process.on('SIGUSR2', () => {
    const lateness = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
    const { heapUsed, heapTotal, external } = process.memoryUsage()
    const sample: LoopSample = {
      p99Ms: lateness(delay.percentile(99)),
      maxMs: lateness(delay.max),
      heapMegabytes: heapUsed / MEGABYTE,
      heapPagesMegabytes: heapTotal / MEGABYTE,
      externalMegabytes: external / MEGABYTE,
    }
    appendFileSync(file, `${JSON.stringify(sample)}\n`)
    delay.reset()
  })
}
