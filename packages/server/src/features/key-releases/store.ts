import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'

type Tables = {
  attestation_challenges: {
    tenant: string
    nonce_sha256: Buffer
    principal: string
    object_class: string
    rule_sha256: Buffer
    issued_at: Date
    expires_at: Date
    used_at: Date | null
  }
}

/** What a nonce was given for: evidence counts for nothing else. */
interface Challenge {
  readonly nonceSha256: Buffer
  readonly principal: string
  readonly objectClass: string
  readonly ruleSha256: Buffer
}

/** `fresh` is given once; what else a nonce can be says why it counts no more. */
export type ChallengeState = 'fresh' | 'used' | 'expired' | 'unknown'

export interface ChallengeStore {
  /** False, and nothing kept, when the principal has as many open as it may. Forgets what is a day past its end. */
  add(
    tenant: string,
    challenge: Challenge,
    times: { readonly issuedAt: Date; readonly expiresAt: Date; readonly maxOpen: number },
  ): Promise<boolean>
  /** Uses the nonce up: of any number of replicas that ask together, one hears `fresh`. */
  spend(tenant: string, challenge: Challenge, at: Date): Promise<ChallengeState>
  inTransaction(tenant: string, work: (trx: Db) => Promise<void>): Promise<void>
}

const KEPT_MS = 86_400_000

export function createChallengeStore(database: Db): ChallengeStore {
  return {
    add: (tenant, { nonceSha256, principal, objectClass, ruleSha256 }, { issuedAt, expiresAt, maxOpen }) =>
      withTenant(database, tenant, async (trx) => {
        await trx
          .withTables<Tables>()
          .deleteFrom('attestation_challenges')
          .where('tenant', '=', tenant)
          .where('principal', '=', principal)
          .where('expires_at', '<', new Date(issuedAt.getTime() - KEPT_MS))
          .execute()
        const { rows } = await sql`
          insert into attestation_challenges
            (tenant, nonce_sha256, principal, object_class, rule_sha256, issued_at, expires_at)
          select ${tenant}, ${nonceSha256}, ${principal}, ${objectClass}, ${ruleSha256}, ${issuedAt}, ${expiresAt}
          where (select count(*) from attestation_challenges where tenant = ${tenant} and principal = ${principal}
            and expires_at > ${issuedAt} and used_at is null) < ${maxOpen}
          returning tenant`.execute(trx)
        return rows.length > 0
      }),

    spend: (tenant, { nonceSha256, principal, objectClass, ruleSha256 }, at) =>
      withTenant(database, tenant, async (trx) => {
        const own = trx.withTables<Tables>()
        const spent = await own
          .updateTable('attestation_challenges')
          // Clocks of replicas may differ by a little: it was not used before it was asked for.
          .set({ used_at: sql`greatest(issued_at, ${at}::timestamptz)` })
          .where('tenant', '=', tenant)
          .where('nonce_sha256', '=', nonceSha256)
          .where('principal', '=', principal)
          .where('object_class', '=', objectClass)
          .where('rule_sha256', '=', ruleSha256)
          .where('used_at', 'is', null)
          .where('expires_at', '>', at)
          .returning('tenant')
          .executeTakeFirst()
        if (spent) return 'fresh'
        const found = await own
          .selectFrom('attestation_challenges')
          .select(['used_at', 'principal', 'object_class', 'rule_sha256'])
          .where('tenant', '=', tenant)
          .where('nonce_sha256', '=', nonceSha256)
          .executeTakeFirst()
        const isOwn =
          found?.principal === principal && found.object_class === objectClass && found.rule_sha256.equals(ruleSha256)
        if (!isOwn) return 'unknown'
        return found.used_at === null ? 'expired' : 'used'
      }),

    inTransaction: (tenant, work) => withTenant(database, tenant, work),
  }
}
