import { statedPurposeSchema } from '@breakwater/contract'
import type { LimitUsage, PriceInput, PriceRecord } from '@breakwater/contract'
import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import { readTenant } from '../../platform/db/read-tenant.ts'
import type { Limit } from './types.ts'

type LimitRow = {
  tenant: string
  id: string
  version: number
  principal: string | null
  purpose: string | null
  provider: string | null
  metric: Limit['metric']
  span: NonNullable<Limit['span']> | null
  amount: string | number
  currency: string | null
  ended_at: Date | null
}

type PriceRow = {
  tenant: string
  provider: string
  model: string
  version: number
  currency: string
  input_micros: string | number
  output_micros: string | number
}

type CounterRow = { tenant: string; limit_id: string; subject: string; since: Date; taken: string }

type Tables = {
  limits: LimitRow
  model_prices: PriceRow
  limit_counters: CounterRow
  providers: { tenant: string; id: string }
}

type RecordVersion = (trx: Db, version: number) => Promise<void>

/** What a crossing needs to know of a tenant. */
interface LimitRules {
  readonly limits: readonly Limit[]
  readonly prices: readonly PriceRecord[]
}

export interface BudgetStore {
  /** Limits in force, and prices. */
  readRules(tenant: string): Promise<LimitRules>
  listLimits(tenant: string): Promise<readonly Limit[]>
  listUsage(tenant: string): Promise<readonly LimitUsage[]>
  /** The new version; undefined, and nothing changed, when it counts something else than the version before. */
  putLimit(limit: Omit<Limit, 'version' | 'endedAt'>, record: RecordVersion): Promise<number | undefined>
  /** False when there is none in force. */
  endLimit(tenant: string, id: string, at: Date, record: RecordVersion): Promise<boolean>
  listPrices(tenant: string): Promise<readonly PriceRecord[]>
  /** The new version; undefined, and nothing changed, when the provider is unknown. */
  putPrice(tenant: string, price: PriceInput, record: RecordVersion): Promise<number | undefined>
}

const MAX_LISTED = 1_000

export function createBudgetStore(database: Db): BudgetStore {
  const listLimitsIn = async (trx: Db, tenant: string): Promise<Limit[]> => {
    const rows = await trx
      .withTables<Tables>()
      .selectFrom('limits')
      .selectAll()
      .where('tenant', '=', tenant)
      .orderBy('id')
      .execute()
    return rows.map(toLimit)
  }

  return {
    readRules: (tenant) =>
      readTenant(database, tenant, async (trx) => {
        const limits = (await listLimitsIn(trx, tenant)).filter(({ endedAt }) => endedAt === undefined)
        const prices = limits.some(({ metric }) => metric === 'cost') ? await listPricesIn(trx, tenant) : []
        return { limits, prices }
      }),

    listLimits: (tenant) => withTenant(database, tenant, async (trx) => listLimitsIn(trx, tenant)),

    listUsage: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('limit_counters as c')
          .innerJoin('limits as l', (join) => join.onRef('l.tenant', '=', 'c.tenant').onRef('l.id', '=', 'c.limit_id'))
          .select(['c.limit_id', 'c.subject', 'c.since', 'c.taken', 'l.amount'])
          .where('c.tenant', '=', tenant)
          .where('l.ended_at', 'is', null)
          .orderBy('c.limit_id')
          .orderBy('c.subject')
          .limit(MAX_LISTED)
          .execute()
        return rows.map(toUsage)
      }),

    putLimit: (limit, record) =>
      withTenant(database, limit.tenant, async (trx) => {
        const { tenant, id } = limit
        const db = trx.withTables<Tables>()
        const counts = {
          principal: limit.principal ?? null,
          purpose: limit.purpose ?? null,
          provider: limit.provider ?? null,
          metric: limit.metric,
          span: limit.span ?? null,
        }
        const changes = { amount: limit.amount, currency: limit.currency ?? null, ended_at: null }
        const put = await db
          .insertInto('limits')
          .values({ tenant, id, version: 1, ...counts, ...changes })
          .onConflict((conflict) =>
            conflict
              .columns(['tenant', 'id'])
              .doUpdateSet({ ...changes, version: sql<number>`limits.version + 1` })
              .where(
                sql<boolean>`(limits.principal, limits.purpose, limits.provider, limits.metric, limits.span, limits.currency)
                  is not distinct from (excluded.principal, excluded.purpose, excluded.provider, excluded.metric,
                    excluded.span, excluded.currency)`,
              ),
          )
          .returning('version')
          .executeTakeFirst()
        if (!put) return undefined
        await record(trx, put.version)
        return put.version
      }),

    endLimit: (tenant, id, at, record) =>
      withTenant(database, tenant, async (trx) => {
        const ended = await trx
          .withTables<Tables>()
          .updateTable('limits')
          .set({ ended_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('ended_at', 'is', null)
          .returning('version')
          .executeTakeFirst()
        if (!ended) return false
        await trx
          .withTables<Tables>()
          .deleteFrom('limit_counters')
          .where('tenant', '=', tenant)
          .where('limit_id', '=', id)
          .execute()
        await record(trx, ended.version)
        return true
      }),

    listPrices: (tenant) => withTenant(database, tenant, async (trx) => listPricesIn(trx, tenant)),

    putPrice: (tenant, { provider, model, currency, inputMicros, outputMicros }, record) =>
      withTenant(database, tenant, async (trx) => {
        const db = trx.withTables<Tables>()
        const isKnown = await db
          .selectFrom('providers')
          .select('id')
          .where('tenant', '=', tenant)
          .where('id', '=', provider)
          .executeTakeFirst()
        if (!isKnown) return undefined
        const row = { currency, input_micros: inputMicros, output_micros: outputMicros }
        const { version } = await db
          .insertInto('model_prices')
          .values({ tenant, provider, model, version: 1, ...row })
          .onConflict((conflict) =>
            conflict
              .columns(['tenant', 'provider', 'model'])
              .doUpdateSet({ ...row, version: sql<number>`model_prices.version + 1` }),
          )
          .returning('version')
          .executeTakeFirstOrThrow()
        await record(trx, version)
        return version
      }),
  }
}

async function listPricesIn(trx: Db, tenant: string): Promise<PriceRecord[]> {
  const rows = await trx
    .withTables<Tables>()
    .selectFrom('model_prices')
    .selectAll()
    .where('tenant', '=', tenant)
    .orderBy('provider')
    .orderBy('model')
    .execute()
  return rows.map(({ provider, model, version, currency, input_micros: input, output_micros: output }) => ({
    provider,
    model,
    version,
    currency,
    inputMicros: Number(input),
    outputMicros: Number(output),
  }))
}

function toLimit(row: LimitRow): Limit {
  const { principal, purpose, provider, span, currency } = row
  return {
    tenant: row.tenant,
    id: row.id,
    version: row.version,
    ...(principal !== null && { principal }),
    ...(purpose !== null && { purpose: purpose === '*' ? purpose : statedPurposeSchema.parse(purpose) }),
    ...(provider !== null && { provider }),
    metric: row.metric,
    ...(span !== null && { span }),
    amount: Number(row.amount),
    ...(currency !== null && { currency }),
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
  }
}

function toUsage(row: Omit<CounterRow, 'tenant'> & Pick<LimitRow, 'amount'>): LimitUsage {
  const [principal = '', purpose = '', provider = ''] = row.subject.split('|')
  return {
    limit: row.limit_id,
    ...(principal !== '' && { principal }),
    ...(purpose !== '' && { purpose: statedPurposeSchema.parse(purpose) }),
    ...(provider !== '' && { provider }),
    taken: Number(row.taken),
    amount: Number(row.amount),
    since: row.since.toISOString(),
  }
}
