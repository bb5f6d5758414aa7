import type { LedgerEntry } from '@breakwater/ledger/verify'

/** Places in the ledger that an answer named: promised to be there for ever. */
export interface Receipt {
  readonly intent: number
  /** A stream's head does not know it yet. */
  readonly outcome?: number
}

/** One request of a worker. A worker waits for each before it sends the next, and has a model of its own. */
export interface SentRequest {
  readonly worker: string
  /** Words that the model server sees in the prompt and that no other request has. */
  readonly marker: string
  readonly sentAt: Date
  /** Left out when no answer came. */
  readonly receipt?: Receipt
  /** The whole answer came, not only its head. */
  readonly isAnswered: boolean
}

export interface SeenCheckpoint {
  readonly size: number
  readonly root: string
}

export interface Evidence {
  /** The final log, verified; its index is its place. */
  readonly entries: readonly LedgerEntry[]
  /** The root that the entries make at a size. */
  readonly rootAt: (size: number) => string | undefined
  /** In the order in which each worker sent them. */
  readonly requests: readonly SentRequest[]
  /** Markers that the model server received, with when. */
  readonly arrivals: ReadonlyMap<string, { readonly at: Date; readonly times: number }>
  /** In the order in which they were seen. */
  readonly checkpoints: readonly SeenCheckpoint[]
}

/**
 * Every promise that the evidence shows broken; empty when all hold.
 *
 * The model server must not learn a crossing's id, so its arrivals and the log's intents are matched by time: a worker
 * sends one request after the other, for a model that is its own. The intent of a request is therefore the only one that
 * names its model and was recorded after it was sent and before it arrived; all on one machine's clock.
 */
export function findViolations(evidence: Evidence): readonly string[] {
  return [
    ...findLostReceipts(evidence),
    ...findDoubled(evidence),
    ...findOpenIntents(evidence),
    ...findForwardedWithoutIntent(evidence),
    ...findShrinking(evidence),
  ]
}

function findLostReceipts({ entries, requests }: Evidence): readonly string[] {
  const outcomes = new Map(
    entries.filter(({ kind }) => kind === 'crossing.outcome').map((entry) => [entry.crossing, entry] as const),
  )
  return requests.flatMap(({ worker, marker, receipt, isAnswered }) => {
    if (!receipt) return []
    const intent = entries[receipt.intent]
    if (intent?.kind !== 'crossing.intent' || intent.model !== worker) return [`lost: the intent of ${marker}`]
    const outcome = outcomes.get(intent.crossing)
    if (receipt.outcome !== undefined && (!outcome || entries[receipt.outcome] !== outcome)) {
      return [`lost: the outcome of ${marker}`]
    }
    return isAnswered && outcome?.decision !== 'allow' ? [`lost: that ${marker} was answered`] : []
  })
}

function findDoubled({ entries, requests, arrivals }: Evidence): readonly string[] {
  const receipts = requests.flatMap(({ receipt }) => receipt?.intent ?? [])
  const intents = entries.filter(({ kind }) => kind === 'crossing.intent')
  const closings = entries.filter(isClosing)
  return [
    ...repeated(receipts).map((index) => `doubled: two receipts for entry ${index}`),
    ...repeated(intents.map(({ crossing }) => crossing)).map((id) => `doubled: two intents of ${id}`),
    ...repeated(closings.map(({ crossing }) => crossing)).map((id) => `doubled: two ends of ${id}`),
    ...[...arrivals].filter(([, { times }]) => times > 1).map(([marker]) => `doubled: ${marker} was forwarded again`),
  ]
}

function isClosing({ kind }: LedgerEntry): boolean {
  return kind === 'crossing.outcome' || kind === 'crossing.refused'
}

function findOpenIntents({ entries }: Evidence): readonly string[] {
  const closed = new Set(entries.filter(isClosing).map(({ crossing }) => crossing))
  return entries
    .filter(({ kind, crossing }) => kind === 'crossing.intent' && !closed.has(crossing))
    .map(({ crossing }) => `open: the intent of ${crossing} was never closed`)
}

function findForwardedWithoutIntent({ entries, requests, arrivals }: Evidence): readonly string[] {
  const intents = Map.groupBy(
    entries.filter(({ kind }) => kind === 'crossing.intent'),
    ({ model }) => model,
  )
  const byWorker = Map.groupBy(requests, ({ worker }) => worker)
  return [...byWorker].flatMap(([worker, own]) => {
    const recorded = (intents.get(worker) ?? []).map(({ crossing, time }) => ({ crossing, at: Date.parse(time.wall) }))
    let next = 0
    return own.flatMap(({ marker, sentAt, receipt }) => {
      const arrival = arrivals.get(marker)
      if (!arrival) return []
      while ((recorded[next]?.at ?? Infinity) < sentAt.getTime()) next += 1
      const first = next
      while ((recorded[next]?.at ?? Infinity) <= arrival.at.getTime()) next += 1
      if (next - first !== 1) return [`early: ${marker} was forwarded with ${next - first} intents before it`]
      if (!receipt || entries[receipt.intent]?.crossing === recorded[first]?.crossing) return []
      return [`early: ${marker} was forwarded under the intent of another crossing`]
    })
  })
}

function findShrinking({ rootAt, checkpoints }: Evidence): readonly string[] {
  return checkpoints.flatMap(({ size, root }, at) => {
    const before = checkpoints[at - 1]
    const shrank = before && size < before.size ? [`shrank: from ${before.size} to ${size}`] : []
    return rootAt(size) === root ? shrank : [...shrank, `forked: another root of ${size}`]
  })
}

function repeated<Key>(keys: readonly Key[]): readonly Key[] {
  const seen = new Set<Key>()
  return keys.filter((key) => seen.has(key) || !seen.add(key))
}
