import { directPaced, paced, PACED_CONNECTIONS } from './paced-contestants.ts'
import type { Figures } from './rounds.ts'

export interface Verdict {
  /** How requests came: as fast as so many connections were answered, or at a steady rate. */
  readonly load: string
  readonly statement: string
  readonly value: number
  readonly bound: number
  readonly holds: boolean
}

const UNMASKED_ALLOWANCE_MS = 1
const MASKED_ALLOWANCE_MS = 4
/** For p99, the provider's time among it: a note seen before, a note of first sight. */
const NOTE_P99_MS = 12
const FIRST_SIGHT_P99_MS = 60
/** Requests/s of ours to those of a peer. */
const PEERS: readonly (readonly [name: string, times: number])[] = [
  ['portkey', 1.5],
  ['litellm', 3],
]

/** A contestant's row, the row of the same body sent straight to the model server, and what a commit took meanwhile. */
interface Compared {
  readonly load: string
  readonly name: string
  readonly ours: Figures | undefined
  readonly direct: Figures | undefined
  readonly commits: readonly (readonly [name: string, row: Figures | undefined])[]
}

/**
 * The bars, judged on medians: what the gateway adds to a request's p50 against two commits at the same concurrency, p99
 * with masking, and requests/s against the peers'. Two readings of a commit are given: appends alone, and one beside the
 * loaded gateway. At a steady rate about one request is under way at a time, so its commits are those of one append at a
 * time. A bar whose figures were not measured is left out.
 */
export function judge(figures: readonly Figures[]): readonly Verdict[] {
  const find = (contestant: string, connections: number): Figures | undefined =>
    figures.find(
      (row) => row.contestant === contestant && row.connections === connections && Number.isFinite(row.p50Ms.median),
    )
  const closed = figures.filter(({ offeredPerSecond }) => offeredPerSecond === undefined)
  const asked = [...new Set(closed.map(({ connections }) => connections))]
  return [...asked.flatMap((connections) => judgeClosed(find, connections)), ...judgeSteady(find)]
}

type Find = (contestant: string, connections: number) => Figures | undefined

function judgeClosed(find: Find, connections: number): readonly Verdict[] {
  const load = `closed loop, c=${connections}`
  const commits = ['commit', 'commit under plain'].map((name) => [name, find(name, connections)] as const)
  const compare = (name: string, base: string): Compared => {
    return { load, name, ours: find(name, connections), direct: find(base, connections), commits }
  }
  const throughput = PEERS.flatMap(([peer, times]) => {
    const theirs = find(peer, connections)?.requestsPerSecond.median
    if (theirs === undefined || connections === 1) return []
    // The floor shows whether a gateway that commits twice could hold the bar at all.
    return ['plain', 'floor'].flatMap((name) => {
      const value = find(name, connections)?.requestsPerSecond.median
      const bound = times * theirs
      const statement = `${name}: requests/s >= ${times} x ${peer}`
      return value === undefined ? [] : [{ load, statement, value, bound, holds: value >= bound }]
    })
  })
  return [
    ...judgeAdded(compare('plain', 'direct'), UNMASKED_ALLOWANCE_MS),
    ...judgeAdded(compare('note', 'direct note'), MASKED_ALLOWANCE_MS),
    ...judgeAdded(compare('floor', 'direct'), UNMASKED_ALLOWANCE_MS),
    // With more connections a p99 is their queue.
    ...(connections === 1 ? judgeP99(load, 'note', find('note', 1), NOTE_P99_MS) : []),
    ...(connections === 1 ? judgeP99(load, 'note first sight', find('note first sight', 1), FIRST_SIGHT_P99_MS) : []),
    ...throughput,
  ]
}

function judgeSteady(find: Find): readonly Verdict[] {
  const beside = `commit under ${paced('plain')}`
  const commits = [
    ['commit, one at a time', find('commit', 1)],
    [beside, find(beside, PACED_CONNECTIONS)],
  ] as const
  const compare = (name: string): Compared => {
    const ours = find(paced(name), PACED_CONNECTIONS)
    const load = `steady ${ours?.offeredPerSecond?.toFixed(0)}/s, c=${PACED_CONNECTIONS}`
    return { load, name, ours, direct: find(directPaced(name), PACED_CONNECTIONS), commits }
  }
  const [plain, note, firstSight] = [compare('plain'), compare('note'), compare('note first sight')]
  return [
    ...judgeAdded(plain, UNMASKED_ALLOWANCE_MS),
    ...judgeAdded(note, MASKED_ALLOWANCE_MS),
    ...judgeP99(note.load, note.name, note.ours, NOTE_P99_MS),
    ...judgeP99(firstSight.load, firstSight.name, firstSight.ours, FIRST_SIGHT_P99_MS),
  ]
}

function judgeAdded({ load, name, ours, direct, commits }: Compared, allowanceMs: number): readonly Verdict[] {
  return commits.flatMap(([kind, commit]) => {
    if (!ours || !direct || !commit) return []
    const value = ours.p50Ms.median - direct.p50Ms.median
    const bound = 2 * commit.p50Ms.median + allowanceMs
    const statement = `${name}: added p50 in ms <= 2 x p50 of ${kind} + ${allowanceMs}`
    return [{ load, statement, value, bound, holds: value <= bound }]
  })
}

function judgeP99(load: string, name: string, row: Figures | undefined, bound: number): readonly Verdict[] {
  const value = row?.p99Ms.median
  if (value === undefined) return []
  return [{ load, statement: `${name}: p99 in ms <= ${bound}`, value, bound, holds: value <= bound }]
}
