import { AppError } from '@breakwater/kernel'
import type { EntryKind, LedgerEntry } from './verify/entry.ts'
import { writeEntry } from './verify/entry.ts'

/** An entry as it is stored: its text, in ASCII and of one line, and what rows are found by. */
export interface LedgerRecord {
  readonly tenant: string
  readonly kind: EntryKind
  readonly crossing: string | undefined
  readonly text: string
}

export interface AppendStore {
  /** Commits all or none, durably; resolves with the index of the first, the others follow it. */
  append(records: readonly LedgerRecord[]): Promise<number>
}

export interface AppenderOptions {
  readonly store: AppendStore
  /** Entries in one transaction. */
  readonly maxBatch?: number
  /** Batches on their way at the same time; the locked counter makes more of them wait for each other. */
  readonly maxInFlight?: number
  /** How long a batch may go on gathering while each turn brings more. */
  readonly maxGatheringMs?: number
  /** Entries that may wait for a batch; more are refused. */
  readonly maxWaiting?: number
  /** How long a batch may take before its entries are refused; they may be durable all the same. */
  readonly timeoutMs?: number
}

export interface Appender {
  /**
   * Resolves with the entry's index when it is durable. Throws `internal` for an entry that breaks the schema and
   * `ledger.unavailable` when it could not be made durable, or not in time.
   */
  append(entry: LedgerEntry): Promise<{ readonly index: number }>
}

interface Waiting {
  readonly record: LedgerRecord
  readonly resolve: (result: { readonly index: number }) => void
  readonly reject: (error: AppError) => void
}

export function toRecord(entry: LedgerEntry): LedgerRecord {
  return { tenant: entry.tenant, kind: entry.kind, crossing: entry.crossing, text: writeEntry(entry) }
}

/**
 * Group commit: while a batch commits, the entries that arrive gather into the next one, which leaves at the first turn of
 * the event loop that brings no more. On a busy machine they arrive turn after turn, and each batch costs as much as ten
 * entries; on an idle one a turn takes no time.
 */
export function createAppender(options: AppenderOptions): Appender {
  const {
    store,
    maxBatch = 1024,
    maxInFlight = 1,
    maxGatheringMs = 2,
    maxWaiting = 20_000,
    timeoutMs = 10_000,
  } = options
  let waiting: Waiting[] = []
  let inFlight = 0
  // Of the batch that gathers: since when, and how many waited a turn ago.
  let sinceMs = 0
  let before = 0

  async function send(batch: readonly Waiting[]): Promise<void> {
    try {
      const first = await within(timeoutMs, store.append(batch.map(({ record }) => record)))
      for (const [offset, { resolve }] of batch.entries()) resolve({ index: first + offset })
    } catch (cause) {
      for (const { reject } of batch) reject(unavailable('the entry could not be made durable', cause))
    }
    inFlight -= 1
    if (waiting.length > 0) begin()
  }

  function begin(): void {
    sinceMs = performance.now()
    before = 0
    setImmediate(gather)
  }

  function gather(): void {
    const isGrowing = waiting.length > before && waiting.length < maxBatch
    before = waiting.length
    if (isGrowing && performance.now() - sinceMs < maxGatheringMs) setImmediate(gather)
    else pump()
  }

  function pump(): void {
    while (waiting.length > 0 && inFlight < maxInFlight) {
      const batch = waiting.slice(0, maxBatch)
      waiting = waiting.slice(maxBatch)
      inFlight += 1
      void send(batch)
    }
  }

  return {
    append: (entry) =>
      new Promise((resolve, reject) => {
        const record = toRecord(entry)
        if (waiting.length >= maxWaiting) throw unavailable('too many entries wait to be written')
        waiting.push({ record, resolve, reject })
        if (waiting.length === 1 && inFlight < maxInFlight) begin()
      }),
  }
}

async function within<Value>(timeoutMs: number, work: Promise<Value>): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(unavailable('the database did not answer in time')), timeoutMs)
  return Promise.race([work, promise]).finally(() => clearTimeout(timer))
}

function unavailable(message: string, cause?: unknown): AppError {
  return new AppError('ledger.unavailable', { message, cause })
}
