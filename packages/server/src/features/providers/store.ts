import type { ProviderFallback, ProviderKind, ProviderSettings } from '@breakwater/contract'
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import { readTenant } from '../../platform/db/read-tenant.ts'
import type { ListedProvider, Provider } from './types.ts'

type Row = {
  tenant: string
  id: string
  version: number
  kind: ProviderKind
  base_url: string | null
  vendor: string | null
  service: string | null
  region: string | null
  is_internal: boolean
  allowed_addresses: readonly string[]
  api_key_file: string | null
  pins: readonly string[]
  allows_tls12: boolean
  models: readonly string[]
  upstream_models: Readonly<Record<string, string>>
  settings: ProviderSettings
  fallbacks: readonly ProviderFallback[]
  disabled_at: Date | null
}

type Tables = { providers: Row }

type RecordVersion = (trx: Db, version: number) => Promise<void>

export interface ProviderStore {
  list(tenant: string): Promise<readonly ListedProvider[]>
  /** The new version; undefined, and nothing changed, when another enabled provider serves one of the models. */
  put(provider: Omit<Provider, 'version'>, record: RecordVersion): Promise<number | undefined>
  /** False when there is no such provider. */
  disable(tenant: string, id: string, at: Date, record: RecordVersion): Promise<boolean>
}

export function createProviderStore(database: Db): ProviderStore {
  return {
    list: (tenant) =>
      readTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('providers')
          .select([
            'tenant',
            'id',
            'version',
            'kind',
            'base_url',
            'vendor',
            'service',
            'region',
            'is_internal',
            'api_key_file',
            'pins',
            'allows_tls12',
            'models',
            'upstream_models',
            'settings',
            'fallbacks',
            'disabled_at',
          ])
          .select(
            sql<
              string[]
            >`array(select abbrev(a) from unnest(allowed_addresses) with ordinality u (a, n) order by n)`.as(
              'allowed_addresses',
            ),
          )
          .where('tenant', '=', tenant)
          .orderBy('id')
          .execute()
        return rows.map(toProvider)
      }),

    put: (provider, record) =>
      withTenant(database, provider.tenant, async (trx) => {
        const { tenant, id } = provider
        const db = trx.withTables<Tables>()
        // Two providers that claim one model at the same time must see each other.
        await sql`select pg_advisory_xact_lock(hashtextextended(${`providers/${tenant}`}, 0))`.execute(trx)
        const rival = await db
          .selectFrom('providers')
          .select('id')
          .where('tenant', '=', tenant)
          .where('id', '<>', id)
          .where('disabled_at', 'is', null)
          .where(sql<boolean>`models && ${provider.models}::text[]`)
          .executeTakeFirst()
        if (rival) return undefined
        const row = {
          kind: provider.kind,
          base_url: provider.baseUrl ?? null,
          vendor: provider.vendor ?? null,
          service: provider.service ?? null,
          region: provider.region ?? null,
          is_internal: provider.isInternal,
          allowed_addresses: provider.allowedAddresses,
          api_key_file: provider.apiKeyFile ?? null,
          pins: provider.pins ?? [],
          allows_tls12: provider.allowsTls12 ?? false,
          models: provider.models,
          upstream_models: toJson(provider.upstreamModels ?? {}),
          settings: toJson(provider.settings ?? {}),
          fallbacks: toJson(provider.fallbacks ?? []),
          disabled_at: null,
        }
        const { version } = await db
          .insertInto('providers')
          .values({ tenant, id, version: 1, ...row })
          .onConflict((conflict) =>
            conflict.columns(['tenant', 'id']).doUpdateSet({ ...row, version: sql<number>`providers.version + 1` }),
          )
          .returning('version')
          .executeTakeFirstOrThrow()
        await record(trx, version)
        return version
      }),

    disable: (tenant, id, at, record) =>
      withTenant(database, tenant, async (trx) => {
        const disabled = await trx
          .withTables<Tables>()
          .updateTable('providers')
          .set({ disabled_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .returning('version')
          .executeTakeFirst()
        if (!disabled) return false
        await record(trx, disabled.version)
        return true
      }),
  }
}

function toJson<T>(value: T): RawBuilder<T> {
  return sql<T>`${JSON.stringify(value)}::jsonb`
}

function toProvider(row: Row): ListedProvider {
  return {
    tenant: row.tenant,
    id: row.id,
    version: row.version,
    kind: row.kind,
    ...(row.base_url !== null && { baseUrl: row.base_url }),
    ...(row.vendor !== null && { vendor: row.vendor }),
    ...(row.service !== null && { service: row.service }),
    ...(row.region !== null && { region: row.region }),
    isInternal: row.is_internal,
    allowedAddresses: row.allowed_addresses,
    ...(row.api_key_file !== null && { apiKeyFile: row.api_key_file }),
    pins: row.pins,
    allowsTls12: row.allows_tls12,
    models: row.models,
    upstreamModels: row.upstream_models,
    settings: row.settings,
    fallbacks: row.fallbacks,
    isDisabled: row.disabled_at !== null,
  }
}
