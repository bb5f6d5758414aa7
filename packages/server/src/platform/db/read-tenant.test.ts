import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import { test } from '../../testing/database.ts'
import type { Db } from './database.ts'
import { readTenant } from './read-tenant.ts'

interface Seen {
  readonly tenant: string
  readonly began: string
}

async function look(trx: Db): Promise<Seen | undefined> {
  const { rows } = await sql<Seen>`select current_setting('app.tenant') as tenant,
    transaction_timestamp()::text || pg_backend_pid() as began`.execute(trx)
  return rows[0]
}

describe('reads of one tenant', () => {
  test('that are asked for together share a transaction, others have their own', async ({ db }) => {
    const [first, second, other] = await Promise.all([
      readTenant(db, 'acme', look),
      readTenant(db, 'acme', look),
      readTenant(db, 'globex', look),
    ])
    const later = await readTenant(db, 'acme', look)
    expect([first?.tenant, second?.tenant, other?.tenant]).toEqual(['acme', 'acme', 'globex'])
    expect(second?.began).toBe(first?.began)
    expect(new Set([first?.began, other?.began, later?.began]).size).toBe(3)
  })

  test('do not fail with one that does', async ({ db }) => {
    const [before, failed, after] = await Promise.allSettled([
      readTenant(db, 'acme', look),
      readTenant(db, 'acme', async (trx) => sql`select no_such_column`.execute(trx)),
      readTenant(db, 'acme', look),
    ])
    expect(before).toMatchObject({ status: 'fulfilled', value: { tenant: 'acme' } })
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: '42703' } })
    expect(after).toMatchObject({ status: 'fulfilled', value: { tenant: 'acme' } })
  })
})
