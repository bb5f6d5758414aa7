import type { AssuranceRule, GroupMapping, IdentityProviderInput } from '@breakwater/contract'
import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import type { IdentityProvider } from './types.ts'

type Row = {
  tenant: string
  id: string
  version: number
  label: string
  issuer: string
  client_id: string
  client_authentication: 'private_key_jwt' | 'client_secret_basic'
  credential_file: string
  key_id: string | null
  scopes: string[]
  subject_claim: string
  groups_claim: string
  groups: GroupMapping[]
  mfa: AssuranceRule
  phishing_resistant: AssuranceRule
  max_authentication_age_seconds: number
  disabled_at: Date | null
}
type Tables = {
  identity_providers: Row
  people: { tenant: string; principal: string; issuer: string | null }
}

export interface IdentityProviderStore {
  list(tenant: string): Promise<readonly IdentityProvider[]>
  /** `taken` when it is disabled, or another one in use has the issuer; `subjects-known` when people are known by another claim. */
  put(
    tenant: string,
    id: string,
    input: IdentityProviderInput,
    /** Told what its groups gave before. */
    record: (trx: Db, version: number, before: readonly GroupMapping[]) => Promise<void>,
  ): Promise<IdentityProvider | 'subjects-known' | 'taken'>
  /** Holds the provider's rules until the transaction ends; gives their version, undefined when it is disabled. */
  holdIn(trx: Db, tenant: string, id: string): Promise<number | undefined>
  disable(tenant: string, id: string, at: Date, record: (trx: Db) => Promise<void>): Promise<boolean>
}

export function createIdentityProviderStore(database: Db): IdentityProviderStore {
  return {
    list: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('identity_providers')
          .selectAll()
          .where('tenant', '=', tenant)
          .orderBy('id')
          .execute()
        return rows.map(toProvider)
      }),

    put: (tenant, id, input, record) =>
      withTenant(database, tenant, async (trx) => {
        const db = trx.withTables<Tables>()
        const rival = await db
          .selectFrom('identity_providers')
          .select('id')
          .where('tenant', '=', tenant)
          .where('issuer', '=', input.issuer)
          .where('id', '<>', id)
          .where('disabled_at', 'is', null)
          .executeTakeFirst()
        if (rival) return 'taken'
        const { subjectClaim = 'sub' } = input
        const known = await db
          .selectFrom('identity_providers')
          .select('subject_claim')
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('subject_claim', '<>', subjectClaim)
          .where((where) =>
            where.exists(
              where
                .selectFrom('people')
                .select('principal')
                .where('tenant', '=', tenant)
                .where('issuer', '=', input.issuer),
            ),
          )
          .executeTakeFirst()
        if (known) return 'subjects-known'
        const row = {
          label: input.label,
          issuer: input.issuer,
          client_id: input.clientId,
          client_authentication: input.clientAuthentication,
          credential_file: input.credentialFile,
          key_id: input.keyId ?? null,
          scopes: input.scopes,
          subject_claim: subjectClaim,
          groups_claim: input.groupsClaim,
          groups: sql<GroupMapping[]>`${JSON.stringify(input.groups)}::jsonb`,
          mfa: sql<AssuranceRule>`${JSON.stringify(input.mfa)}::jsonb`,
          phishing_resistant: sql<AssuranceRule>`${JSON.stringify(input.phishingResistant)}::jsonb`,
          max_authentication_age_seconds: input.maxAuthenticationAgeSeconds,
        }
        const before = await db
          .selectFrom('identity_providers')
          .select('groups')
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirst()
        const saved = await db
          .insertInto('identity_providers')
          .values({ tenant, id, version: 1, ...row, disabled_at: null })
          .onConflict((conflict) =>
            conflict
              .columns(['tenant', 'id'])
              .doUpdateSet({ ...row, version: sql`identity_providers.version + 1` })
              .where('identity_providers.disabled_at', 'is', null),
          )
          .returningAll()
          .executeTakeFirst()
        if (!saved) return 'taken'
        await record(trx, saved.version, before?.groups ?? [])
        return toProvider(saved)
      }),

    async holdIn(trx, tenant, id) {
      const row = await trx
        .withTables<Tables>()
        .selectFrom('identity_providers')
        .select('version')
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .where('disabled_at', 'is', null)
        .forShare()
        .executeTakeFirst()
      return row?.version
    },

    disable: (tenant, id, at, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('identity_providers')
          .set({ disabled_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('disabled_at', 'is', null)
          .executeTakeFirst()
        if (updated.numUpdatedRows === 0n) return false
        await record(trx)
        return true
      }),
  }
}

function toProvider(row: Row): IdentityProvider {
  return {
    id: row.id,
    version: row.version,
    label: row.label,
    issuer: row.issuer,
    clientId: row.client_id,
    clientAuthentication: row.client_authentication,
    credentialFile: row.credential_file,
    ...(row.key_id !== null && { keyId: row.key_id }),
    scopes: row.scopes,
    subjectClaim: row.subject_claim,
    groupsClaim: row.groups_claim,
    groups: row.groups,
    mfa: row.mfa,
    phishingResistant: row.phishing_resistant,
    maxAuthenticationAgeSeconds: row.max_authentication_age_seconds,
    isDisabled: row.disabled_at !== null,
  }
}
