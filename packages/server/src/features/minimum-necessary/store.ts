import { minimumPolicyInputSchema } from '@breakwater/contract'
import type { MinimumPolicyInput } from '@breakwater/contract'
import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import { readTenant } from '../../platform/db/read-tenant.ts'
import type { MinimumPolicy } from './types.ts'

type Row = {
  tenant: string
  id: string
  version: number
  roles: readonly string[]
  purposes: readonly string[]
  endpoints: readonly string[] | null
  models: readonly string[] | null
  rules: unknown
  put_by: string
  put_at: Date
  activated_by: string | null
  activated_at: Date | null
  ended_by: string | null
  ended_at: Date | null
}

type Tables = { minimum_policies: Row }

interface Deed {
  readonly by: string
  readonly at: Date
}

type RecordVersion = (trx: Db, version: number) => Promise<void>

export interface MinimumStore {
  listInForce(tenant: string): Promise<readonly MinimumPolicy[]>
  list(tenant: string): Promise<readonly MinimumPolicy[]>
  /** The new version. */
  put(tenant: string, id: string, input: MinimumPolicyInput, deed: Deed, record: RecordVersion): Promise<number>
  /** What was made of it: undefined when there is none, false when its latest version was activated before. */
  activateLatest(
    tenant: string,
    id: string,
    deed: Deed,
    record: RecordVersion,
  ): Promise<MinimumPolicy | false | undefined>
  /** False when none is in force. */
  end(tenant: string, id: string, deed: Deed, record: RecordVersion): Promise<boolean>
}

const MAX_LISTED = 500

export function createMinimumStore(database: Db): MinimumStore {
  return {
    listInForce: (tenant) =>
      readTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('minimum_policies')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('activated_at', 'is not', null)
          .where('ended_at', 'is', null)
          .orderBy('id')
          .execute()
        return rows.map((row) => toPolicy(row))
      }),

    list: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('minimum_policies')
          .selectAll()
          .where('tenant', '=', tenant)
          .orderBy('id')
          .orderBy('version', 'desc')
          .limit(MAX_LISTED)
          .execute()
        return rows.map((row) => toPolicy(row, rows))
      }),

    put: (tenant, id, input, { by, at }, record) =>
      withTenant(database, tenant, async (trx) => {
        await lock(trx, tenant, id)
        const version = ((await findLatest(trx, tenant, id))?.version ?? 0) + 1
        await trx
          .withTables<Tables>()
          .insertInto('minimum_policies')
          .values({
            tenant,
            id,
            version,
            roles: input.roles,
            purposes: input.purposes,
            endpoints: input.endpoints ?? null,
            models: input.models ?? null,
            rules: JSON.stringify(input.rules),
            put_by: by,
            put_at: at,
            activated_by: null,
            activated_at: null,
            ended_by: null,
            ended_at: null,
          })
          .execute()
        await record(trx, version)
        return version
      }),

    activateLatest: (tenant, id, { by, at }, record) =>
      withTenant(database, tenant, async (trx) => {
        await lock(trx, tenant, id)
        const latest = await findLatest(trx, tenant, id)
        if (!latest) return undefined
        if (latest.activated_at !== null) return false
        await endIn(trx, tenant, id, { by, at })
        const row = await trx
          .withTables<Tables>()
          .updateTable('minimum_policies')
          .set({ activated_by: by, activated_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('version', '=', latest.version)
          .returningAll()
          .executeTakeFirstOrThrow()
        await record(trx, row.version)
        return toPolicy(row)
      }),

    end: (tenant, id, deed, record) =>
      withTenant(database, tenant, async (trx) => {
        await lock(trx, tenant, id)
        const version = await endIn(trx, tenant, id, deed)
        if (version === undefined) return false
        await record(trx, version)
        return true
      }),
  }
}

async function endIn(trx: Db, tenant: string, id: string, { by, at }: Deed): Promise<number | undefined> {
  const ended = await trx
    .withTables<Tables>()
    .updateTable('minimum_policies')
    .set({ ended_by: by, ended_at: at })
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .where('activated_at', 'is not', null)
    .where('ended_at', 'is', null)
    .returning('version')
    .executeTakeFirst()
  return ended?.version
}

/** Versions of one policy are made, activated and ended one after the other. */
async function lock(trx: Db, tenant: string, id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`minimum/${tenant}/${id}`}, 0))`.execute(trx)
}

async function findLatest(trx: Db, tenant: string, id: string): Promise<Row | undefined> {
  return trx
    .withTables<Tables>()
    .selectFrom('minimum_policies')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** `all` tells a version that another took the place of from one that was ended. */
function toPolicy(row: Row, all: readonly Row[] = []): MinimumPolicy {
  const { roles, purposes, endpoints, models, rules } = row
  const input = minimumPolicyInputSchema.parse({
    roles,
    purposes,
    rules,
    ...(endpoints && { endpoints }),
    ...(models && { models }),
  })
  return { ...input, tenant: row.tenant, id: row.id, version: row.version, state: stateOf(row, all) }
}

function stateOf({ id, version, activated_at, ended_at }: Row, all: readonly Row[]): MinimumPolicy['state'] {
  if (activated_at === null) return 'off'
  if (ended_at === null) return 'active'
  const isReplaced = all.some(
    (row) => row.id === id && row.version > version && row.activated_at?.getTime() === ended_at.getTime(),
  )
  return isReplaced ? 'replaced' : 'ended'
}
