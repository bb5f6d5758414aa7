import type { KeptKind, KeptRuleInput } from '@breakwater/contract'
import { sql } from 'kysely'
import type { Db } from '../../../platform/db/database.ts'
import { withTenant } from '../../../platform/db/database.ts'
import { readTenant } from '../../../platform/db/read-tenant.ts'
import type { KeptRule } from '../types.ts'

type Tables = {
  kept_rules: {
    tenant: string
    kind: KeptKind
    purpose: KeptRuleInput['purpose']
    retention_days: number
    keeps_restored: boolean
    reason: KeptRuleInput['reason']
    put_by: string
    put_at: Date
  }
}

type Recording<Result = void> = (trx: Db, result: Result) => Promise<void>

export interface RuleStore {
  list(tenant: string): Promise<readonly KeptRule[]>
  /** Rows of each kind that are kept now. */
  count(tenant: string): Promise<Readonly<Record<KeptKind, number>>>
  /** `record` is told how many rows the change shortened. */
  put(tenant: string, rule: KeptRule, record: Recording<number>): Promise<void>
  /** With everything that was kept under it; undefined when there is none. `record` is told how many rows that were. */
  end(tenant: string, kind: KeptKind, record: Recording<number>): Promise<number | undefined>
  /** Rows that are over their time, deleted; `record` is told how many of each kind, when there were any. */
  sweep(tenant: string, now: Date, record: Recording<Readonly<Record<string, number>>>): Promise<number>
}

/** Where the rows of a kind are. */
const CONTENT = { history: 'kept_history', feedback: 'kept_feedback', evaluation: 'evaluation_items' } as const
const KINDS = ['history', 'feedback', 'evaluation'] as const

export function createRuleStore(database: Db): RuleStore {
  return {
    list: (tenant) =>
      readTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('kept_rules')
          .selectAll()
          .where('tenant', '=', tenant)
          .orderBy('kind')
          .execute()
        return rows.map(({ kind, purpose, reason, ...row }) => ({
          kind,
          purpose,
          reason,
          retentionDays: row.retention_days,
          keepsRestored: row.keeps_restored,
          putBy: row.put_by,
          putAt: row.put_at,
        }))
      }),

    count: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const counts = { history: 0, feedback: 0, evaluation: 0 }
        for (const kind of KINDS) counts[kind] = await countIn(trx, tenant, kind)
        return counts
      }),

    put: (tenant, { kind, purpose, retentionDays, reason, keepsRestored, putBy, putAt }, record) =>
      withTenant(database, tenant, async (trx) => {
        const fields = {
          purpose,
          reason,
          retention_days: retentionDays,
          keeps_restored: keepsRestored,
          put_by: putBy,
          put_at: putAt,
        }
        await trx
          .withTables<Tables>()
          .insertInto('kept_rules')
          .values({ tenant, kind, ...fields })
          .onConflict((conflict) => conflict.columns(['tenant', 'kind']).doUpdateSet(fields))
          .execute()
        const { numAffectedRows } = await sql`update ${sql.table(CONTENT[kind])}
          set expires_at = kept_at + make_interval(days => ${retentionDays})
          where tenant = ${tenant} and expires_at > kept_at + make_interval(days => ${retentionDays})`.execute(trx)
        await record(trx, Number(numAffectedRows ?? 0n))
      }),

    end: (tenant, kind, record) =>
      withTenant(database, tenant, async (trx) => {
        // Nobody adds to it from here on; the rows go with it.
        const { rows } =
          await sql`select from kept_rules where tenant = ${tenant} and kind = ${kind} for update`.execute(trx)
        if (rows.length === 0) return undefined
        const count = await countIn(trx, tenant, kind)
        await trx
          .withTables<Tables>()
          .deleteFrom('kept_rules')
          .where('tenant', '=', tenant)
          .where('kind', '=', kind)
          .execute()
        await record(trx, count)
        return count
      }),

    sweep: (tenant, now, record) =>
      withTenant(database, tenant, async (trx) => {
        const counts: Record<string, number> = {}
        for (const kind of KINDS) {
          const { numAffectedRows } = await sql`delete from ${sql.table(CONTENT[kind])}
            where tenant = ${tenant} and expires_at <= ${now}`.execute(trx)
          if ((numAffectedRows ?? 0n) > 0n) counts[kind] = Number(numAffectedRows)
        }
        const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
        if (total > 0) await record(trx, counts)
        return total
      }),
  }
}

async function countIn(trx: Db, tenant: string, kind: KeptKind): Promise<number> {
  const { rows } = await sql<{ count: string }>`select count(*) as count from ${sql.table(CONTENT[kind])}
    where tenant = ${tenant}`.execute(trx)
  return Number(rows[0]?.count ?? 0)
}
