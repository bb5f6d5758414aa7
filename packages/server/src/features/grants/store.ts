import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import { readTenant } from '../../platform/db/read-tenant.ts'
import type { Tables } from './rows.ts'
import { toGrant, toGrantRow, toRequest, toRequestRow } from './rows.ts'
import type { AccessRequest, EndReason, Grant, KeptRequest } from './types.ts'

type RecordIn = (trx: Db) => Promise<void>

interface Answer {
  readonly answer: NonNullable<AccessRequest['answer']>
  readonly by: string
  readonly at: Date
}

interface Ending {
  readonly reason: EndReason
  readonly by: string
  readonly at: Date
}

interface Approval {
  readonly by: string
  readonly at: Date
  readonly grant: Grant
  /** Throws when the beneficiary must not have this beside the grants that are not over. */
  readonly verify: (open: readonly Grant[]) => void
  /** Everything else that is true only with it, and then the entries. */
  readonly prepare: RecordIn
  readonly record: RecordIn
}

export interface GrantStore {
  addRequest(request: KeptRequest, record: RecordIn): Promise<void>
  findRequest(tenant: string, id: string): Promise<KeptRequest | undefined>
  /** Newest first. */
  listRequests(tenant: string): Promise<readonly KeptRequest[]>
  /** False, and nothing changed, when the request is not waiting at that time. */
  answer(tenant: string, id: string, answer: Answer, record: RecordIn): Promise<boolean>
  /** The same, with the grant that follows from it. */
  approve(tenant: string, id: string, approval: Approval): Promise<boolean>
  listGrants(tenant: string): Promise<readonly Grant[]>
  /** Not ended; whether one is in force is for the clock to say. */
  listOpen(tenant: string): Promise<readonly Grant[]>
  /** The grant as it was; undefined, and nothing changed, when there is none that has not ended. */
  end(tenant: string, id: string, ending: Ending, record: (trx: Db, ended: Grant) => Promise<void>): Promise<boolean>
  /** All of a principal's that have not ended. */
  endOfIn(trx: Db, tenant: string, principal: string, ending: Ending): Promise<readonly Grant[]>
  /** Ends what is over and no other replica has in hand. */
  endExpired(tenant: string, ending: Ending, record: (trx: Db, ended: Grant) => Promise<void>): Promise<number>
  /** Closes what nobody answered and no other replica has in hand. */
  lapse(tenant: string, answer: Answer, record: (trx: Db, lapsed: KeptRequest) => Promise<void>): Promise<number>
}

const MAX_LISTED = 1_000
const BATCH = 50

export function createGrantStore(database: Db): GrantStore {
  return {
    addRequest: (request, record) =>
      withTenant(database, request.tenant, async (trx) => {
        await trx.withTables<Tables>().insertInto('access_requests').values(toRequestRow(request)).execute()
        await record(trx)
      }),

    findRequest: (tenant, id) =>
      withTenant(database, tenant, async (trx) => {
        const row = await trx
          .withTables<Tables>()
          .selectFrom('access_requests')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .executeTakeFirst()
        return row && toRequest(row)
      }),

    listRequests: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('access_requests')
          .selectAll()
          .where('tenant', '=', tenant)
          .orderBy('requested_at', 'desc')
          .orderBy('id')
          .limit(MAX_LISTED)
          .execute()
        return rows.map(toRequest)
      }),

    answer: (tenant, id, answer, record) =>
      withTenant(database, tenant, async (trx) => {
        if (!(await answerIn(trx, tenant, id, answer))) return false
        await record(trx)
        return true
      }),

    approve: (tenant, id, { by, at, grant, verify, prepare, record }) =>
      withTenant(database, tenant, async (trx) => {
        await lock(trx, tenant, grant.principal)
        if (!(await answerIn(trx, tenant, id, { answer: 'approved', by, at }))) return false
        verify((await readOpen(trx, tenant)).filter(({ principal }) => principal === grant.principal))
        await prepare(trx)
        await trx.withTables<Tables>().insertInto('access_grants').values(toGrantRow(grant)).execute()
        await record(trx)
        return true
      }),

    listGrants: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('access_grants')
          .selectAll()
          .where('tenant', '=', tenant)
          .orderBy('given_at', 'desc')
          .orderBy('id')
          .limit(MAX_LISTED)
          .execute()
        return rows.map(toGrant)
      }),

    listOpen: (tenant) => readTenant(database, tenant, async (trx) => readOpen(trx, tenant)),

    end: (tenant, id, { reason, by, at }, record) =>
      withTenant(database, tenant, async (trx) => {
        const row = await trx
          .withTables<Tables>()
          .updateTable('access_grants')
          .set({ ended_by: by, ended_at: at, ended_reason: reason })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('ended_at', 'is', null)
          .returningAll()
          .executeTakeFirst()
        if (!row) return false
        await record(trx, toGrant(row))
        return true
      }),

    async endOfIn(trx, tenant, principal, { reason, by, at }) {
      const rows = await trx
        .withTables<Tables>()
        .updateTable('access_grants')
        .set({ ended_by: by, ended_at: at, ended_reason: reason })
        .where('tenant', '=', tenant)
        .where('principal', '=', principal)
        .where('ended_at', 'is', null)
        .returningAll()
        .execute()
      return rows.map(toGrant)
    },

    endExpired: (tenant, { reason, by, at }, record) =>
      withTenant(database, tenant, async (trx) => {
        const due = await trx
          .withTables<Tables>()
          .updateTable('access_grants')
          .set({ ended_by: by, ended_at: at, ended_reason: reason })
          .where('tenant', '=', tenant)
          .where('id', 'in', (query) =>
            query
              .selectFrom('access_grants')
              .select('id')
              .where('tenant', '=', tenant)
              .where('ended_at', 'is', null)
              .where('valid_until', '<=', at)
              .limit(BATCH)
              .forUpdate()
              .skipLocked(),
          )
          .returningAll()
          .execute()
        for (const row of due) await record(trx, toGrant(row))
        return due.length
      }),

    lapse: (tenant, { answer, by, at }, record) =>
      withTenant(database, tenant, async (trx) => {
        const due = await trx
          .withTables<Tables>()
          .updateTable('access_requests')
          .set({ answer, answered_by: by, answered_at: at })
          .where('tenant', '=', tenant)
          .where('id', 'in', (query) =>
            query
              .selectFrom('access_requests')
              .select('id')
              .where('tenant', '=', tenant)
              .where('answer', 'is', null)
              .where('lapses_at', '<=', at)
              .limit(BATCH)
              .forUpdate()
              .skipLocked(),
          )
          .returningAll()
          .execute()
        for (const row of due) await record(trx, toRequest(row))
        return due.length
      }),
  }
}

async function answerIn(trx: Db, tenant: string, id: string, { answer, by, at }: Answer): Promise<boolean> {
  const updated = await trx
    .withTables<Tables>()
    .updateTable('access_requests')
    .set({ answer, answered_by: by, answered_at: at })
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .where('answer', 'is', null)
    .where('lapses_at', '>', at)
    .executeTakeFirst()
  return updated.numUpdatedRows > 0n
}

async function readOpen(trx: Db, tenant: string): Promise<readonly Grant[]> {
  const rows = await trx
    .withTables<Tables>()
    .selectFrom('access_grants')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('ended_at', 'is', null)
    .execute()
  return rows.map(toGrant)
}

/** What one principal gets is decided one after the other. */
async function lock(trx: Db, tenant: string, principal: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`grants/${tenant}/${principal}`}, 0))`.execute(trx)
}
