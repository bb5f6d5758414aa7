import { actorIssuerInputSchema } from '@breakwater/contract'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import type { ActorIssuer } from './types.ts'

type Tables = {
  actor_issuers: {
    tenant: string
    id: string
    issuer: string
    audience: string
    keys: string
    created_at: Date
    disabled_at: Date | null
  }
}

type RecordIn = (trx: Db) => Promise<void>

export interface ActorIssuerStore {
  list(tenant: string): Promise<readonly ActorIssuer[]>
  /** False when it was disabled, or another one in force has this issuer. */
  put(tenant: string, issuer: Omit<ActorIssuer, 'isDisabled'>, at: Date, record: RecordIn): Promise<boolean>
  /** False when there is none. */
  disable(tenant: string, id: string, at: Date, record: RecordIn): Promise<boolean>
}

export function createActorIssuerStore(database: Db): ActorIssuerStore {
  return {
    list: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('actor_issuers')
          .selectAll()
          .where('tenant', '=', tenant)
          .orderBy('id')
          .execute()
        return rows.map(({ id, issuer, audience, keys, disabled_at }) => ({
          id,
          issuer,
          audience,
          keys: actorIssuerInputSchema.shape.keys.parse(JSON.parse(keys)),
          isDisabled: disabled_at !== null,
        }))
      }),

    put: (tenant, { id, issuer, audience, keys }, at, record) =>
      withTenant(database, tenant, async (trx) => {
        const db = trx.withTables<Tables>()
        const other = await db
          .selectFrom('actor_issuers')
          .select('id')
          .where('tenant', '=', tenant)
          .where('issuer', '=', issuer)
          .where('id', '<>', id)
          .where('disabled_at', 'is', null)
          .executeTakeFirst()
        if (other) return false
        const row = { issuer, audience, keys: JSON.stringify(keys) }
        const put = await db
          .insertInto('actor_issuers')
          .values({ tenant, id, ...row, created_at: at, disabled_at: null })
          .onConflict((conflict) =>
            conflict.columns(['tenant', 'id']).doUpdateSet(row).where('actor_issuers.disabled_at', 'is', null),
          )
          .executeTakeFirst()
        if (!put.numInsertedOrUpdatedRows) return false
        await record(trx)
        return true
      }),

    disable: (tenant, id, at, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('actor_issuers')
          .set({ disabled_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .executeTakeFirst()
        if (!updated.numUpdatedRows) return false
        await record(trx)
        return true
      }),
  }
}
