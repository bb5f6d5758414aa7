import { purposeSchema } from '@breakwater/contract'
import type { Generated, Selectable } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import { readTenant } from '../../platform/db/read-tenant.ts'
import type { ListedPrincipal, Principal } from './types.ts'

type PrincipalRow = {
  tenant: string
  id: string
  kind: 'service' | 'human'
  roles: readonly string[]
  purposes: readonly string[]
  default_purpose: string | null
  may_restore: boolean
  labels: Generated<readonly string[]>
  disabled_at: Date | null
}

type Tables = {
  tenants: { id: string }
  principals: PrincipalRow
  principal_tokens: {
    tenant: string
    sha256: Buffer
    principal: string
    ranges: readonly string[]
    scopes: readonly string[] | null
    reason: string
    created_at: Date
    expires_at: Date
    revoked_at: Date | null
  }
}

export interface StoredToken {
  readonly sha256: Buffer
  readonly principal: string
  /** Addresses and CIDR ranges it is good from. */
  readonly ranges: readonly string[]
  /** Null: all that the principal may. */
  readonly scopes: readonly string[] | null
  readonly expiresAt: Date
}

export interface NewToken extends StoredToken {
  readonly reason: string
  readonly createdAt: Date
}

type RecordIn = (trx: Db) => Promise<void>

export interface PrincipalStore {
  /** False, and nothing changed, when it is there. */
  addTenant(tenant: string, record: RecordIn): Promise<boolean>
  list(tenant: string): Promise<readonly ListedPrincipal[]>
  /** With all tokens that are not revoked, expired ones too: expiry is judged when one is used. */
  readAll(tenant: string): Promise<{
    readonly principals: readonly ListedPrincipal[]
    readonly tokens: readonly StoredToken[]
  }>
  /** False, and nothing changed, when the principal is disabled or of another kind. */
  put(principal: Principal, record: RecordIn): Promise<boolean>
  /** The same in a transaction of the caller's. */
  putIn(trx: Db, principal: Principal): Promise<boolean>
  /** False when there is no such principal. */
  disable(tenant: string, id: string, at: Date, record: RecordIn): Promise<boolean>
  /** False when there is no such principal, or it is disabled. */
  addToken(tenant: string, token: NewToken, record: RecordIn): Promise<boolean>
  /** False when the principal has no such token that is not revoked. */
  revokeToken(tenant: string, principal: string, sha256: Buffer, at: Date, record: RecordIn): Promise<boolean>
  /** All of a principal's; gives how many that were. */
  revokeTokensIn(trx: Db, tenant: string, principal: string, at: Date): Promise<number>
}

export function createPrincipalStore(database: Db): PrincipalStore {
  return {
    addTenant: (tenant, record) =>
      withTenant(database, tenant, async (trx) => {
        const added = await trx
          .withTables<Tables>()
          .insertInto('tenants')
          .values({ id: tenant })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst()
        return recordIf(added.numInsertedOrUpdatedRows, record, trx)
      }),

    list: (tenant) => withTenant(database, tenant, async (trx) => listPrincipals(trx, tenant)),

    readAll: (tenant) =>
      readTenant(database, tenant, async (trx) => ({
        principals: await listPrincipals(trx, tenant),
        tokens: await trx
          .withTables<Tables>()
          .selectFrom('principal_tokens')
          .select(['sha256', 'principal', 'ranges', 'scopes', 'expires_at as expiresAt'])
          .where('tenant', '=', tenant)
          .where('revoked_at', 'is', null)
          .execute(),
      })),

    put: (principal, record) =>
      withTenant(database, principal.tenant, async (trx) => {
        if (!(await putIn(trx, principal))) return false
        await record(trx)
        return true
      }),

    putIn,

    disable: (tenant, id, at, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('principals')
          .set({ disabled_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .executeTakeFirst()
        return recordIf(updated.numUpdatedRows, record, trx)
      }),

    addToken: (tenant, { principal, createdAt, expiresAt, ...token }, record) =>
      withTenant(database, tenant, async (trx) => {
        const db = trx.withTables<Tables>()
        const found = await db
          .selectFrom('principals')
          .select('id')
          .where('tenant', '=', tenant)
          .where('id', '=', principal)
          .where('disabled_at', 'is', null)
          .executeTakeFirst()
        if (!found) return false
        const row = { ...token, tenant, principal, created_at: createdAt, expires_at: expiresAt, revoked_at: null }
        await db.insertInto('principal_tokens').values(row).execute()
        await record(trx)
        return true
      }),

    revokeToken: (tenant, principal, sha256, at, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('principal_tokens')
          .set({ revoked_at: at })
          .where('tenant', '=', tenant)
          .where('sha256', '=', sha256)
          .where('principal', '=', principal)
          .where('revoked_at', 'is', null)
          .executeTakeFirst()
        return recordIf(updated.numUpdatedRows, record, trx)
      }),

    async revokeTokensIn(trx, tenant, principal, at) {
      const updated = await trx
        .withTables<Tables>()
        .updateTable('principal_tokens')
        .set({ revoked_at: at })
        .where('tenant', '=', tenant)
        .where('principal', '=', principal)
        .where('revoked_at', 'is', null)
        .executeTakeFirst()
      return Number(updated.numUpdatedRows)
    },
  }
}

async function putIn(trx: Db, principal: Principal): Promise<boolean> {
  const { tenant, id, kind } = principal
  const row = {
    kind,
    roles: principal.roles,
    purposes: principal.purposes,
    default_purpose: principal.defaultPurpose ?? null,
    may_restore: principal.mayRestore,
    ...(principal.labels && { labels: principal.labels }),
  }
  const put = await trx
    .withTables<Tables>()
    .insertInto('principals')
    .values({ tenant, id, ...row, disabled_at: null })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant', 'id'])
        .doUpdateSet(row)
        .where('principals.disabled_at', 'is', null)
        .where('principals.kind', '=', kind),
    )
    .executeTakeFirst()
  return (put.numInsertedOrUpdatedRows ?? 0n) > 0n
}

async function listPrincipals(trx: Db, tenant: string): Promise<readonly ListedPrincipal[]> {
  const db = trx.withTables<Tables>()
  const rows = await db.selectFrom('principals').selectAll().where('tenant', '=', tenant).orderBy('id').execute()
  return rows.map(toPrincipal)
}

async function recordIf(changed: bigint | undefined, record: RecordIn, trx: Db): Promise<boolean> {
  if (!changed) return false
  await record(trx)
  return true
}

function toPrincipal(row: Selectable<PrincipalRow>): ListedPrincipal {
  return {
    tenant: row.tenant,
    id: row.id,
    kind: row.kind,
    roles: row.roles,
    purposes: row.purposes.map((code) => purposeSchema.parse(code)),
    ...(row.default_purpose !== null && { defaultPurpose: purposeSchema.parse(row.default_purpose) }),
    mayRestore: row.may_restore,
    ...(row.labels.length > 0 && { labels: row.labels }),
    isDisabled: row.disabled_at !== null,
  }
}
