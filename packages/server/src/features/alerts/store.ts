import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import type { Alert } from './types.ts'

type Row = {
  tenant: string
  id: string
  kind: Alert['kind']
  object: string
  subject: string | null
  principal: string | null
  source: string | null
  raised_at: Date
  acknowledged_by: string | null
  acknowledged_at: Date | null
}

type Tables = { alerts: Row }

const MAX_LISTED = 500

export interface AlertStore {
  /** False when there is one of this kind about this object. */
  insertIn(trx: Db, alert: Alert): Promise<boolean>
  list(tenant: string): Promise<readonly Alert[]>
  /** False, and nothing changed, when no such alert waits. */
  acknowledge(
    tenant: string,
    id: string,
    by: { readonly id: string; readonly at: Date },
    record: (trx: Db) => Promise<void>,
  ): Promise<boolean>
}

export function createAlertStore(database: Db): AlertStore {
  return {
    async insertIn(trx, { tenant, id, kind, object, subject = null, principal = null, source = null, raisedAt }) {
      const row = {
        tenant,
        id,
        kind,
        object,
        subject,
        principal,
        source,
        raised_at: raisedAt,
        acknowledged_by: null,
        acknowledged_at: null,
      }
      const inserted = await trx
        .withTables<Tables>()
        .insertInto('alerts')
        .values(row)
        .onConflict((conflict) => conflict.columns(['tenant', 'kind', 'object']).doNothing())
        .executeTakeFirst()
      return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n
    },

    list: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('alerts')
          .selectAll()
          .where('tenant', '=', tenant)
          .orderBy('raised_at', 'desc')
          .limit(MAX_LISTED)
          .execute()
        return rows.map(toAlert)
      }),

    acknowledge: (tenant, id, by, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('alerts')
          .set({ acknowledged_by: by.id, acknowledged_at: by.at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('acknowledged_at', 'is', null)
          .executeTakeFirst()
        if (updated.numUpdatedRows === 0n) return false
        await record(trx)
        return true
      }),
  }
}

function toAlert(row: Row): Alert {
  return {
    id: row.id,
    tenant: row.tenant,
    kind: row.kind,
    object: row.object,
    ...(row.subject !== null && { subject: row.subject }),
    ...(row.principal !== null && { principal: row.principal }),
    ...(row.source !== null && { source: row.source }),
    raisedAt: row.raised_at,
    ...(row.acknowledged_by !== null && { acknowledgedBy: row.acknowledged_by }),
    ...(row.acknowledged_at !== null && { acknowledgedAt: row.acknowledged_at }),
  }
}
