import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import { createTestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { addPrincipal, loggedIn } from '../../testing/principals.ts'
import { COLUMN_CLASSES } from './column-classes.ts'
import { withTenant } from './database.ts'

const CLASSES = ['name', 'hash', 'ciphertext', 'public-key', 'document', 'log', 'staff', 'retired']
const OPEN_TYPES = ['text', 'text[]', 'bytea', 'json', 'jsonb', 'character varying']

const declared = new Map<string, string>(
  Object.entries(COLUMN_CLASSES).flatMap(([table, columns]) =>
    columns.split(' ').map((column) => {
      const [name = '', columnClass = ''] = column.split(':')
      return [`${table}.${name}`, columnClass] as const
    }),
  ),
)

describe('the catalogue of columns (AC-02)', () => {
  test('knows each column that could hold anything, and no other', async ({ migrator }) => {
    const { rows } = await sql<{ name: string; type: string }>`select c.relname || '.' || a.attname as name,
        format_type(a.atttypid, null) as type
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by name`.execute(migrator)
    const open = rows.filter(({ type }) => OPEN_TYPES.includes(type))
    expect(open.map(({ name }) => name).filter((name) => !declared.has(name))).toEqual([])
    expect([...declared.keys()].filter((name) => !open.some((row) => row.name === name))).toEqual([])
    expect([...declared.values()].filter((columnClass) => !CLASSES.includes(columnClass))).toEqual([])
  })
})

describe('the role of the application (AC-02)', () => {
  test('has no way to write text into a column that was retired for a sealed one', async ({ migrator }) => {
    const retired = [...declared].filter(([, columnClass]) => columnClass === 'retired').map(([name]) => name)
    expect(retired.length).toBeGreaterThan(0)
    for (const name of retired) {
      const [table = '', column = ''] = name.split('.')
      expect([name, declared.get(`${table}.sealed_${column}`)]).toEqual([name, 'ciphertext'])
      const { rows } = await sql`select
        has_column_privilege('breakwater_app', ${table}, ${column}, 'insert') as "mayInsert",
        exists (select from pg_trigger where tgname = 'seal_once' and tgenabled = 'O' and tgrelid = ${table}::regclass)
          as "isKept"`.execute(migrator)
      expect([name, rows]).toEqual([name, [{ mayInsert: false, isKept: true }]])
    }
  })

  test('reads what people gave as reasons as ciphertext, whatever table and column it asks', async ({
    db,
    migrator,
  }) => {
    const app = await createTestApp(db)
    const ana = await addPrincipal(app, 'ana', { roles: ['data-scientist'] })
    const justification = 'gloved hands cannot log in again during an operation'
    const answers = [
      await app.call(ana, 'POST', '/api/v1/exceptions', {
        kind: 'idle-timeout',
        subject: 'wards',
        owner: 'ana',
        seconds: 86_400,
        justification,
      }),
      await app.call(ana, 'POST', '/api/v1/access-requests', {
        roles: ['auditor'],
        seconds: 1_800,
        reason: 'on-call',
        justification,
      }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    const nia = loggedIn(app, 'nia', { roles: ['clinician'], purposes: ['TREAT'] })
    const wish = { reason: 'emergency-treatment', justification, seconds: 600, control: 'review' } as const
    await app.services.access.breakGlass.open(nia, wish)

    const sealed = [...declared].filter(([name]) => name.endsWith('.sealed_justification')).map(([name]) => name)
    const { rows: tables } = await sql<{ name: string }>`select c.relname as name from pg_class c
      where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
        and has_table_privilege('breakwater_app', c.oid, 'select')`.execute(migrator)
    expect(tables.length).toBeGreaterThan(30)
    await withTenant(db, app.tenant, async (trx) => {
      for (const { name } of tables) {
        // Bytes as the letters they would be: as hexadecimal a text would not be seen.
        const { rows } = await sql<{ row: string }>`select encode(convert_to(t::text, 'utf8'), 'escape') as row
          from ${sql.table(name)} t`.execute(trx)
        const words = [justification, Buffer.from(justification).toString('hex')]
        const told = rows.filter(({ row }) => words.some((word) => row.includes(word)))
        expect([name, told]).toEqual([name, []])
      }
      for (const name of sealed) {
        const [table = '', column = ''] = name.split('.')
        const { rows } = await sql<{
          bytes: Buffer
        }>`select ${sql.ref(column)} as bytes from ${sql.table(table)}`.execute(trx)
        expect([name, rows.map(({ bytes }) => bytes.length)]).toEqual([name, [45 + justification.length]])
      }
    })
  })
})

describe('the reporting role (AC-02)', () => {
  test('has no right to a table as a whole, and to columns only as far as its views show them', async ({
    migrator,
  }) => {
    const tables = await sql`select table_name, privilege_type from information_schema.role_table_grants
      where grantee = 'breakwater_reporting' and (table_schema <> 'reporting' or privilege_type <> 'SELECT')`.execute(
      migrator,
    )
    expect(tables.rows).toEqual([])
    const granted = await sql<{ name: string; privilege: string }>`select table_name || '.' || column_name as name,
        privilege_type as privilege from information_schema.column_privileges
      where grantee = 'breakwater_reporting' and table_schema = 'public' order by name`.execute(migrator)
    const shown = await sql<{ name: string }>`select distinct table_name || '.' || column_name as name
      from information_schema.view_column_usage where view_schema = 'reporting' and table_schema = 'public'
      order by name`.execute(migrator)
    expect(granted.rows.map(({ name }) => name)).toEqual(shown.rows.map(({ name }) => name))
    expect(granted.rows.filter(({ privilege }) => privilege !== 'SELECT')).toEqual([])
    const isShowable = (name: string): boolean => ['name', 'hash', undefined].includes(declared.get(name))
    expect(shown.rows.filter(({ name }) => !isShowable(name))).toEqual([])
  })

  test('is asked for itself: each view runs with the rights of who asks', async ({ migrator }) => {
    const { rows } = await sql`select relname from pg_class where relkind in ('v', 'm')
      and relnamespace = 'reporting'::regnamespace
      and not coalesce(reloptions, '{}') @> '{security_invoker=true}'`.execute(migrator)
    expect(rows).toEqual([])
  })

  test('sees its own tenant through the views, and is refused what they do not show', async ({ db, migrator }) => {
    await createTestApp(db)
    // Logins belong to the cluster, which other tests share: an existing one is as good.
    await sql`do $$ begin
      if not exists (select from pg_roles where rolname = 'reporting-default') then
        create role "reporting-default" login in role breakwater_reporting;
        create role "reporting-globex" login in role breakwater_reporting;
      end if; end $$`.execute(migrator)
    const as = async (login: string, query: string): Promise<unknown[]> =>
      migrator.connection().execute(async (connection) => {
        await sql`set session authorization ${sql.id(login)}`.execute(connection)
        try {
          return (await sql.raw(query).execute(connection)).rows
        } finally {
          await sql`reset session authorization`.execute(connection)
        }
      })
    const providers = await as('reporting-default', 'select id, kind from reporting.providers')
    expect(providers).toEqual([{ id: 'demo', kind: 'demo' }])
    expect(await as('reporting-default', 'select idx from reporting.ledger_activity limit 1')).toHaveLength(1)
    // A setting of the session does not make it another tenant's.
    const forged = "select id from reporting.providers where set_config('app.tenant', 'default', false) is not null"
    expect(await as('reporting-globex', forged)).toEqual([])
    for (const hidden of [
      'select base_url from providers',
      'select * from providers',
      'select entry from ledger_entries',
      'select patients from legal_bases',
      'select sha256 from principal_tokens',
      'select document from policy_sets',
      "update providers set kind = 'demo'",
    ]) {
      await expect(as('reporting-default', hidden)).rejects.toThrow('permission denied')
    }
  })
})
