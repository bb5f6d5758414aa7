import type { FeedbackInput } from '@breakwater/contract'
import { sql } from 'kysely'
import type { Db } from '../../../platform/db/database.ts'
import { withTenant } from '../../../platform/db/database.ts'

export interface FeedbackRow {
  readonly id: string
  readonly crossing: string
  readonly principal: string
  readonly rating: FeedbackInput['rating']
  readonly reason: FeedbackInput['reasonCode']
  readonly patient: string | null
  readonly sealed_comment: Buffer | null
  readonly kept_at: Date
  readonly expires_at: Date
}

type Tables = { kept_feedback: FeedbackRow & { readonly tenant: string } }

export interface FeedbackStore {
  /** In place of what the same principal said of the crossing before. Undefined when nothing is kept any more. */
  put(
    tenant: string,
    row: Omit<FeedbackRow, 'expires_at'>,
    record: (trx: Db) => Promise<unknown>,
  ): Promise<{ readonly expiresAt: Date } | undefined>
  /** Whose time is not over, the newest first. */
  list(
    tenant: string,
    page: { readonly now: Date; readonly before: Date; readonly limit: number },
  ): Promise<readonly FeedbackRow[]>
}

export function createFeedbackStore(database: Db): FeedbackStore {
  return {
    put: (tenant, row, record) =>
      withTenant(database, tenant, async (trx) => {
        await trx
          .withTables<Tables>()
          .deleteFrom('kept_feedback')
          .where('tenant', '=', tenant)
          .where('crossing', '=', row.crossing)
          .where('principal', '=', row.principal)
          .execute()
        const { rows } = await sql<{
          expires_at: Date
        }>`insert into kept_feedback (tenant, id, crossing, principal, rating,
            reason, patient, sealed_comment, kept_at, expires_at)
          select tenant, ${row.id}, ${row.crossing}, ${row.principal}, ${row.rating}, ${row.reason}, ${row.patient},
            ${row.sealed_comment}, ${row.kept_at}, ${row.kept_at}::timestamptz + make_interval(days => retention_days)
          from kept_rules where tenant = ${tenant} and kind = 'feedback' for share
          returning expires_at`.execute(trx)
        if (!rows[0]) return undefined
        await record(trx)
        return { expiresAt: rows[0].expires_at }
      }),

    list: (tenant, { now, before, limit }) =>
      withTenant(database, tenant, async (trx) =>
        trx
          .withTables<Tables>()
          .selectFrom('kept_feedback')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('expires_at', '>', now)
          .where('kept_at', '<', before)
          .orderBy('kept_at', 'desc')
          .orderBy('id')
          .limit(limit)
          .execute(),
      ),
  }
}
