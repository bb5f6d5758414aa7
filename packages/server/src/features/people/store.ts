import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import { readTenant } from '../../platform/db/read-tenant.ts'
import type { Person } from './types.ts'

type PersonRow = {
  tenant: string
  principal: string
  name: string
  issuer: string | null
  subject: string | null
  identity_provider: string | null
  groups: string[] | null
  failed_attempts: number
  failing_since: Date | null
  locked_until: Date | null
}

type Tables = {
  people: PersonRow
  principals: { tenant: string; id: string; roles: string[]; disabled_at: Date | null }
  passkeys: { tenant: string; id: string; principal: string; revoked_at: Date | null }
  totp_factors: { tenant: string; id: string; principal: string; revoked_at: Date | null }
  used_challenges: { tenant: string; sha256: Buffer; expires_at: Date }
}

export interface LockRule {
  readonly maxAttempts: number
  readonly windowSeconds: number
  readonly lockSeconds: number
}

interface HeldGroups {
  readonly principal: string
  readonly identityProvider: string
  readonly groups: readonly string[] | null
}

export interface PersonStore {
  list(tenant: string): Promise<readonly Person[]>
  find(tenant: string, principal: string): Promise<Person | undefined>
  /** One at a time for a subject, so that two first log-ins make one person. */
  withSubject<Result>(
    tenant: string,
    issuer: string,
    subject: string,
    work: (trx: Db, principal: string | undefined) => Promise<Result>,
  ): Promise<Result>
  addIn(
    trx: Db,
    person: Pick<Person, 'tenant' | 'principal' | 'name' | 'issuer' | 'subject' | 'identityProvider'> & {
      readonly groups: readonly string[]
    },
  ): Promise<void>
  /** What the identity provider says of a known person at another log-in. */
  updateIn(
    trx: Db,
    person: Pick<Person, 'tenant' | 'principal' | 'name' | 'identityProvider'> & { readonly groups: readonly string[] },
  ): Promise<void>
  /** By which mapped groups a person of an identity provider came in; null: that was not kept. */
  readGroups(tenant: string, principal: string): Promise<HeldGroups | undefined>
  listGroups(tenant: string, identityProvider: string): Promise<readonly HeldGroups[]>
  listGroupsIn(trx: Db, tenant: string, identityProvider: string): Promise<readonly HeldGroups[]>
  /** The mapped groups that give a person's roles from now on. */
  putGroupsIn(trx: Db, tenant: string, principal: string, groups: readonly string[]): Promise<void>
  /** Lets one change of who there is happen at a time. */
  lockIn(trx: Db, tenant: string): Promise<void>
  /** People who administer and may log in. */
  countAdministratorsIn(trx: Db, tenant: string): Promise<number>
  countAdministrators(tenant: string): Promise<number>
  /** Counts a failed attempt; tells how many there are in the window and whether this one locks. */
  fail(
    tenant: string,
    principal: string,
    now: Date,
    rule: LockRule,
    record: (trx: Db, told: { readonly attempts: number; readonly isLocking: boolean }) => Promise<void>,
  ): Promise<{ readonly attempts: number; readonly isLocking: boolean }>
  clearFailuresIn(trx: Db, tenant: string, principal: string): Promise<void>
  /** False when the person is not locked. */
  unlock(tenant: string, principal: string, now: Date, record: (trx: Db) => Promise<void>): Promise<boolean>
  /** False when the challenge was used before. Forgets those that have run out. */
  claimIn(trx: Db, tenant: string, sha256: Buffer, expiresAt: Date, now: Date): Promise<boolean>
  transact<Result>(tenant: string, work: (trx: Db) => Promise<Result>): Promise<Result>
}

export function createPersonStore(database: Db): PersonStore {
  const selectPeople = (trx: Db, tenant: string) =>
    trx
      .withTables<Tables>()
      .selectFrom('people')
      .innerJoin('principals', (join) =>
        join.onRef('principals.tenant', '=', 'people.tenant').onRef('principals.id', '=', 'people.principal'),
      )
      .selectAll('people')
      .select(['principals.roles', 'principals.disabled_at'])
      .select((eb) =>
        eb
          .selectFrom('passkeys')
          .select((inner) => inner.fn.countAll<string>().as('count'))
          .whereRef('passkeys.tenant', '=', 'people.tenant')
          .whereRef('passkeys.principal', '=', 'people.principal')
          .where('passkeys.revoked_at', 'is', null)
          .as('passkeys'),
      )
      .select((eb) =>
        eb
          .selectFrom('totp_factors')
          .select((inner) => inner.fn.countAll<string>().as('count'))
          .whereRef('totp_factors.tenant', '=', 'people.tenant')
          .whereRef('totp_factors.principal', '=', 'people.principal')
          .where('totp_factors.revoked_at', 'is', null)
          .as('totps'),
      )
      .where('people.tenant', '=', tenant)
      .orderBy('people.principal')

  const selectGroups = (trx: Db, tenant: string) =>
    trx
      .withTables<Tables>()
      .selectFrom('people')
      .select(['principal', 'identity_provider', 'groups'])
      .where('tenant', '=', tenant)
      .where('identity_provider', 'is not', null)

  const listGroupsIn = async (trx: Db, tenant: string, identityProvider: string): Promise<readonly HeldGroups[]> => {
    const rows = await selectGroups(trx, tenant).where('identity_provider', '=', identityProvider).execute()
    return rows.map(toHeldGroups)
  }

  async function countAdministratorsIn(trx: Db, tenant: string): Promise<number> {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from people p
      join principals q on q.tenant = p.tenant and q.id = p.principal
      where p.tenant = ${tenant} and q.disabled_at is null and 'administrator' = any (q.roles)`.execute(trx)
    return rows[0]?.count ?? 0
  }

  return {
    transact: (tenant, work) => withTenant(database, tenant, work),

    list: (tenant) =>
      withTenant(database, tenant, async (trx) => (await selectPeople(trx, tenant).execute()).map(toPerson)),

    find: (tenant, principal) =>
      withTenant(database, tenant, async (trx) => {
        const row = await selectPeople(trx, tenant).where('people.principal', '=', principal).executeTakeFirst()
        return row && toPerson(row)
      }),

    withSubject: (tenant, issuer, subject, work) =>
      withTenant(database, tenant, async (trx) => {
        const name = JSON.stringify([tenant, issuer, subject])
        await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(trx)
        const row = await trx
          .withTables<Tables>()
          .selectFrom('people')
          .select('principal')
          .where('tenant', '=', tenant)
          .where('issuer', '=', issuer)
          .where('subject', '=', subject)
          .executeTakeFirst()
        return work(trx, row?.principal)
      }),

    async addIn(trx, { tenant, principal, name, issuer, subject, identityProvider, groups }) {
      await trx
        .withTables<Tables>()
        .insertInto('people')
        .values({
          tenant,
          principal,
          name,
          issuer,
          subject,
          identity_provider: identityProvider,
          groups: [...groups],
          failed_attempts: 0,
          failing_since: null,
          locked_until: null,
        })
        .execute()
    },

    async updateIn(trx, { tenant, principal, name, identityProvider, groups }) {
      await trx
        .withTables<Tables>()
        .updateTable('people')
        .set({ name, identity_provider: identityProvider, groups: [...groups] })
        .where('tenant', '=', tenant)
        .where('principal', '=', principal)
        .execute()
    },

    readGroups: (tenant, principal) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await selectGroups(trx, tenant).where('principal', '=', principal).execute()
        return rows.map(toHeldGroups)[0]
      }),

    listGroups: (tenant, identityProvider) =>
      withTenant(database, tenant, async (trx) => listGroupsIn(trx, tenant, identityProvider)),

    listGroupsIn,

    async putGroupsIn(trx, tenant, principal, groups) {
      await trx
        .withTables<Tables>()
        .updateTable('people')
        .set({ groups: [...groups] })
        .where('tenant', '=', tenant)
        .where('principal', '=', principal)
        .execute()
    },

    async lockIn(trx, tenant) {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`people ${tenant}`}, 0))`.execute(trx)
    },

    countAdministratorsIn,
    countAdministrators: (tenant) => readTenant(database, tenant, async (trx) => countAdministratorsIn(trx, tenant)),

    fail: (tenant, principal, now, { maxAttempts, windowSeconds, lockSeconds }, record) =>
      withTenant(database, tenant, async (trx) => {
        const since = new Date(now.getTime() - windowSeconds * 1_000)
        const until = new Date(now.getTime() + lockSeconds * 1_000)
        const { rows } = await sql<{ attempts: number; isLocking: boolean }>`
          with counted as (
            select tenant, principal, case when failing_since > ${since} then failed_attempts + 1 else 1 end as attempts
            from people where tenant = ${tenant} and principal = ${principal} for update)
          update people p set failed_attempts = c.attempts,
            failing_since = case when p.failing_since > ${since} then p.failing_since else ${now} end,
            locked_until = case when c.attempts >= ${maxAttempts} then ${until} else p.locked_until end
          from counted c where p.tenant = c.tenant and p.principal = c.principal
          returning c.attempts, c.attempts = ${maxAttempts} as "isLocking"`.execute(trx)
        const told = rows[0] ?? { attempts: 0, isLocking: false }
        if (rows.length > 0) await record(trx, told)
        return told
      }),

    async clearFailuresIn(trx, tenant, principal) {
      await sql`update people set failed_attempts = 0, failing_since = null, locked_until = null
        where tenant = ${tenant} and principal = ${principal} and failed_attempts > 0`.execute(trx)
    },

    unlock: (tenant, principal, now, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('people')
          .set({ failed_attempts: 0, failing_since: null, locked_until: null })
          .where('tenant', '=', tenant)
          .where('principal', '=', principal)
          .where('locked_until', '>', now)
          .executeTakeFirst()
        if (updated.numUpdatedRows === 0n) return false
        await record(trx)
        return true
      }),

    async claimIn(trx, tenant, sha256, expiresAt, now) {
      const db = trx.withTables<Tables>()
      await db.deleteFrom('used_challenges').where('tenant', '=', tenant).where('expires_at', '<', now).execute()
      const added = await db
        .insertInto('used_challenges')
        .values({ tenant, sha256, expires_at: expiresAt })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      return (added.numInsertedOrUpdatedRows ?? 0n) > 0n
    },
  }
}

function toHeldGroups(row: Pick<PersonRow, 'principal' | 'identity_provider' | 'groups'>): HeldGroups {
  return { principal: row.principal, identityProvider: row.identity_provider ?? '', groups: row.groups }
}

type ListedRow = PersonRow & {
  roles: string[]
  disabled_at: Date | null
  passkeys: string | null
  totps: string | null
}

function toPerson(row: ListedRow): Person {
  return {
    tenant: row.tenant,
    principal: row.principal,
    name: row.name,
    issuer: row.issuer,
    subject: row.subject,
    identityProvider: row.identity_provider,
    roles: row.roles,
    isDisabled: row.disabled_at !== null,
    lockedUntil: row.locked_until,
    passkeys: Number(row.passkeys ?? 0),
    hasTotp: Number(row.totps ?? 0) > 0,
  }
}
