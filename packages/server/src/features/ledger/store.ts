import { AppError } from '@breakwater/kernel'
import type { LedgerRecord, SequencerStore, TreeHead } from '@breakwater/ledger'
import { CompiledQuery, sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'

export type { Db }

export interface StoredEntry {
  readonly index: number
  readonly bytes: Uint8Array
}

// Any number will do, as long as nothing else in this database locks it.
const SEQUENCER_LOCK = 4_164_313
const CLOSER_LOCK = 4_164_314

// Every crossing waits for it twice, so it is not put together anew each time.
export const APPEND = 'select ledger_append_lines($1, $2, $3, $4) as first'
const NO_CROSSING = '-'

/** One statement, so one round trip and, outside a transaction, one commit. Gives the index of the first. */
export async function insertEntries(db: Db, records: readonly LedgerRecord[]): Promise<number> {
  const lines = [
    records.map(({ tenant }) => tenant),
    records.map(({ kind }) => kind),
    records.map(({ crossing }) => crossing ?? NO_CROSSING),
    records.map(({ text }) => text),
  ].map((column) => column.join('\n'))
  const { rows } = await db.executeQuery<{ first: string }>(CompiledQuery.raw(APPEND, lines))
  return Number(rows[0]?.first)
}

/** Tries an append without making one, and says whether a commit would survive a power cut. */
export async function probeAppend(db: Db, record: LedgerRecord): Promise<{ readonly isDurable: boolean }> {
  const trx = await db.startTransaction().execute()
  try {
    const { rows } = await sql<{ durable: boolean }>`select
      current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on' as durable`.execute(trx)
    await insertEntries(trx, [record])
    return { isDurable: rows[0]?.durable === true }
  } finally {
    await trx.rollback().execute()
  }
}

export async function findEntries(db: Db, tenant: string, after: number, limit: number): Promise<StoredEntry[]> {
  return withTenant(db, tenant, async (trx) => {
    const { rows } = await sql<{ idx: string; entry: Uint8Array }>`select idx, entry from ledger_entries
      where tenant = ${tenant} and idx > ${after} order by idx limit ${limit}`.execute(trx)
    return rows.map(toStored)
  })
}

/**
 * Intents of `from` on that are older than that and that nothing followed, and the index below which no other will be
 * found again. Needs the sequencer's role: it reads across tenants.
 */
export async function findLoneIntents(
  db: Db,
  from: number,
  olderThanSeconds: number,
): Promise<{ readonly lone: readonly StoredEntry[]; readonly settledBelow: number }> {
  const { rows: bounds } = await sql<{ below: string }>`select coalesce(
      (select min(idx) from ledger_entries where idx >= ${from}
        and recorded_at > clock_timestamp() - make_interval(secs => ${olderThanSeconds})),
      (select max(idx) + 1 from ledger_entries), 0) as below`.execute(db)
  const settledBelow = Number(bounds[0]?.below)
  const { rows } = await sql<{ idx: string; entry: Uint8Array }>`select i.idx, i.entry from ledger_entries i
    where i.kind = 'crossing.intent' and i.idx >= ${from} and i.idx < ${settledBelow} and not exists (
      select from ledger_entries o
      where o.crossing = i.crossing and o.kind in ('crossing.outcome', 'crossing.refused'))
    order by i.idx`.execute(db)
  return { lone: rows.map(toStored), settledBelow }
}

/** Runs `work` unless another process is at it; then undefined. */
export async function withCloserLock<Result>(db: Db, work: (db: Db) => Promise<Result>): Promise<Result | undefined> {
  return withLock(db, CLOSER_LOCK, work)
}

/** Intents of a tenant from the last hour, the longest that a crossing may take, that nothing followed yet. */
export async function findOpenIntents(db: Db, tenant: string): Promise<readonly Uint8Array[]> {
  return withTenant(db, tenant, async (trx) => {
    const { rows } = await sql<{ entry: Uint8Array }>`select i.entry from ledger_entries i
      where i.tenant = ${tenant} and i.kind = 'crossing.intent'
        and i.recorded_at > clock_timestamp() - interval '1 hour' and not exists (
          select from ledger_entries o
          where o.crossing = i.crossing and o.kind in ('crossing.outcome', 'crossing.refused'))
      order by i.idx desc limit 10000`.execute(trx)
    return rows.map(({ entry }) => entry)
  })
}

/** The intent of one crossing of a tenant. */
export async function findIntent(db: Db, tenant: string, crossing: string): Promise<Uint8Array | undefined> {
  return withTenant(db, tenant, async (trx) => {
    const { rows } = await sql<{ entry: Uint8Array }>`select entry from ledger_entries
      where tenant = ${tenant} and crossing = ${crossing} and kind = 'crossing.intent'`.execute(trx)
    return rows[0]?.entry
  })
}

/** Every tenant that the log knows, by one look into the index for each. As breakwater_sequencer, which reads them all. */
export async function listTenants(db: Db): Promise<readonly string[]> {
  const { rows } = await sql<{ tenant: string }>`with recursive t (tenant) as (
      (select tenant::text from ledger_entries order by tenant limit 1)
      union all
      select (select e.tenant::text from ledger_entries e where e.tenant > t.tenant order by e.tenant limit 1)
      from t where t.tenant is not null
    ) select tenant from t where tenant is not null`.execute(db)
  return rows.map(({ tenant }) => tenant)
}

/**
 * Runs `work` as the one sequencer, on a connection of its own: under a session lock, and with an epoch that fences off
 * a predecessor whose lock was lost. Undefined when another holds the lock.
 */
export async function withSequencerStore<Result>(
  db: Db,
  work: (store: SequencerStore) => Promise<Result>,
): Promise<Result | undefined> {
  return withLock(db, SEQUENCER_LOCK, async (connection) => {
    const { rows } = await sql<{ epoch: string }>`insert into ledger_epoch as e (epoch) values (1)
      on conflict (singleton) do update set epoch = e.epoch + 1 returning epoch`.execute(connection)
    return work(createSequencerStore(connection, Number(rows[0]?.epoch)))
  })
}

async function withLock<Result>(db: Db, lock: number, work: (db: Db) => Promise<Result>): Promise<Result | undefined> {
  return db.connection().execute(async (connection) => {
    const { rows } = await sql<{ locked: boolean }>`select pg_try_advisory_lock(${lock}) as locked`.execute(connection)
    if (rows[0]?.locked !== true) return undefined
    try {
      return await work(connection)
    } finally {
      // A connection that broke has let go of its locks; its error is thrown by `work`.
      await sql`select pg_advisory_unlock(${lock})`.execute(connection).catch(() => undefined)
    }
  })
}

function createSequencerStore(db: Db, epoch: number): SequencerStore {
  return {
    async countEntries() {
      const { rows } = await sql<{ count: string }>`select next_index as count from ledger_counter`.execute(db)
      return Number(rows[0]?.count ?? 0)
    },
    async readEntries(from, limit) {
      const { rows } = await sql<{ idx: string; entry: Uint8Array }>`select idx, entry from ledger_entries
        where idx >= ${from} order by idx limit ${limit}`.execute(db)
      return rows.map(toStored)
    },
    async latestHead() {
      const { rows } = await sql<{ size: string; root: Uint8Array }>`select size, root from ledger_checkpoints
        order by size desc limit 1`.execute(db)
      return rows[0] && { size: Number(rows[0].size), root: rows[0].root }
    },
    async decideHead({ size, root }: TreeHead) {
      // The share lock holds a successor's epoch back until this row is committed.
      const { rows } = await sql<{ fenced: boolean; root: Uint8Array | null }>`with fence as (
          select epoch from ledger_epoch where epoch = ${epoch} for share
        ), decided as (
          insert into ledger_checkpoints (size, root, epoch)
          select ${size}, ${Buffer.from(root)}, epoch from fence on conflict (size) do nothing returning root
        ) select not exists (select from fence) as fenced, coalesce((select root from decided),
          (select root from ledger_checkpoints where size = ${size})) as root`.execute(db)
      if (rows[0]?.fenced !== false) throw fenced()
      if (!rows[0].root || Buffer.compare(rows[0].root, root) !== 0) {
        throw new AppError('ledger.inconsistent', { message: 'sequencer: that size has another root on record' })
      }
    },
    async whileFenced(work) {
      await db.transaction().execute(async (trx) => {
        // This transaction only holds a lock: nothing of it need survive.
        await sql`set local synchronous_commit = off`.execute(trx)
        const { rows } = await sql`select epoch from ledger_epoch where epoch = ${epoch} for share`.execute(trx)
        if (rows.length === 0) throw fenced()
        await work()
      })
    },
  }
}

function toStored({ idx, entry }: { readonly idx: string; readonly entry: Uint8Array }): StoredEntry {
  return { index: Number(idx), bytes: entry }
}

function fenced(): AppError {
  return new AppError('ledger.unavailable', { message: 'sequencer: a newer one has taken over' })
}
