import type { Committer } from './committer.ts'
import type { Pacer } from './pacer.ts'
import type { Contestant } from './rounds.ts'
import { quantile } from './statistics.ts'
import { runLoad } from './wrk.ts'
import type { LoadResult, Target } from './wrk.ts'

export const PACED_CONNECTIONS = 16
/** A p99 of fewer requests would be their slowest. */
const LEAST_REQUESTS = 100
const CAPACITY_RUNS = 3
/** Each connection is to get its answer, also where one thread reads what is new. */
const LEAST_SECONDS = PACED_CONNECTIONS / 4

/** A row that is paced: the same body through the gateway and straight to the model server. */
interface PacedRow {
  readonly name: string
  readonly ours: Target
  readonly direct: Target
}

export interface PacedOptions {
  /** The first one is what a commit is measured beside. */
  readonly rows: readonly PacedRow[]
  readonly pacer: Pacer
  readonly committer: Committer
  readonly seconds: number
  /** Of what the gateway answers of a row when all connections always ask, what it is offered of that row. */
  readonly share: number
  /** The gateway's process. */
  readonly pids: readonly number[]
}

/**
 * Rows at a steady rate that the gateway bears: under closed loop every connection waits for the others, and a median of
 * that is their number, whatever a request costs. Rates are measured first and then stay.
 */
export async function createPacedContestants(options: PacedOptions): Promise<readonly Contestant[]> {
  const { rows, pacer, committer, seconds, share, pids } = options
  const contestants: Contestant[] = []
  for (const [index, { name, ours, direct }] of rows.entries()) {
    const offered = share * (await measureCapacity(ours, seconds))
    const length = Math.max(seconds, LEAST_REQUESTS / offered)
    const ask = async (target: Target): Promise<LoadResult> =>
      pacer.measure({ target, connections: PACED_CONNECTIONS, perSecond: offered, seconds: length })
    const at = { connections: [PACED_CONNECTIONS], offeredPerSecond: offered }
    contestants.push(
      { name: directPaced(name), ...at, measure: async () => ask(direct) },
      { name: paced(name), ...at, pids, measure: async () => ask(ours) },
    )
    const beside = async (): Promise<LoadResult> => {
      const [result] = await Promise.all([committer.measure(1, length), ask(ours)])
      return result
    }
    if (index === 0) contestants.push({ name: `commit under ${paced(name)}`, ...at, measure: beside })
  }
  return contestants
}

export const paced = (name: string): string => `${name}, steady`
export const directPaced = (name: string): string => `direct for ${paced(name)}`

/** Requests/s when all connections always ask; the first run warms up. */
async function measureCapacity(target: Target, wantedSeconds: number): Promise<number> {
  const seconds = Math.max(wantedSeconds, LEAST_SECONDS)
  const runs: number[] = []
  for (let run = 0; run <= CAPACITY_RUNS; run += 1) {
    const { requestsPerSecond } = await runLoad(target, PACED_CONNECTIONS, seconds)
    if (run > 0) runs.push(requestsPerSecond)
  }
  return quantile(runs, 0.5)
}
