import { shuffle, spreadOf } from './statistics.ts'
import type { Spread } from './statistics.ts'
import type { LoadResult } from './wrk.ts'

/** Something that can be measured at a number of connections. */
export interface Contestant {
  readonly name: string
  measure(connections: number): Promise<LoadResult>
}

export interface Figures {
  readonly contestant: string
  readonly connections: number
  /** Over the rounds' own medians. */
  readonly p50Ms: Spread
  readonly p99Ms: Spread
  readonly requestsPerSecond: Spread
}

/** Every contestant at every number of connections once a round, each round in a new random order. */
export async function playRounds(
  contestants: readonly Contestant[],
  options: {
    readonly rounds: number
    readonly connections: readonly number[]
    readonly onRound: (round: number) => void
  },
): Promise<readonly Figures[]> {
  const cells = contestants.flatMap((contestant) =>
    options.connections.map((connections) => ({ contestant, connections, results: new Array<LoadResult>() })),
  )
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const { contestant, connections, results } of shuffle(cells)) {
      results.push(await contestant.measure(connections))
    }
    options.onRound(round)
  }
  return cells.map(({ contestant, connections, results }) => ({
    contestant: contestant.name,
    connections,
    p50Ms: spreadOf(results.map(({ p50Ms }) => p50Ms)),
    p99Ms: spreadOf(results.map(({ p99Ms }) => p99Ms)),
    requestsPerSecond: spreadOf(results.map(({ requestsPerSecond }) => requestsPerSecond)),
  }))
}
