import { sql } from 'kysely'
import type { Db } from '../../../platform/db/database.ts'
import { withTenant } from '../../../platform/db/database.ts'
import type { FailureKind } from './rates.ts'

interface Failure {
  readonly tenant: string
  readonly kind: FailureKind
  readonly mac: Buffer
  readonly at: Date
  readonly windowSeconds: number
}

export interface FailureStore {
  transact(tenant: string, work: (trx: Db) => Promise<void>): Promise<void>
  /** One more; how many that are within the window, 0 when the tenant is not there. */
  countIn(trx: Db, failure: Failure): Promise<number>
}

const MAX_FORGOTTEN = 100
const KEPT_SECONDS = 86_400

export function createFailureStore(database: Db): FailureStore {
  return {
    transact: (tenant, work) => withTenant(database, tenant, work),

    async countIn(trx, { tenant, kind, mac, at, windowSeconds }) {
      const since = new Date(at.getTime() - windowSeconds * 1_000)
      const forgetBefore = new Date(at.getTime() - KEPT_SECONDS * 1_000)
      // A row that another replica has in hand is left to it: nobody waits for what is only tidied up.
      await sql`delete from signin_failures where tenant = ${tenant} and (kind, subject_mac) in (
        select kind, subject_mac from signin_failures where tenant = ${tenant} and since < ${forgetBefore}
          and (kind, subject_mac) <> (${kind}, ${mac}) limit ${MAX_FORGOTTEN} for update skip locked)`.execute(trx)
      const { rows } = await sql<{ failures: number }>`
        insert into signin_failures as f (tenant, kind, subject_mac, failures, since)
        select id, ${kind}, ${mac}, 1, ${at} from tenants where id = ${tenant}
        on conflict (tenant, kind, subject_mac) do update set
          failures = case when f.since > ${since} then f.failures + 1 else 1 end,
          since = case when f.since > ${since} then f.since else ${at} end
        returning failures`.execute(trx)
      return rows[0]?.failures ?? 0
    },
  }
}
