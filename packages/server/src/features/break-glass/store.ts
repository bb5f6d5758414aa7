import { sql } from 'kysely'
import type { UpdateResult } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import { readTenant } from '../../platform/db/read-tenant.ts'
import type { JustificationColumns, PlainColumn } from '../justifications/index.ts'
import { readKept, writeKept } from '../justifications/index.ts'
import type { BreakGlass, KeptBreakGlass } from './types.ts'

type Row = JustificationColumns & {
  tenant: string
  id: string
  principal: string
  reason: BreakGlass['reason']
  control: BreakGlass['control']
  opened_at: Date
  ends_at: Date
  confirmed_by: string | null
  confirmed_at: Date | null
  closed_by: string | null
  closed_at: Date | null
  review_due_at: Date
  overdue_at: Date | null
  reviewed_by: string | null
  reviewed_at: Date | null
  finding: NonNullable<BreakGlass['finding']> | null
}

type NewRow = Omit<Row, 'justification'>
type Tables = { break_glass: NewRow & { justification: PlainColumn } }

type RecordIn = (trx: Db) => Promise<void>

interface Deed {
  readonly by: string
  readonly at: Date
}

export interface BreakGlassStore {
  /** False, and nothing changed, when the principal has one that is not over. */
  open(row: KeptBreakGlass, record: RecordIn): Promise<boolean>
  find(tenant: string, id: string): Promise<KeptBreakGlass | undefined>
  /** Newest first. */
  list(tenant: string): Promise<readonly KeptBreakGlass[]>
  /** Not closed by hand, and ending after that time. */
  listOpen(tenant: string, at: Date): Promise<readonly KeptBreakGlass[]>
  /** False, and nothing changed, when it does not wait for that at that time. */
  confirm(tenant: string, id: string, deed: Deed, record: RecordIn): Promise<boolean>
  close(tenant: string, id: string, deed: Deed, record: RecordIn): Promise<boolean>
  /** All of a principal's that are not over at that time. */
  closeOfIn(trx: Db, tenant: string, principal: string, deed: Deed): Promise<readonly KeptBreakGlass[]>
  review(
    tenant: string,
    id: string,
    deed: Deed & { readonly finding: NonNullable<BreakGlass['finding']> },
    record: RecordIn,
  ): Promise<boolean>
  /** Marks the overdue ones that were not marked and that no other replica has in hand. */
  markOverdue(tenant: string, at: Date, record: (trx: Db, row: KeptBreakGlass) => Promise<void>): Promise<number>
}

const MAX_LISTED = 1_000
const BATCH = 50

export function createBreakGlassStore(database: Db): BreakGlassStore {
  return {
    open: (opening, record) =>
      withTenant(database, opening.tenant, async (trx) => {
        const { tenant, principal, openedAt } = opening
        await sql`select pg_advisory_xact_lock(hashtextextended(${`break-glass/${tenant}/${principal}`}, 0))`.execute(
          trx,
        )
        const open = await readOpen(trx, tenant, openedAt)
        if (open.some((other) => other.principal === principal)) return false
        await trx.withTables<Tables>().insertInto('break_glass').values(toRow(opening)).execute()
        await record(trx)
        return true
      }),

    find: (tenant, id) =>
      withTenant(database, tenant, async (trx) => {
        const row = await trx
          .withTables<Tables>()
          .selectFrom('break_glass')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .executeTakeFirst()
        return row && toBreakGlass(row)
      }),

    list: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('break_glass')
          .selectAll()
          .where('tenant', '=', tenant)
          .orderBy('opened_at', 'desc')
          .limit(MAX_LISTED)
          .execute()
        return rows.map(toBreakGlass)
      }),

    listOpen: (tenant, at) => readTenant(database, tenant, async (trx) => readOpen(trx, tenant, at)),

    confirm: (tenant, id, { by, at }, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('break_glass')
          .set({ confirmed_by: by, confirmed_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('control', '=', 'second-person')
          .where('confirmed_at', 'is', null)
          .where('closed_at', 'is', null)
          .where('ends_at', '>', at)
          .executeTakeFirst()
        return recordIf(updated, record, trx)
      }),

    close: (tenant, id, { by, at }, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('break_glass')
          .set({ closed_by: by, closed_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('closed_at', 'is', null)
          .where('ends_at', '>', at)
          .executeTakeFirst()
        return recordIf(updated, record, trx)
      }),

    async closeOfIn(trx, tenant, principal, { by, at }) {
      const rows = await trx
        .withTables<Tables>()
        .updateTable('break_glass')
        .set({ closed_by: by, closed_at: at })
        .where('tenant', '=', tenant)
        .where('principal', '=', principal)
        .where('closed_at', 'is', null)
        .where('ends_at', '>', at)
        .returningAll()
        .execute()
      return rows.map(toBreakGlass)
    },

    review: (tenant, id, { by, at, finding }, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('break_glass')
          .set({ reviewed_by: by, reviewed_at: at, finding })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('reviewed_at', 'is', null)
          .where((where) => where.or([where('closed_at', 'is not', null), where('ends_at', '<=', at)]))
          .executeTakeFirst()
        return recordIf(updated, record, trx)
      }),

    markOverdue: (tenant, at, record) =>
      withTenant(database, tenant, async (trx) => {
        const due = await trx
          .withTables<Tables>()
          .updateTable('break_glass')
          .set({ overdue_at: at })
          .where('tenant', '=', tenant)
          .where('id', 'in', (query) =>
            query
              .selectFrom('break_glass')
              .select('id')
              .where('tenant', '=', tenant)
              .where('reviewed_at', 'is', null)
              .where('overdue_at', 'is', null)
              .where('review_due_at', '<=', at)
              .limit(BATCH)
              .forUpdate()
              .skipLocked(),
          )
          .returningAll()
          .execute()
        for (const row of due) await record(trx, toBreakGlass(row))
        return due.length
      }),
  }
}

async function readOpen(trx: Db, tenant: string, at: Date): Promise<readonly KeptBreakGlass[]> {
  const rows = await trx
    .withTables<Tables>()
    .selectFrom('break_glass')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('closed_at', 'is', null)
    .where('ends_at', '>', at)
    .execute()
  return rows.map(toBreakGlass)
}

async function recordIf({ numUpdatedRows }: UpdateResult, record: RecordIn, trx: Db): Promise<boolean> {
  if (numUpdatedRows === 0n) return false
  await record(trx)
  return true
}

function toRow(opening: KeptBreakGlass): NewRow {
  return {
    tenant: opening.tenant,
    id: opening.id,
    principal: opening.principal,
    reason: opening.reason,
    ...writeKept(opening.justification),
    control: opening.control,
    opened_at: opening.openedAt,
    ends_at: opening.endsAt,
    confirmed_by: null,
    confirmed_at: null,
    closed_by: null,
    closed_at: null,
    review_due_at: opening.reviewDueAt,
    overdue_at: null,
    reviewed_by: null,
    reviewed_at: null,
    finding: null,
  }
}

function toBreakGlass(row: Row): KeptBreakGlass {
  return {
    tenant: row.tenant,
    id: row.id,
    principal: row.principal,
    reason: row.reason,
    justification: readKept(row),
    control: row.control,
    openedAt: row.opened_at,
    endsAt: row.ends_at,
    reviewDueAt: row.review_due_at,
    ...(row.confirmed_by !== null && { confirmedBy: row.confirmed_by }),
    ...(row.closed_at !== null && { closedAt: row.closed_at }),
    ...(row.reviewed_by !== null && { reviewedBy: row.reviewed_by }),
    ...(row.reviewed_at !== null && { reviewedAt: row.reviewed_at }),
    ...(row.finding !== null && { finding: row.finding }),
  }
}
