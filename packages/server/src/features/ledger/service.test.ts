import type { EntryDraft } from '@breakwater/ledger'
import { fixedClock } from '@breakwater/testkit'
import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import { openDatabase } from '../../platform/db/database.ts'
import { test } from '../../testing/database.ts'
import { APPEND, createLedgerService } from './index.ts'

const clock = fixedClock('2026-01-02T03:04:05.678Z')
const log = (): undefined => undefined
const draft = (tenant: string, count = 0): EntryDraft => ({ tenant, kind: 'preview.made', counts: { count } })
const unavailable = { code: 'ledger.unavailable' }

describe('append', () => {
  test('indices of two replicas are unique, without gaps, and those of their entries', async ({
    database,
    migrator,
  }) => {
    const replicas = [1, 2].map(() => openDatabase({ url: database.url, log, role: 'breakwater_app' }))
    const services = replicas.map((db) => createLedgerService({ db, clock, log }))
    const appended = await Promise.all(
      Array.from({ length: 400 }, async (_, count) => {
        const tenant = count % 3 === 0 ? 'acme' : 'bay'
        return { count, tenant, result: await services[count % 2]?.append(draft(tenant, count)) }
      }),
    )
    await Promise.all(replicas.map(async (db) => db.destroy()))
    const { rows } = await sql<{ idx: string; tenant: string; entry: Buffer }>`
      select idx, tenant, entry from ledger_entries order by idx`.execute(migrator)
    expect(rows.map(({ idx }) => Number(idx))).toEqual(Array.from({ length: 400 }, (_, index) => index))
    for (const { count, tenant, result } of appended) {
      const row = rows[result?.index ?? -1]
      expect(row?.tenant).toBe(tenant)
      expect(JSON.parse(row?.entry.toString() ?? '')).toMatchObject({ tenant, counts: { count } })
    }
  })

  test('is parsed once a connection where nothing stands between, and appends the same', async ({ database }) => {
    const options = { url: database.url, log, role: 'breakwater_app', maxConnections: 1 } as const
    const db = openDatabase({ ...options, prepared: { name: 'ledger_append', text: APPEND } })
    const ledger = createLedgerService({ db, clock, log })
    const first = await ledger.append(draft('acme'))
    const second = await ledger.append(draft('acme', 1))
    expect(second.index).toBe(first.index + 1)
    const page = await ledger.read('acme', { after: second.index - 1, limit: 1 })
    expect(page[0]?.entry.counts).toEqual({ count: 1 })
    const { rows } = await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(db)
    expect(rows).toEqual([{ statement: APPEND }])
    await db.destroy()
  })

  test('stamps the entry with the clock and a monotonic counter', async ({ db }) => {
    const ledger = createLedgerService({ db, clock, log })
    await ledger.append(draft('acme'))
    await ledger.append(draft('acme'))
    const [first, second] = await ledger.read('acme', { after: -1, limit: 10 })
    expect(first?.entry.time.wall).toBe('2026-01-02T03:04:05.678Z')
    expect(BigInt(second?.entry.time.monotonicNs ?? 0)).toBeGreaterThan(BigInt(first?.entry.time.monotonicNs ?? 0))
  })

  test('is refused when the database is gone', async () => {
    const db = openDatabase({ url: 'postgresql:///gone?host=/nonexistent', log, role: 'breakwater_app' })
    await expect(createLedgerService({ db, clock, log }).append(draft('acme'))).rejects.toMatchObject(unavailable)
    await db.destroy()
  })
})

describe('appendIn', () => {
  test('commits with the change, or leaves neither row nor gap', async ({ db }) => {
    const ledger = createLedgerService({ db, clock, log })
    expect(await db.transaction().execute(async (trx) => ledger.appendIn(trx, draft('acme')))).toEqual({ index: 0 })
    const failing = db.transaction().execute(async (trx) => {
      expect(await ledger.appendIn(trx, draft('acme'))).toEqual({ index: 1 })
      throw new Error('the change failed')
    })
    await expect(failing).rejects.toThrow('the change failed')
    expect(await ledger.append(draft('acme'))).toEqual({ index: 1 })
    expect(await ledger.read('acme', { after: -1, limit: 10 })).toHaveLength(2)
  })
})

describe('the rows', () => {
  test.for([
    ['update ledger_entries set tenant = tenant'],
    ['delete from ledger_entries'],
    ['truncate ledger_entries'],
    ['update ledger_counter set next_index = 0'],
  ])('even the owner cannot: %s', async ([statement], { db, migrator }) => {
    await createLedgerService({ db, clock, log }).append(draft('acme'))
    await expect(sql.raw(statement ?? '').execute(migrator)).rejects.toThrow(/never changed|only grows/)
    await expect(sql.raw(statement ?? '').execute(db)).rejects.toThrow(/permission denied|never changed|only grows/)
  })

  test('a tenant reads its own entries, page by page, and no others', async ({ db }) => {
    const ledger = createLedgerService({ db, clock, log })
    for (const tenant of ['acme', 'bay', 'acme', 'acme', 'bay']) await ledger.append(draft(tenant))
    const indicesOf = async (tenant: string, after: number, limit: number): Promise<number[]> =>
      (await ledger.read(tenant, { after, limit })).map(({ index }) => index)
    expect(await indicesOf('acme', -1, 2)).toEqual([0, 2])
    expect(await indicesOf('acme', 2, 2)).toEqual([3])
    expect(await indicesOf('bay', -1, 10)).toEqual([1, 4])
    expect(await indicesOf('clinic', -1, 10)).toEqual([])
    const { rows } = await sql`select idx from ledger_entries`.execute(db)
    expect(rows).toEqual([])
  })
})

describe('checkWritable', () => {
  test('passes without a trace where an append would pass', async ({ db, migrator }) => {
    const ledger = createLedgerService({ db, clock, log, acceptsFragileDatabase: true })
    await ledger.append(draft('acme'))
    await Promise.all([ledger.checkWritable(), ledger.checkWritable()])
    await ledger.checkWritable()
    const { rows } = await sql`select (select count(*) from ledger_entries)::int as entries,
      (select next_index from ledger_counter)::int as next`.execute(migrator)
    expect(rows).toEqual([{ entries: 1, next: 1 }])
  })

  test('refuses a database that forgets in a power cut, as the one of the tests does', async ({ db }) => {
    await expect(createLedgerService({ db, clock, log }).checkWritable()).rejects.toMatchObject(unavailable)
  })

  test('refuses where an append would be refused', async ({ sequencerDb }) => {
    const ledger = createLedgerService({ db: sequencerDb, clock, log, acceptsFragileDatabase: true })
    await expect(ledger.checkWritable()).rejects.toMatchObject(unavailable)
  })
})
