import { readCpuMs, waitUntilIdle } from './processes.ts'
import { shuffle, spreadOf } from './statistics.ts'
import type { Spread } from './statistics.ts'
import type { LoadResult } from './wrk.ts'

/** Something that can be measured at a number of connections. */
export interface Contestant {
  readonly name: string
  /** The processes that do its work, with all below them; left out where a request's cost is no figure of interest. */
  readonly pids?: readonly number[]
  /** Left out: as many as the bench is asked for. */
  readonly connections?: readonly number[]
  /** Left out: each connection asks again as soon as it is answered. */
  readonly offeredPerSecond?: number
  measure(connections: number): Promise<LoadResult>
}

export interface Figures {
  readonly contestant: string
  readonly connections: number
  /** Where requests came at a steady rate, that rate. */
  readonly offeredPerSecond: number | undefined
  /** Over the rounds' own medians. */
  readonly p50Ms: Spread
  readonly p99Ms: Spread
  readonly requestsPerSecond: Spread
  /** Processor time of one request in microseconds: on a machine with other work it says more than the clock does. */
  readonly cpuMicroseconds: Spread | undefined
  /** Why rounds have no figure of it: a request failed, or none was answered in time. */
  readonly dropped: readonly string[]
}

interface Measured extends LoadResult {
  readonly cpuMicroseconds: number | undefined
}

/**
 * Every contestant at every number of connections once a round, each round in a new random order, none before the work that
 * the one before it left behind is done. What fails is told.
 */
export async function playRounds(
  contestants: readonly Contestant[],
  options: {
    /** Rounds whose figures are dropped: a program that runs for days is not judged by its first seconds. */
    readonly warmUpRounds: number
    readonly rounds: number
    readonly connections: readonly number[]
    /** Processes that may still be at work when their last answer is out. */
    readonly lingering: readonly number[]
    readonly onRound: (round: number) => void
  },
): Promise<readonly Figures[]> {
  const cells = contestants.flatMap((contestant) =>
    (contestant.connections ?? options.connections).map((connections) => ({
      contestant,
      connections,
      results: new Array<Measured>(),
      dropped: new Array<string>(),
    })),
  )
  for (let round = 1 - options.warmUpRounds; round <= options.rounds; round += 1) {
    for (const { contestant, connections, results, dropped } of shuffle(cells)) {
      try {
        const measured = await measure(contestant, connections, options.lingering)
        if (round > 0) results.push(measured)
      } catch (thrown) {
        if (round > 0) dropped.push(`round ${round}: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
      }
    }
    options.onRound(round)
  }
  return cells.map(({ contestant, connections, results, dropped }) => ({
    contestant: contestant.name,
    connections,
    dropped,
    offeredPerSecond: contestant.offeredPerSecond,
    p50Ms: spreadOf(results.map(({ p50Ms }) => p50Ms)),
    p99Ms: spreadOf(results.map(({ p99Ms }) => p99Ms)),
    requestsPerSecond: spreadOf(results.map(({ requestsPerSecond }) => requestsPerSecond)),
    cpuMicroseconds: contestant.pids && spreadOf(results.map(({ cpuMicroseconds = Number.NaN }) => cpuMicroseconds)),
  }))
}

/** The processor time counts what a request leaves to be done after its answer. */
async function measure(contestant: Contestant, connections: number, lingering: readonly number[]): Promise<Measured> {
  const { pids } = contestant
  const before = pids && (await readCpuMs(pids))
  const result = await contestant.measure(connections)
  await waitUntilIdle(lingering)
  if (!pids || before === undefined) return { ...result, cpuMicroseconds: undefined }
  return { ...result, cpuMicroseconds: (((await readCpuMs(pids)) - before) / result.requests) * 1000 }
}
