import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import { readTenant } from '../../platform/db/read-tenant.ts'
import type { JustificationColumns, PlainColumn } from '../justifications/index.ts'
import { readKept, writeKept } from '../justifications/index.ts'
import type { KeptException, RiskException } from './types.ts'

type Row = JustificationColumns & {
  tenant: string
  id: string
  kind: RiskException['kind']
  subject: string
  owner: string
  proposed_by: string
  proposed_at: Date
  expires_at: Date
  approved_by: string | null
  approved_at: Date | null
  ended_by: string | null
  ended_at: Date | null
}

type Tables = { exceptions: Omit<Row, 'justification'> & { justification: PlainColumn } }

type RecordIn = (trx: Db) => Promise<void>

interface Deed {
  readonly by: string
  readonly at: Date
}

export interface ExceptionStore {
  insertIn(trx: Db, row: KeptException): Promise<void>
  insert(row: KeptException, record: RecordIn): Promise<void>
  find(tenant: string, id: string): Promise<KeptException | undefined>
  list(tenant: string): Promise<readonly KeptException[]>
  /** Those that have not ended; whether one is in force is for the clock to say. */
  listOpen(tenant: string): Promise<readonly KeptException[]>
  /** False, and nothing changed, when it is not waiting at that time. */
  approve(tenant: string, id: string, deed: Deed, record: RecordIn): Promise<boolean>
  /** False, and nothing changed, when it has ended. */
  end(tenant: string, id: string, deed: Deed, record: RecordIn): Promise<boolean>
  /** Ends what expired and no other replica has in hand. */
  endExpired(tenant: string, deed: Deed, record: (trx: Db, ended: KeptException) => Promise<void>): Promise<number>
}

const MAX_LISTED = 1_000
const BATCH = 50

export function createExceptionStore(database: Db): ExceptionStore {
  return {
    insertIn: async (trx, row) => insertInto(trx, row),

    insert: (row, record) =>
      withTenant(database, row.tenant, async (trx) => {
        await insertInto(trx, row)
        await record(trx)
      }),

    find: (tenant, id) =>
      withTenant(database, tenant, async (trx) => {
        const row = await trx
          .withTables<Tables>()
          .selectFrom('exceptions')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .executeTakeFirst()
        return row && toException(row)
      }),

    list: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('exceptions')
          .selectAll()
          .where('tenant', '=', tenant)
          .orderBy('proposed_at', 'desc')
          .limit(MAX_LISTED)
          .execute()
        return rows.map(toException)
      }),

    listOpen: (tenant) =>
      readTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('exceptions')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('ended_at', 'is', null)
          .where('approved_at', 'is not', null)
          .execute()
        return rows.map(toException)
      }),

    approve: (tenant, id, { by, at }, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('exceptions')
          .set({ approved_by: by, approved_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('approved_at', 'is', null)
          .where('ended_at', 'is', null)
          .where('expires_at', '>', at)
          .executeTakeFirst()
        if (updated.numUpdatedRows === 0n) return false
        await record(trx)
        return true
      }),

    end: (tenant, id, { by, at }, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('exceptions')
          .set({ ended_by: by, ended_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('ended_at', 'is', null)
          .executeTakeFirst()
        if (updated.numUpdatedRows === 0n) return false
        await record(trx)
        return true
      }),

    endExpired: (tenant, { by, at }, record) =>
      withTenant(database, tenant, async (trx) => {
        const db = trx.withTables<Tables>()
        const due = await db
          .selectFrom('exceptions')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('ended_at', 'is', null)
          .where('expires_at', '<=', at)
          .limit(BATCH)
          .forUpdate()
          .skipLocked()
          .execute()
        if (due.length === 0) return 0
        await db
          .updateTable('exceptions')
          .set({ ended_by: by, ended_at: at })
          .where('tenant', '=', tenant)
          .where(
            'id',
            'in',
            due.map(({ id }) => id),
          )
          .execute()
        for (const row of due) await record(trx, toException(row))
        return due.length
      }),
  }
}

async function insertInto(trx: Db, row: KeptException): Promise<void> {
  await trx
    .withTables<Tables>()
    .insertInto('exceptions')
    .values({
      tenant: row.tenant,
      id: row.id,
      kind: row.kind,
      subject: row.subject,
      owner: row.owner,
      ...writeKept(row.justification),
      proposed_by: row.proposedBy,
      proposed_at: row.proposedAt,
      expires_at: row.expiresAt,
      approved_by: row.approvedBy ?? null,
      approved_at: row.approvedAt ?? null,
      ended_by: null,
      ended_at: null,
    })
    .execute()
}

function toException(row: Row): KeptException {
  return {
    tenant: row.tenant,
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    owner: row.owner,
    justification: readKept(row),
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    expiresAt: row.expires_at,
    ...(row.approved_by !== null && { approvedBy: row.approved_by }),
    ...(row.approved_at !== null && { approvedAt: row.approved_at }),
    ...(row.ended_by !== null && { endedBy: row.ended_by }),
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
  }
}
