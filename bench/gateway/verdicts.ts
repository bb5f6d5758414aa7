import type { Figures } from './rounds.ts'

export interface Verdict {
  readonly statement: string
  readonly connections: number
  readonly value: number
  readonly bound: number
  readonly holds: boolean
}

const UNMASKED_ALLOWANCE_MS = 1.5
const MASKED_ALLOWANCE_MS = 4
/** For p99 on one connection, the provider's time among it: a note seen before, a note of first sight. */
const NOTE_P99_MS = 12
const FIRST_SIGHT_P99_MS = 60

/**
 * The bars, judged on medians: what the gateway adds to a request's p50 against two commits at the same concurrency, and
 * its requests/s against the peer's. Two readings of a commit at that concurrency are given: that many appends alone, and
 * one beside the loaded gateway. A bar whose figures were not measured is left out.
 */
export function judge(figures: readonly Figures[]): readonly Verdict[] {
  const find = (contestant: string, connections: number): Figures | undefined =>
    figures.find((row) => row.contestant === contestant && row.connections === connections)
  const added = (name: string, base: string, allowanceMs: number, connections: number): readonly Verdict[] => {
    const [ours, direct] = [find(name, connections), find(base, connections)]
    return ['commit', 'commit under plain'].flatMap((kind) => {
      const commit = find(kind, connections)
      if (!ours || !direct || !commit) return []
      const value = ours.p50Ms.median - direct.p50Ms.median
      const bound = 2 * commit.p50Ms.median + allowanceMs
      const statement = `${name}: added p50 in ms <= 2 x p50 of ${kind} + ${allowanceMs}`
      return [{ statement, connections, value, bound, holds: value <= bound }]
    })
  }
  const throughput = (connections: number): readonly Verdict[] => {
    const peer = find('portkey', connections)
    if (!peer || connections === 1) return []
    const bound = peer.requestsPerSecond.median
    // The floor shows whether a gateway that commits twice could hold the bar at all.
    return ['plain', 'floor'].flatMap((name) => {
      const value = find(name, connections)?.requestsPerSecond.median
      const statement = `${name}: requests/s >= portkey`
      return value === undefined ? [] : [{ statement, connections, value, bound, holds: value >= bound }]
    })
  }
  const withinP99 = (name: string, bound: number, connections: number): readonly Verdict[] => {
    const value = find(name, connections)?.p99Ms.median
    if (value === undefined || connections !== 1) return []
    return [{ statement: `${name}: p99 in ms <= ${bound}`, connections, value, bound, holds: value <= bound }]
  }
  return [...new Set(figures.map(({ connections }) => connections))].flatMap((connections) => [
    ...added('plain', 'direct', UNMASKED_ALLOWANCE_MS, connections),
    ...added('note', 'direct note', MASKED_ALLOWANCE_MS, connections),
    ...added('floor', 'direct', UNMASKED_ALLOWANCE_MS, connections),
    ...withinP99('note', NOTE_P99_MS, connections),
    ...withinP99('note first sight', FIRST_SIGHT_P99_MS, connections),
    ...throughput(connections),
  ])
}
