import { sql } from 'kysely'
import type { Db } from '../../../platform/db/database.ts'
import { withTenant } from '../../../platform/db/database.ts'
import type { ScimToken } from '../types.ts'

type RecordIn = (trx: Db) => Promise<void>

export interface ScimTokenStore {
  /** Those that are good at `now`. */
  list(tenant: string, now: Date): Promise<readonly ScimToken[]>
  /** False when two serve the provider already, or one by another subject attribute. */
  add(tenant: string, token: ScimToken, sha256: Buffer, issuedBy: string, record: RecordIn): Promise<boolean>
  revoke(tenant: string, id: string, at: Date, record: RecordIn): Promise<boolean>
  find(tenant: string, sha256: Buffer, now: Date): Promise<ScimToken | undefined>
}

// Two, so that one can be put in place while the other still serves.
const MAX_TOKENS = 2

const COLUMNS = sql`t.id, t.identity_provider as "identityProvider", t.subject_attribute as "subjectAttribute", t.ranges,
  t.created_at as "createdAt", t.expires_at as "expiresAt"`

export function createScimTokenStore(database: Db): ScimTokenStore {
  return {
    list: (tenant, now) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } = await sql<ScimToken>`select ${COLUMNS} from scim_tokens t
          where tenant = ${tenant} and revoked_at is null and expires_at > ${now} order by created_at, id`.execute(trx)
        return rows
      }),

    add: (tenant, token, sha256, issuedBy, record) =>
      withTenant(database, tenant, async (trx) => {
        await sql`select pg_advisory_xact_lock(hashtextextended(${`scim ${tenant}`}, 0))`.execute(trx)
        const { numAffectedRows = 0n } = await sql`
          insert into scim_tokens (tenant, id, sha256, identity_provider, subject_attribute, ranges, issued_by, created_at,
            expires_at)
          select ${tenant}, ${token.id}, ${sha256}, ${token.identityProvider}, ${token.subjectAttribute},
            ${token.ranges}::text[], ${issuedBy}, ${token.createdAt}, ${token.expiresAt}
          where (select count(*) < ${MAX_TOKENS} and bool_and(subject_attribute = ${token.subjectAttribute}) is not false
            from scim_tokens where tenant = ${tenant} and identity_provider = ${token.identityProvider}
              and revoked_at is null and expires_at > ${token.createdAt})`.execute(trx)
        if (numAffectedRows === 0n) return false
        await record(trx)
        return true
      }),

    revoke: (tenant, id, at, record) =>
      withTenant(database, tenant, async (trx) => {
        const { numAffectedRows = 0n } = await sql`update scim_tokens set revoked_at = ${at}
          where tenant = ${tenant} and id = ${id} and revoked_at is null`.execute(trx)
        if (numAffectedRows === 0n) return false
        await record(trx)
        return true
      }),

    find: (tenant, sha256, now) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } = await sql<ScimToken>`select ${COLUMNS} from scim_tokens t
          join identity_providers p on p.tenant = t.tenant and p.id = t.identity_provider and p.disabled_at is null
          where t.tenant = ${tenant} and sha256 = ${sha256} and revoked_at is null and expires_at > ${now}`.execute(trx)
        return rows[0]
      }),
  }
}
