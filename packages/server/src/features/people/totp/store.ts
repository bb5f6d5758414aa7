import type { Db } from '../../../platform/db/database.ts'
import { withTenant } from '../../../platform/db/database.ts'

type Row = {
  tenant: string
  id: string
  principal: string
  password_sha256: Buffer
  sealed_secret: Buffer
  last_step: string
  created_at: Date
  last_used_at: Date | null
  revoked_at: Date | null
}
type Tables = { totp_factors: Row }

export interface TotpFactor {
  readonly tenant: string
  readonly id: string
  readonly principal: string
  readonly passwordSha256: Buffer
  readonly sealedSecret: Buffer
  readonly lastStep: number
  readonly createdAt: Date
}

export interface TotpStore {
  /** Not revoked. */
  findByPassword(tenant: string, sha256: Buffer): Promise<TotpFactor | undefined>
  hasAny(tenant: string): Promise<boolean>
  addIn(trx: Db, factor: TotpFactor): Promise<void>
  /** False when a code of this step or a later one was taken. */
  useIn(trx: Db, factor: Pick<TotpFactor, 'tenant' | 'id'>, used: { step: number; at: Date }): Promise<boolean>
  /** Answers the id of the one that was. */
  revokeIn(trx: Db, tenant: string, principal: string, at: Date): Promise<string | undefined>
}

export function createTotpStore(database: Db): TotpStore {
  return {
    findByPassword: (tenant, sha256) =>
      withTenant(database, tenant, async (trx) => {
        const row = await trx
          .withTables<Tables>()
          .selectFrom('totp_factors')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('password_sha256', '=', sha256)
          .where('revoked_at', 'is', null)
          .executeTakeFirst()
        return row && toFactor(row)
      }),

    hasAny: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const query = trx.withTables<Tables>().selectFrom('totp_factors').select('id').where('tenant', '=', tenant)
        return (await query.where('revoked_at', 'is', null).limit(1).execute()).length > 0
      }),

    async addIn(trx, { tenant, id, principal, passwordSha256, sealedSecret, lastStep, createdAt }) {
      await trx
        .withTables<Tables>()
        .insertInto('totp_factors')
        .values({
          tenant,
          id,
          principal,
          password_sha256: passwordSha256,
          sealed_secret: sealedSecret,
          last_step: String(lastStep),
          created_at: createdAt,
          last_used_at: null,
          revoked_at: null,
        })
        .execute()
    },

    async useIn(trx, { tenant, id }, { step, at }) {
      const updated = await trx
        .withTables<Tables>()
        .updateTable('totp_factors')
        .set({ last_step: String(step), last_used_at: at })
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .where('last_step', '<', String(step))
        .where('revoked_at', 'is', null)
        .executeTakeFirst()
      return updated.numUpdatedRows > 0n
    },

    async revokeIn(trx, tenant, principal, at) {
      const row = await trx
        .withTables<Tables>()
        .updateTable('totp_factors')
        .set({ revoked_at: at })
        .where('tenant', '=', tenant)
        .where('principal', '=', principal)
        .where('revoked_at', 'is', null)
        .returning('id')
        .executeTakeFirst()
      return row?.id
    },
  }
}

function toFactor(row: Row): TotpFactor {
  return {
    tenant: row.tenant,
    id: row.id,
    principal: row.principal,
    passwordSha256: row.password_sha256,
    sealedSecret: row.sealed_secret,
    lastStep: Number(row.last_step),
    createdAt: row.created_at,
  }
}
