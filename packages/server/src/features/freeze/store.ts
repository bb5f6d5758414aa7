import { freezeScopeSchema } from '@breakwater/contract'
import type { UpdateResult } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import { readTenant } from '../../platform/db/read-tenant.ts'
import type { Freeze } from './types.ts'

type Row = {
  tenant: string
  id: string
  scope: 'all' | 'tenant' | 'provider'
  provider: string | null
  reason: Freeze['reason']
  is_single_control: boolean
  frozen_by: string
  frozen_at: Date
  lift_proposed_by: string | null
  lift_proposed_at: Date | null
  lifted_by: string | null
  lifted_at: Date | null
}

type Tables = { freezes: Row }

type RecordIn = (trx: Db) => Promise<void>

interface Deed {
  readonly by: string
  readonly at: Date
}

export interface FreezeStore {
  add(freeze: Freeze, record: RecordIn): Promise<void>
  find(tenant: string, id: string): Promise<Freeze | undefined>
  /** Newest first. */
  list(tenant: string): Promise<readonly Freeze[]>
  listInForce(tenant: string): Promise<readonly Freeze[]>
  /** False, and nothing changed, when it is lifted or its lifting is proposed. */
  proposeLift(tenant: string, id: string, deed: Deed, record: RecordIn): Promise<boolean>
  /** False, and nothing changed, when it is lifted or its lifting is not proposed. */
  lift(tenant: string, id: string, deed: Deed, record: RecordIn): Promise<boolean>
}

const MAX_LISTED = 500

export function createFreezeStore(database: Db): FreezeStore {
  return {
    add: (freeze, record) =>
      withTenant(database, freeze.tenant, async (trx) => {
        const { target } = freeze
        await trx
          .withTables<Tables>()
          .insertInto('freezes')
          .values({
            tenant: freeze.tenant,
            id: freeze.id,
            scope: target.scope,
            provider: target.scope === 'provider' ? target.provider : null,
            reason: freeze.reason,
            is_single_control: freeze.isSingleControl,
            frozen_by: freeze.frozenBy,
            frozen_at: freeze.frozenAt,
            lift_proposed_by: null,
            lift_proposed_at: null,
            lifted_by: null,
            lifted_at: null,
          })
          .execute()
        await record(trx)
      }),

    find: (tenant, id) =>
      withTenant(database, tenant, async (trx) => {
        const row = await trx
          .withTables<Tables>()
          .selectFrom('freezes')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .executeTakeFirst()
        return row && toFreeze(row)
      }),

    list: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('freezes')
          .selectAll()
          .where('tenant', '=', tenant)
          .orderBy('frozen_at', 'desc')
          .limit(MAX_LISTED)
          .execute()
        return rows.map(toFreeze)
      }),

    listInForce: (tenant) =>
      readTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('freezes')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('lifted_at', 'is', null)
          .execute()
        return rows.map(toFreeze)
      }),

    proposeLift: (tenant, id, { by, at }, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('freezes')
          .set({ lift_proposed_by: by, lift_proposed_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('lifted_at', 'is', null)
          .where('lift_proposed_at', 'is', null)
          .executeTakeFirst()
        return recordIf(updated, record, trx)
      }),

    lift: (tenant, id, { by, at }, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('freezes')
          .set({ lifted_by: by, lifted_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('lifted_at', 'is', null)
          .where('lift_proposed_at', 'is not', null)
          .executeTakeFirst()
        return recordIf(updated, record, trx)
      }),
  }
}

async function recordIf({ numUpdatedRows }: UpdateResult, record: RecordIn, trx: Db): Promise<boolean> {
  if (numUpdatedRows === 0n) return false
  await record(trx)
  return true
}

function toFreeze(row: Row): Freeze {
  const { scope, provider } = row
  return {
    tenant: row.tenant,
    id: row.id,
    target: freezeScopeSchema.parse(scope === 'provider' ? { scope, provider } : { scope }),
    reason: row.reason,
    isSingleControl: row.is_single_control,
    frozenBy: row.frozen_by,
    frozenAt: row.frozen_at,
    ...(row.lift_proposed_by !== null && { liftProposedBy: row.lift_proposed_by }),
    ...(row.lifted_by !== null && { liftedBy: row.lifted_by }),
    ...(row.lifted_at !== null && { liftedAt: row.lifted_at }),
  }
}
