import type { Db } from '../../../platform/db/database.ts'
import { withTenant } from '../../../platform/db/database.ts'
import type { Passkey } from '../types.ts'

type Row = {
  tenant: string
  id: string
  principal: string
  public_key: Buffer
  counter: string
  transports: string[]
  is_backed_up: boolean
  label: string
  created_at: Date
  last_used_at: Date | null
  revoked_at: Date | null
}
type Tables = { passkeys: Row }

export interface PasskeyStore {
  /** Not revoked. */
  find(tenant: string, id: string): Promise<Passkey | undefined>
  list(tenant: string, principal: string): Promise<readonly Passkey[]>
  hasAny(tenant: string): Promise<boolean>
  addIn(trx: Db, passkey: Passkey): Promise<void>
  /** False when the counter was changed meanwhile, or went back: a copied authenticator. */
  useIn(trx: Db, passkey: Passkey, used: { counter: number; isBackedUp: boolean; at: Date }): Promise<boolean>
  /** How many a person has left. */
  countIn(trx: Db, tenant: string, principal: string): Promise<number>
  /** Of one person; with `id`, only that one. Answers how many. */
  revokeIn(trx: Db, tenant: string, principal: string, at: Date, id?: string): Promise<number>
}

export function createPasskeyStore(database: Db): PasskeyStore {
  return {
    find: (tenant, id) =>
      withTenant(database, tenant, async (trx) => {
        const row = await trx
          .withTables<Tables>()
          .selectFrom('passkeys')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('revoked_at', 'is', null)
          .executeTakeFirst()
        return row && toPasskey(row)
      }),

    list: (tenant, principal) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('passkeys')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('principal', '=', principal)
          .where('revoked_at', 'is', null)
          .orderBy('created_at')
          .execute()
        return rows.map(toPasskey)
      }),

    hasAny: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const query = trx.withTables<Tables>().selectFrom('passkeys').select('id').where('tenant', '=', tenant)
        return (await query.where('revoked_at', 'is', null).limit(1).execute()).length > 0
      }),

    async addIn(trx, passkey) {
      await trx
        .withTables<Tables>()
        .insertInto('passkeys')
        .values({
          tenant: passkey.tenant,
          id: passkey.id,
          principal: passkey.principal,
          public_key: Buffer.from(passkey.publicKey),
          counter: String(passkey.counter),
          transports: [...passkey.transports],
          is_backed_up: passkey.isBackedUp,
          label: passkey.label,
          created_at: passkey.createdAt,
          last_used_at: null,
          revoked_at: null,
        })
        .execute()
    },

    async useIn(trx, { tenant, id, counter: known }, { counter, isBackedUp, at }) {
      const updated = await trx
        .withTables<Tables>()
        .updateTable('passkeys')
        .set({ counter: String(counter), is_backed_up: isBackedUp, last_used_at: at })
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .where('counter', '=', String(known))
        .where('revoked_at', 'is', null)
        .executeTakeFirst()
      return updated.numUpdatedRows > 0n
    },

    async countIn(trx, tenant, principal) {
      const rows = await trx
        .withTables<Tables>()
        .selectFrom('passkeys')
        .select('id')
        .where('tenant', '=', tenant)
        .where('principal', '=', principal)
        .where('revoked_at', 'is', null)
        .execute()
      return rows.length
    },

    async revokeIn(trx, tenant, principal, at, id) {
      let query = trx
        .withTables<Tables>()
        .updateTable('passkeys')
        .set({ revoked_at: at })
        .where('tenant', '=', tenant)
        .where('principal', '=', principal)
        .where('revoked_at', 'is', null)
      if (id !== undefined) query = query.where('id', '=', id)
      return Number((await query.executeTakeFirst()).numUpdatedRows)
    },
  }
}

function toPasskey(row: Row): Passkey {
  return {
    tenant: row.tenant,
    id: row.id,
    principal: row.principal,
    publicKey: new Uint8Array(row.public_key),
    counter: Number(row.counter),
    transports: row.transports,
    isBackedUp: row.is_backed_up,
    label: row.label,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }
}
