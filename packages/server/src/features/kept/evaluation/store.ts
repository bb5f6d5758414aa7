import { sql } from 'kysely'
import type { Db } from '../../../platform/db/database.ts'
import { withTenant } from '../../../platform/db/database.ts'

interface SetRow {
  readonly id: string
  readonly created_by: string
  readonly created_at: Date
}

interface ItemRow {
  readonly id: string
  readonly crossing: string | null
  readonly patient: string | null
  readonly sealed_sample: Buffer
}

type Recording = (trx: Db) => Promise<unknown>

export interface EvaluationStore {
  list(tenant: string, now: Date): Promise<readonly (SetRow & { readonly count: number })[]>
  /** False when it is there already, or nothing is kept. */
  create(tenant: string, set: SetRow, record: Recording): Promise<boolean>
  has(tenant: string, id: string): Promise<boolean>
  /** Undefined when the set is gone, or has the crossing already. */
  add(
    tenant: string,
    item: ItemRow & { readonly evaluation: string; readonly chosen_by: string; readonly kept_at: Date },
    record: Recording,
  ): Promise<{ readonly expiresAt: Date } | undefined>
  /** Heads of items whose time is not over, in the order in which they were chosen. */
  listItems(tenant: string, evaluation: string, now: Date): Promise<readonly Pick<ItemRow, 'id' | 'patient'>[]>
  findItem(tenant: string, id: string, now: Date): Promise<ItemRow | undefined>
  /** A set with its items, or one item of it; false when there is none. */
  remove(tenant: string, evaluation: string, item: string | undefined, record: Recording): Promise<boolean>
}

export function createEvaluationStore(database: Db): EvaluationStore {
  return {
    list: (tenant, now) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } = await sql<SetRow & { count: string }>`select s.id, s.created_by, s.created_at,
            (select count(*) from evaluation_items i
              where i.tenant = s.tenant and i.evaluation = s.id and i.expires_at > ${now}) as count
          from evaluation_sets s where s.tenant = ${tenant} order by s.id limit 1000`.execute(trx)
        return rows.map((row) => ({ ...row, count: Number(row.count) }))
      }),

    create: (tenant, { id, created_by, created_at }, record) =>
      withTenant(database, tenant, async (trx) => {
        const { numAffectedRows } = await sql`insert into evaluation_sets (tenant, id, created_by, created_at)
          select tenant, ${id}, ${created_by}, ${created_at} from kept_rules
          where tenant = ${tenant} and kind = 'evaluation' for share on conflict do nothing`.execute(trx)
        if ((numAffectedRows ?? 0n) === 0n) return false
        await record(trx)
        return true
      }),

    has: (tenant, id) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } = await sql`select from evaluation_sets where tenant = ${tenant} and id = ${id}`.execute(trx)
        return rows.length > 0
      }),

    add: (tenant, { id, evaluation, crossing, patient, sealed_sample, chosen_by, kept_at }, record) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } = await sql<{ expires_at: Date }>`insert into evaluation_items (tenant, evaluation, id, crossing,
            patient, sealed_sample, chosen_by, kept_at, expires_at)
          select s.tenant, s.id, ${id}, ${crossing}, ${patient}, ${sealed_sample}, ${chosen_by}, ${kept_at},
            ${kept_at}::timestamptz + make_interval(days => r.retention_days)
          from evaluation_sets s join kept_rules r on r.tenant = s.tenant and r.kind = 'evaluation'
          where s.tenant = ${tenant} and s.id = ${evaluation} on conflict do nothing returning expires_at`.execute(trx)
        if (!rows[0]) return undefined
        await record(trx)
        return { expiresAt: rows[0].expires_at }
      }),

    listItems: (tenant, evaluation, now) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } = await sql<Pick<ItemRow, 'id' | 'patient'>>`select id, patient from evaluation_items
          where tenant = ${tenant} and evaluation = ${evaluation} and expires_at > ${now}
          order by position`.execute(trx)
        return rows
      }),

    findItem: (tenant, id, now) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } = await sql<ItemRow>`select id, crossing, patient, sealed_sample from evaluation_items
          where tenant = ${tenant} and id = ${id} and expires_at > ${now}`.execute(trx)
        return rows[0]
      }),

    remove: (tenant, evaluation, item, record) =>
      withTenant(database, tenant, async (trx) => {
        const { numAffectedRows } =
          item === undefined
            ? await sql`delete from evaluation_sets where tenant = ${tenant} and id = ${evaluation}`.execute(trx)
            : await sql`delete from evaluation_items
                where tenant = ${tenant} and evaluation = ${evaluation} and id = ${item}`.execute(trx)
        if ((numAffectedRows ?? 0n) === 0n) return false
        await record(trx)
        return true
      }),
  }
}
