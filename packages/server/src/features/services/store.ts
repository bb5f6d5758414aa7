import { clientAlgorithmSchema, publicJwkSchema } from '@breakwater/contract'
import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import type { ClientChange, ClientKey, ServiceClient } from './types.ts'

type ClientRow = {
  tenant: string
  id: string
  scopes: readonly string[]
  certificates: readonly string[]
  certificate_uris: readonly string[]
  created_at: Date
  disabled_at: Date | null
}

type KeyRow = {
  tenant: string
  client: string
  kid: string
  algorithm: string
  jwk: string
  created_at: Date
  expires_at: Date
}

type Tables = {
  principals: { tenant: string; id: string; kind: string; disabled_at: Date | null }
  service_clients: ClientRow
  service_client_keys: KeyRow
}

type RecordIn = (trx: Db) => Promise<void>
type Outcome = 'done' | 'unknown' | 'conflict'

export interface ServiceStore {
  /** Every client of the tenant, disabled ones too, with the keys that have not ended. */
  readAll(tenant: string, now: Date): Promise<readonly ServiceClient[]>
  put(tenant: string, id: string, change: ClientChange, at: Date, record: RecordIn): Promise<Outcome>
  disable(tenant: string, id: string, at: Date, record: RecordIn): Promise<Outcome>
  addKey(tenant: string, id: string, key: ClientKey, record: RecordIn): Promise<Outcome>
  /** Moves the end of the key forward in time, never back. */
  endKey(tenant: string, id: string, kid: string, times: KeyEnd, record: RecordIn): Promise<Outcome>
}

interface KeyEnd {
  readonly now: Date
  readonly at: Date
}

export function createServiceStore(database: Db): ServiceStore {
  return {
    readAll: (tenant, now) =>
      withTenant(database, tenant, async (trx) => {
        const db = trx.withTables<Tables>()
        const clients = await db.selectFrom('service_clients').selectAll().where('tenant', '=', tenant).execute()
        const keys = await db
          .selectFrom('service_client_keys')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('expires_at', '>', now)
          .orderBy('created_at')
          .execute()
        const byClient = Map.groupBy(keys, ({ client }) => client)
        return clients.toSorted((a, b) => a.id.localeCompare(b.id)).map((row) => toClient(row, byClient.get(row.id)))
      }),

    put: (tenant, id, change, at, record) =>
      withTenant(database, tenant, async (trx) => {
        const db = trx.withTables<Tables>()
        if (!(await isService(db, tenant, id))) return 'unknown'
        const row = {
          scopes: change.scopes,
          certificates: change.certificates,
          certificate_uris: change.certificateUris,
        }
        const put = await db
          .insertInto('service_clients')
          .values({ tenant, id, ...row, created_at: at, disabled_at: null })
          .onConflict((conflict) =>
            conflict.columns(['tenant', 'id']).doUpdateSet(row).where('service_clients.disabled_at', 'is', null),
          )
          .executeTakeFirst()
        return settle(put.numInsertedOrUpdatedRows, 'conflict', record, trx)
      }),

    disable: (tenant, id, at, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('service_clients')
          .set({ disabled_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .executeTakeFirst()
        return settle(updated.numUpdatedRows, 'unknown', record, trx)
      }),

    addKey: (tenant, id, key, record) =>
      withTenant(database, tenant, async (trx) => {
        const db = trx.withTables<Tables>()
        const client = await db
          .selectFrom('service_clients')
          .select('id')
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('disabled_at', 'is', null)
          .executeTakeFirst()
        if (!client) return 'unknown'
        const { kid, algorithm, createdAt, expiresAt } = key
        const added = await db
          .insertInto('service_client_keys')
          .values({
            tenant,
            client: id,
            kid,
            algorithm,
            jwk: JSON.stringify(key.jwk),
            created_at: createdAt,
            expires_at: expiresAt,
          })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst()
        return settle(added.numInsertedOrUpdatedRows, 'conflict', record, trx)
      }),

    endKey: (tenant, id, kid, { now, at }, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('service_client_keys')
          .set({ expires_at: sql<Date>`least(expires_at, ${at})` })
          .where('tenant', '=', tenant)
          .where('client', '=', id)
          .where('kid', '=', kid)
          .where('expires_at', '>', now)
          .executeTakeFirst()
        return settle(updated.numUpdatedRows, 'unknown', record, trx)
      }),
  }
}

async function isService(db: ReturnType<Db['withTables']>, tenant: string, id: string): Promise<boolean> {
  const found = await db
    .withTables<Tables>()
    .selectFrom('principals')
    .select('id')
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .where('kind', '=', 'service')
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  return found !== undefined
}

async function settle(rows: bigint | undefined, otherwise: Outcome, record: RecordIn, trx: Db): Promise<Outcome> {
  if (!rows) return otherwise
  await record(trx)
  return 'done'
}

function toClient(row: ClientRow, keys: readonly KeyRow[] = []): ServiceClient {
  return {
    tenant: row.tenant,
    id: row.id,
    scopes: row.scopes,
    certificates: row.certificates,
    certificateUris: row.certificate_uris,
    isDisabled: row.disabled_at !== null,
    keys: keys.map((key) => ({
      kid: key.kid,
      algorithm: clientAlgorithmSchema.parse(key.algorithm),
      jwk: publicJwkSchema.parse(JSON.parse(key.jwk)),
      createdAt: key.created_at,
      expiresAt: key.expires_at,
    })),
  }
}
