import { AppError } from '@breakwater/kernel'
import type { Clock, Log } from '@breakwater/kernel'
import { completeEntry, createAppender, decodeEntry, toRecord } from '@breakwater/ledger'
import type { EntryDraft, LedgerEntry } from '@breakwater/ledger'
import { findEntries, findIntent, findOpenIntents, insertEntries, probeAppend } from './store.ts'
import type { Db } from './store.ts'

export interface LedgerServiceOptions {
  /** As breakwater_app. */
  readonly db: Db
  /** The same, for appends outside of any transaction; one is on its way at a time. Left out: `db`. */
  readonly appendDb?: Db
  readonly clock: Clock
  readonly log: Log
  /** Lets `checkWritable` pass on a database that forgets in a power cut. Tests only; false when left out. */
  readonly acceptsFragileDatabase?: boolean
}

interface Appended {
  readonly index: number
}

export interface LedgerService {
  /**
   * Durable when it resolves: group commit with whatever else is on its way. Throws `ledger.unavailable`, and `internal`
   * for a draft that breaks the entry's schema.
   */
  append(draft: EntryDraft): Promise<Appended>
  /**
   * For a change of state: the entry commits with it or not at all. Call it last, because it holds the log's counter
   * until the transaction ends. Throws `ledger.unavailable`, `internal`.
   */
  appendIn(trx: Db, draft: EntryDraft): Promise<Appended>
  /** Crossings of a tenant that have an intent and no outcome yet, of the last hour; towards one provider when it is named. */
  countUnderWay(tenant: string, provider?: string): Promise<number>
  /** The intent of a crossing of the tenant. */
  findIntent(tenant: string, crossing: string): Promise<LedgerEntry | undefined>
  /** Throws `ledger.unavailable` when an append would fail, or would not survive a power cut. Writes nothing. */
  checkWritable(): Promise<void>
  /** Entries of one tenant after an index (-1: from the start), at most `limit`. */
  read(
    tenant: string,
    page: { readonly after: number; readonly limit: number },
  ): Promise<readonly { readonly index: number; readonly entry: LedgerEntry }[]>
}

const PROBE: EntryDraft = { tenant: 'probe', kind: 'log.started' }

export function createLedgerService(options: LedgerServiceOptions): LedgerService {
  const { db, appendDb = db, clock, log, acceptsFragileDatabase = false } = options
  const appender = createAppender({
    store: {
      append: async (records) =>
        insertEntries(appendDb, records).catch((error: unknown) => {
          log('ledger-append-failed', { entries: records.length })
          throw error
        }),
    },
  })
  let probing: Promise<void> | undefined

  const stamp = (draft: EntryDraft): LedgerEntry =>
    completeEntry(draft, {
      wall: clock.now().toISOString(),
      monotonicNs: process.hrtime.bigint().toString(),
    })

  async function probe(): Promise<void> {
    const { isDurable } = await probeAppend(db, toRecord(stamp(PROBE))).catch((cause: unknown) => {
      throw unavailable('the ledger cannot be written to', cause)
    })
    if (!isDurable && !acceptsFragileDatabase) {
      throw unavailable('the database must run with fsync and full_page_writes on')
    }
  }

  return {
    append: (draft) => appender.append(stamp(draft)),
    async appendIn(trx, draft) {
      const record = toRecord(stamp(draft))
      const index = await insertEntries(trx, [record]).catch((cause: unknown) => {
        throw unavailable('the entry could not be written', cause)
      })
      return { index }
    },
    async countUnderWay(tenant, provider) {
      const intents = await findOpenIntents(db, tenant)
      if (provider === undefined) return intents.length
      return intents.filter((bytes) => decodeEntry(bytes).provider === provider).length
    },
    async findIntent(tenant, crossing) {
      const bytes = await findIntent(db, tenant, crossing)
      return bytes && decodeEntry(bytes)
    },
    async checkWritable() {
      // Callers that ask together share one probe.
      probing ??= probe().finally(() => (probing = undefined))
      return probing
    },
    async read(tenant, { after, limit }) {
      const rows = await findEntries(db, tenant, after, limit)
      return rows.map(({ index, bytes }) => ({ index, entry: decodeEntry(bytes) }))
    },
  }
}

function unavailable(message: string, cause?: unknown): AppError {
  return new AppError('ledger.unavailable', { message, cause })
}
