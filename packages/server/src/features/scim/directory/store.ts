import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { Db } from '../../../platform/db/database.ts'
import { withTenant } from '../../../platform/db/database.ts'
import type { GroupState, Page } from '../types.ts'

/** A user's names as they lie in the row. */
export interface SealedNames {
  readonly sealedUserName: Buffer
  readonly userNameMac: Buffer
  readonly sealedExternalId: Buffer | null
  readonly externalIdMac: Buffer | null
  readonly keyVersion: number
}

export interface UserRow extends SealedNames {
  readonly id: string
  readonly principal: string
  readonly isActive: boolean
  readonly disabledAt: Date | null
  readonly version: number
  readonly createdAt: Date
  readonly changedAt: Date
}

export interface GroupRow extends GroupState {
  readonly id: string
  readonly version: number
  readonly createdAt: Date
  readonly changedAt: Date
}

interface Scope {
  readonly tenant: string
  readonly identityProvider: string
}

/** All that must hold. MACs and ids, so that no name goes into a query. */
export interface Find {
  readonly id?: string
  readonly principal?: string
  readonly userNameMac?: Buffer
  readonly externalIdMac?: Buffer
  readonly displayName?: string
  readonly externalId?: string
  readonly member?: string
}

interface Window {
  readonly offset: number
  readonly limit: number
}

export interface DirectoryStore {
  transact<Result>(tenant: string, work: (trx: Db) => Promise<Result>): Promise<Result>
  /** One change of a provider's directory at a time. */
  lockIn(trx: Db, scope: Scope): Promise<void>
  listUsersIn(trx: Db, scope: Scope, find: Find, window: Window): Promise<Page<UserRow>>
  addUserIn(trx: Db, scope: Scope, row: UserRow): Promise<void>
  putUserIn(trx: Db, scope: Scope, row: UserRow, deletedAt: Date | null): Promise<void>
  /** Disables the principal; the time that it was disabled by this, undefined when it was disabled already. */
  disableIn(trx: Db, tenant: string, principal: string, at: Date): Promise<boolean>
  /** Enables the principal if what disabled it was a directory. */
  enableIn(trx: Db, tenant: string, principal: string): Promise<boolean>
  listGroupsIn(trx: Db, scope: Scope, find: Find, window: Window): Promise<Page<GroupRow>>
  putGroupIn(trx: Db, scope: Scope, row: GroupRow): Promise<void>
  deleteGroupIn(trx: Db, scope: Scope, id: string): Promise<void>
  /** Leaves every group; a name that comes back comes without them. */
  leaveGroupsIn(trx: Db, scope: Scope, user: string): Promise<void>
  /** How many of these are users here. */
  countUsersIn(trx: Db, scope: Scope, ids: readonly string[]): Promise<number>
  /** Principals of these users, or of all, with the names and external ids of all their groups. */
  listHeldIn(
    trx: Db,
    scope: Scope,
    users?: readonly string[],
  ): Promise<readonly { principal: string; groups: string[] }[]>
}

const USER = sql`u.id, u.principal, u.sealed_user_name as "sealedUserName", u.user_name_mac as "userNameMac",
  u.sealed_external_id as "sealedExternalId", u.external_id_mac as "externalIdMac", u.key_version as "keyVersion",
  u.is_active as "isActive", u.disabled_at as "disabledAt", u.version, u.created_at as "createdAt",
  u.changed_at as "changedAt"`

export function createDirectoryStore(database: Db): DirectoryStore {
  return {
    transact: (tenant, work) => withTenant(database, tenant, work),

    async lockIn(trx, { tenant, identityProvider }) {
      const name = `scim ${tenant} ${identityProvider}`
      await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(trx)
    },

    async listUsersIn(trx, { tenant, identityProvider }, find, { offset, limit }) {
      const where = sql`u.tenant = ${tenant} and u.identity_provider = ${identityProvider} and u.deleted_at is null
        ${and(find.id, (id) => sql`u.id = ${id}`)} ${and(find.userNameMac, (mac) => sql`u.user_name_mac = ${mac}`)}
        ${and(find.externalIdMac, (mac) => sql`u.external_id_mac = ${mac}`)}
        ${and(find.principal, (id) => sql`u.principal = ${id}`)}`
      const total = await sql<{
        count: number
      }>`select count(*)::int as count from scim_users u where ${where}`.execute(trx)
      const { rows } = await sql<UserRow>`select ${USER} from scim_users u where ${where}
        order by u.created_at, u.id offset ${offset} limit ${limit}`.execute(trx)
      return { total: total.rows[0]?.count ?? 0, items: rows }
    },

    async addUserIn(trx, { tenant, identityProvider }, row) {
      await sql`insert into scim_users (tenant, id, identity_provider, principal, sealed_user_name, user_name_mac,
          sealed_external_id, external_id_mac, key_version, is_active, disabled_at, version, created_at, changed_at)
        values (${tenant}, ${row.id}, ${identityProvider}, ${row.principal}, ${row.sealedUserName}, ${row.userNameMac},
          ${row.sealedExternalId}, ${row.externalIdMac}, ${row.keyVersion}, ${row.isActive}, ${row.disabledAt}, ${row.version},
          ${row.createdAt}, ${row.changedAt})`.execute(trx)
    },

    async putUserIn(trx, { tenant }, row, deletedAt) {
      await sql`update scim_users set sealed_user_name = ${row.sealedUserName}, user_name_mac = ${row.userNameMac},
          sealed_external_id = ${row.sealedExternalId}, external_id_mac = ${row.externalIdMac},
          key_version = ${row.keyVersion}, is_active = ${row.isActive}, disabled_at = ${row.disabledAt},
          version = ${row.version}, changed_at = ${row.changedAt}, deleted_at = ${deletedAt}
        where tenant = ${tenant} and id = ${row.id}`.execute(trx)
    },

    async disableIn(trx, tenant, principal, at) {
      const { numAffectedRows = 0n } = await sql`update principals set disabled_at = ${at}
        where tenant = ${tenant} and id = ${principal} and disabled_at is null`.execute(trx)
      return numAffectedRows > 0n
    },

    async enableIn(trx, tenant, principal) {
      const { numAffectedRows = 0n } = await sql`update principals p set disabled_at = null
        where p.tenant = ${tenant} and p.id = ${principal} and exists (select from scim_users u
          where u.tenant = p.tenant and u.principal = p.id and u.disabled_at = p.disabled_at)`.execute(trx)
      return numAffectedRows > 0n
    },

    async listGroupsIn(trx, { tenant, identityProvider }, find, { offset, limit }) {
      const where = sql`g.tenant = ${tenant} and g.identity_provider = ${identityProvider}
        ${and(find.id, (id) => sql`g.id = ${id}`)} ${and(find.displayName, (name) => sql`g.display_name = ${name}`)}
        ${and(find.externalId, (id) => sql`g.external_id = ${id}`)}
        ${and(
          find.member,
          (id) =>
            sql`exists (select from scim_members m where m.tenant = g.tenant and m.in_group = g.id and m.member = ${id})`,
        )}`
      const total = await sql<{
        count: number
      }>`select count(*)::int as count from scim_groups g where ${where}`.execute(trx)
      const { rows } = await sql<Omit<GroupRow, 'externalId'> & { externalId: string | null }>`
        select g.id, g.display_name as "displayName", g.external_id as "externalId", g.version, g.created_at as "createdAt",
          g.changed_at as "changedAt", array(select m.member::text from scim_members m
            where m.tenant = g.tenant and m.in_group = g.id order by m.member) as members
        from scim_groups g where ${where} order by g.created_at, g.id offset ${offset} limit ${limit}`.execute(trx)
      const items = rows.map(({ externalId, ...row }) => ({ ...row, externalId: externalId ?? undefined }))
      return { total: total.rows[0]?.count ?? 0, items }
    },

    async putGroupIn(trx, { tenant, identityProvider }, row) {
      const externalId = row.externalId ?? null
      await sql`insert into scim_groups (tenant, id, identity_provider, display_name, external_id, version, created_at,
          changed_at)
        values (${tenant}, ${row.id}, ${identityProvider}, ${row.displayName}, ${externalId}, ${row.version},
          ${row.createdAt}, ${row.changedAt})
        on conflict (tenant, id) do update set display_name = ${row.displayName}, external_id = ${externalId},
          version = ${row.version}, changed_at = ${row.changedAt}`.execute(trx)
      await sql`delete from scim_members where tenant = ${tenant} and in_group = ${row.id}
        and not member = any (${row.members}::uuid[])`.execute(trx)
      await sql`insert into scim_members (tenant, identity_provider, in_group, member)
        select ${tenant}, ${identityProvider}, ${row.id}, m from unnest(${row.members}::uuid[]) m
        on conflict do nothing`.execute(trx)
    },

    async deleteGroupIn(trx, { tenant }, id) {
      await sql`delete from scim_groups where tenant = ${tenant} and id = ${id}`.execute(trx)
    },

    async leaveGroupsIn(trx, { tenant }, user) {
      await sql`delete from scim_members where tenant = ${tenant} and member = ${user}`.execute(trx)
    },

    async countUsersIn(trx, { tenant, identityProvider }, ids) {
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from scim_users
        where tenant = ${tenant} and identity_provider = ${identityProvider} and deleted_at is null
          and id = any (${ids}::uuid[])`.execute(trx)
      return rows[0]?.count ?? 0
    },

    async listHeldIn(trx, { tenant, identityProvider }, users) {
      const { rows } = await sql<{ principal: string; groups: string[] }>`
        select u.principal, array(select name from scim_members m
            join scim_groups g on g.tenant = m.tenant and g.id = m.in_group
            cross join lateral unnest(array[g.display_name, g.external_id]) name
            where m.tenant = u.tenant and m.member = u.id and name is not null) as groups
        from scim_users u where u.tenant = ${tenant} and u.identity_provider = ${identityProvider} and u.is_active
          ${and(users, (ids) => sql`u.id = any (${ids}::uuid[])`)} order by u.principal`.execute(trx)
      return rows
    },
  }
}

function and<Value>(value: Value | undefined, condition: (value: Value) => RawBuilder<unknown>): RawBuilder<unknown> {
  return value === undefined ? sql`` : sql`and ${condition(value)}`
}
