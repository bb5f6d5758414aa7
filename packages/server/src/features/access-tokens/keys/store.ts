import { sql } from 'kysely'
import type { Db } from '../../../platform/db/database.ts'
import { withTenant } from '../../../platform/db/database.ts'

type KeyRow = {
  tenant: string
  kid: string
  public_jwk: string
  sealed_jwk: Buffer
  key_version: number
  created_at: Date
  signs_from: Date
}

type Tables = { access_token_keys: KeyRow }

export interface StoredTokenKey {
  readonly kid: string
  readonly publicJwk: string
  readonly sealed: { readonly bytes: Buffer; readonly keyVersion: number }
  readonly createdAt: Date
  readonly signsFrom: Date
}

export interface TokenKeyStore {
  /** Oldest first. */
  list(tenant: string): Promise<readonly StoredTokenKey[]>
  /**
   * Adds what `make` decides on, looking at all keys while no replica adds another; removes those it names. Answers the
   * added key, if there is one.
   */
  change(
    tenant: string,
    make: (known: readonly StoredTokenKey[]) => Promise<TokenKeyChange>,
    record: (trx: Db, kid: string) => Promise<void>,
  ): Promise<StoredTokenKey | undefined>
}

interface TokenKeyChange {
  readonly add?: StoredTokenKey
  readonly remove: readonly string[]
}

export function createTokenKeyStore(database: Db): TokenKeyStore {
  const list = async (trx: Db, tenant: string): Promise<readonly StoredTokenKey[]> => {
    const rows = await trx
      .withTables<Tables>()
      .selectFrom('access_token_keys')
      .selectAll()
      .where('tenant', '=', tenant)
      .orderBy('signs_from')
      .execute()
    return rows.map((row) => ({
      kid: row.kid,
      publicJwk: row.public_jwk,
      sealed: { bytes: row.sealed_jwk, keyVersion: row.key_version },
      createdAt: row.created_at,
      signsFrom: row.signs_from,
    }))
  }
  return {
    list: (tenant) => withTenant(database, tenant, async (trx) => list(trx, tenant)),
    change: (tenant, make, record) =>
      withTenant(database, tenant, async (trx) => {
        await sql`select pg_advisory_xact_lock(hashtextextended(${`access-token-keys:${tenant}`}, 0))`.execute(trx)
        const { add, remove } = await make(await list(trx, tenant))
        const db = trx.withTables<Tables>()
        if (remove.length > 0) {
          await db.deleteFrom('access_token_keys').where('tenant', '=', tenant).where('kid', 'in', remove).execute()
        }
        if (!add) return undefined
        await db
          .insertInto('access_token_keys')
          .values({
            tenant,
            kid: add.kid,
            public_jwk: add.publicJwk,
            sealed_jwk: add.sealed.bytes,
            key_version: add.sealed.keyVersion,
            created_at: add.createdAt,
            signs_from: add.signsFrom,
          })
          .execute()
        await record(trx, add.kid)
        return add
      }),
  }
}
