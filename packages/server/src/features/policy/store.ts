import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import { readTenant } from '../../platform/db/read-tenant.ts'
import type { ActivePolicySet } from './types.ts'

type Tables = {
  policy_sets: { tenant: string; sha256: string; document: string }
  policy_activations: { tenant: string; sequence: number; sha256: string; activated_by: string }
}

export interface PolicyStore {
  findActive(tenant: string): Promise<ActivePolicySet | undefined>
  findDocument(tenant: string, sha256: string): Promise<string | undefined>
  /** Keeps the document and activates it, unless it is the active one already. */
  activate(
    activation: { tenant: string; sha256: string; document: string; by: string },
    record: (trx: Db) => Promise<void>,
  ): Promise<void>
}

export function createPolicyStore(database: Db): PolicyStore {
  const find = (db: Db, tenant: string): Promise<{ sha256: string; sequence: number } | undefined> =>
    db
      .withTables<Tables>()
      .selectFrom('policy_activations')
      .select(['sha256', 'sequence'])
      .where('tenant', '=', tenant)
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirst()

  return {
    findActive: async (tenant) => readTenant(database, tenant, (trx) => find(trx, tenant)),

    async findDocument(tenant, sha256) {
      const row = await withTenant(database, tenant, (trx) =>
        trx
          .withTables<Tables>()
          .selectFrom('policy_sets')
          .select('document')
          .where('tenant', '=', tenant)
          .where('sha256', '=', sha256)
          .executeTakeFirst(),
      )
      return row?.document
    },

    async activate({ tenant, sha256, document, by }, record) {
      await withTenant(database, tenant, async (trx) => {
        const active = await find(trx, tenant)
        if (active?.sha256 === sha256) return
        const db = trx.withTables<Tables>()
        await db
          .insertInto('policy_sets')
          .values({ tenant, sha256, document })
          .onConflict((conflict) => conflict.doNothing())
          .execute()
        // Two activations at once: the primary key lets one through.
        const sequence = (active?.sequence ?? 0) + 1
        await db.insertInto('policy_activations').values({ tenant, sequence, sha256, activated_by: by }).execute()
        await record(trx)
      })
    },
  }
}
