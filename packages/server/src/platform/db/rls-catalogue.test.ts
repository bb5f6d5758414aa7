import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import { test } from '../../testing/database.ts'
import { checkDatabase } from './check-database.ts'
import { withTenant } from './database.ts'

interface Table {
  name: string
  isOfTenant: boolean
  isForced: boolean
  policies: string[]
}

// Tables that belong to nobody: the log as a whole and the migrations. Nothing in them is a tenant's.
const WITHOUT_TENANT = [
  'data_key_changes',
  'installation',
  'keyring_secrets',
  'ledger_checkpoints',
  'ledger_counter',
  'ledger_epoch',
  'migrations',
  'refusal_counts',
]

// The log is appended to for several tenants at once and integrated as a whole.
const POLICIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['ledger_entries', ['append', 'integrate', 'read_own']],
])

describe('row-level security', () => {
  test('is forced on every table of a tenant, and there is no table that is neither', async ({ migrator }) => {
    const { rows } = await sql<Table>`select c.relname as name,
        c.relrowsecurity and c.relforcerowsecurity as "isForced",
        c.relname = 'tenants' or exists (select from pg_attribute a
          where a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped) as "isOfTenant",
        array(select polname::text from pg_policy where polrelid = c.oid and polname <> 'report' order by polname) as policies
      from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by c.relname`.execute(
      migrator,
    )
    const ofTenants = rows.filter(({ isOfTenant }) => isOfTenant)
    expect(ofTenants.length).toBeGreaterThan(6)
    expect(ofTenants.filter(({ isForced }) => !isForced)).toEqual([])
    for (const { name, policies } of ofTenants) {
      expect([name, policies]).toEqual([name, POLICIES.get(name) ?? ['own_tenant']])
    }
    expect(rows.filter(({ isOfTenant }) => !isOfTenant).map(({ name }) => name)).toEqual(WITHOUT_TENANT)
  })

  test('cannot be passed by a view, and foreign keys carry the tenant', async ({ migrator }) => {
    const views = await sql`select relname from pg_class where relkind in ('v', 'm')
      and relnamespace = 'public'::regnamespace and not coalesce(reloptions, '{}') @> '{security_invoker=true}'`.execute(
      migrator,
    )
    expect(views.rows).toEqual([])
    const keys = await sql<{ name: string }>`select conname as name from pg_constraint where contype = 'f'
      and connamespace = 'public'::regnamespace and not exists (select from pg_attribute a
        where a.attrelid = conrelid and a.attnum = any (conkey) and a.attname = 'tenant')`.execute(migrator)
    expect(keys.rows).toEqual([])
  })

  test('shows no row before a tenant is set, nor after its transaction', async ({ db }) => {
    const count = async (): Promise<unknown> => (await sql`select id from tenants`.execute(db)).rows
    await withTenant(db, 'acme', async (trx) => sql`insert into tenants (id) values ('acme')`.execute(trx))
    expect(await count()).toEqual([])
    const seen = await withTenant(db, 'acme', async (trx) => (await sql`select id from tenants`.execute(trx)).rows)
    expect(seen).toEqual([{ id: 'acme' }])
    expect(await count()).toEqual([])
    const other = await withTenant(db, 'globex', async (trx) => (await sql`select id from tenants`.execute(trx)).rows)
    expect(other).toEqual([])
  })

  test('refuses a row of another tenant', async ({ db }) => {
    const insert = withTenant(db, 'acme', async (trx) => sql`insert into tenants (id) values ('globex')`.execute(trx))
    await expect(insert).rejects.toThrow('row-level security')
  })
})

describe('checkDatabase', () => {
  test('takes the role of the application', async ({ db }) => {
    await expect(checkDatabase(db, { acceptsFragile: true })).resolves.toBeUndefined()
  })

  test('refuses a role that row-level security does not bind', async ({ migrator }) => {
    await expect(checkDatabase(migrator, { acceptsFragile: true })).rejects.toMatchObject({ code: 'config.invalid' })
  })

  test('refuses a database that may lose a commit', async ({ db }) => {
    await expect(checkDatabase(db)).rejects.toMatchObject({ code: 'config.invalid' })
  })
})
