import type { Purpose } from '@breakwater/contract'
import { sql } from 'kysely'
import type { Db } from '../../../platform/db/database.ts'
import { withTenant } from '../../../platform/db/database.ts'

export interface HistoryRow {
  readonly crossing: string
  readonly principal: string
  readonly endpoint: string
  readonly provider: string
  readonly model: string
  readonly purpose: Purpose
  readonly is_stream: boolean
  readonly patient: string | null
  readonly classes: string[]
  readonly sealed_request: Buffer
  readonly sealed_answer: Buffer
  readonly sealed_restored_request: Buffer | null
  readonly sealed_restored_answer: Buffer | null
  readonly kept_at: Date
  readonly expires_at: Date
}

type Tables = { kept_history: HistoryRow & { readonly tenant: string } }

type NewHistory = Omit<HistoryRow, 'expires_at'>
export type HistoryHead = Omit<HistoryRow, `sealed_${string}`> & { readonly has_restored: boolean }

export interface HistoryStore {
  /** For as long as the rule says by now. False, and nothing is recorded, when it was switched off meanwhile. */
  add(tenant: string, row: NewHistory, record: (trx: Db) => Promise<unknown>): Promise<boolean>
  /** Whose time is not over, the newest first. */
  list(
    tenant: string,
    page: { readonly now: Date; readonly before: Date; readonly limit: number },
  ): Promise<readonly HistoryHead[]>
  find(tenant: string, crossing: string, now: Date): Promise<HistoryRow | undefined>
}

const HEAD = [
  'crossing',
  'principal',
  'endpoint',
  'provider',
  'model',
  'purpose',
  'is_stream',
  'patient',
  'classes',
  'kept_at',
  'expires_at',
] as const

export function createHistoryStore(database: Db): HistoryStore {
  return {
    add: (tenant, row, record) =>
      withTenant(database, tenant, async (trx) => {
        const { numAffectedRows } = await sql`insert into kept_history (tenant, crossing, principal, endpoint, provider,
            model, purpose, is_stream, patient, classes, sealed_request, sealed_answer, sealed_restored_request,
            sealed_restored_answer, kept_at, expires_at)
          select tenant, ${row.crossing}, ${row.principal}, ${row.endpoint}, ${row.provider}, ${row.model},
            ${row.purpose}, ${row.is_stream}, ${row.patient}, ${row.classes}, ${row.sealed_request}, ${row.sealed_answer},
            case when keeps_restored then ${row.sealed_restored_request}::bytea end,
            case when keeps_restored then ${row.sealed_restored_answer}::bytea end,
            ${row.kept_at}, ${row.kept_at}::timestamptz + make_interval(days => retention_days)
          from kept_rules where tenant = ${tenant} and kind = 'history' for share`.execute(trx)
        if ((numAffectedRows ?? 0n) === 0n) return false
        await record(trx)
        return true
      }),

    list: (tenant, { now, before, limit }) =>
      withTenant(database, tenant, async (trx) =>
        trx
          .withTables<Tables>()
          .selectFrom('kept_history')
          .select(HEAD)
          .select(sql<boolean>`sealed_restored_request is not null`.as('has_restored'))
          .where('tenant', '=', tenant)
          .where('expires_at', '>', now)
          .where('kept_at', '<', before)
          .orderBy('kept_at', 'desc')
          .orderBy('crossing')
          .limit(limit)
          .execute(),
      ),

    find: (tenant, crossing, now) =>
      withTenant(database, tenant, async (trx) =>
        trx
          .withTables<Tables>()
          .selectFrom('kept_history')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('crossing', '=', crossing)
          .where('expires_at', '>', now)
          .executeTakeFirst(),
      ),
  }
}
