import { randomUUID } from 'node:crypto'
import { exceptionSchema, problemSchema } from '@breakwater/contract'
import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import { createTestApp } from '../../testing/app.ts'
import type { TestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { addPrincipal } from '../../testing/principals.ts'

const EXCEPTIONS = '/api/v1/exceptions'
const WHY = 'gloved hands cannot log in again during an operation'
const INPUT = { kind: 'idle-timeout', subject: 'theatre', owner: 'ana', seconds: 86_400, justification: WHY }

/** A row as versions before migration 0014 wrote it: as the owner, since the application may not any more. */
async function writeOld(migrator: Db, tenant: string, text: string): Promise<string> {
  const id = randomUUID()
  await sql`insert into exceptions (tenant, id, kind, subject, owner, justification, proposed_by, proposed_at, expires_at)
    values (${tenant}, ${id}, 'idle-timeout', 'theatre', 'ana', ${text}, 'ana', '2026-06-01', '2026-07-01')`.execute(
    migrator,
  )
  return id
}

async function readReasons(app: TestApp, token: string): Promise<string[]> {
  const answer = await app.call(token, 'GET', EXCEPTIONS)
  expect(answer.status).toBe(200)
  const { exceptions } = z.object({ exceptions: z.array(exceptionSchema) }).parse(await answer.json())
  return exceptions.map(({ justification }) => justification)
}

describe('a justification', () => {
  test('is read by who may, and opens in no other row than its own (AC-02)', async ({ db, migrator }) => {
    const app = await createTestApp(db)
    const ana = await addPrincipal(app, 'ana', { roles: ['privacy-officer'] })
    await app.call(ana, 'POST', EXCEPTIONS, INPUT)
    await app.call(ana, 'POST', EXCEPTIONS, { ...INPUT, justification: 'another reason altogether' })
    expect((await readReasons(app, ana)).toSorted()).toEqual(['another reason altogether', WHY])
    await sql`alter table exceptions disable trigger seal_once`.execute(migrator)
    await sql`update exceptions e set sealed_justification = o.sealed_justification from exceptions o where o.id <> e.id`.execute(
      migrator,
    )
    await sql`alter table exceptions enable trigger seal_once`.execute(migrator)
    const moved = await app.call(ana, 'GET', EXCEPTIONS)
    expect([moved.status, problemSchema.parse(await moved.json()).type]).toEqual([500, '/errors/keys.corrupt'])
  })

  test('of an earlier version stays readable, and is sealed by the first sweep, once (AC-02)', async ({
    db,
    migrator,
  }) => {
    const app = await createTestApp(db)
    const ana = await addPrincipal(app, 'ana', { roles: ['privacy-officer'] })
    await writeOld(migrator, app.tenant, WHY)
    expect(await readReasons(app, ana)).toEqual([WHY])
    // Two replicas at once.
    await Promise.all([app.services.access.sealOld(app.tenant), app.services.access.sealOld(app.tenant)])
    const { rows } = await sql`select justification, length(sealed_justification) as length from exceptions`.execute(
      migrator,
    )
    expect(rows).toEqual([{ justification: null, length: 45 + WHY.length }])
    expect(await readReasons(app, ana)).toEqual([WHY])
    expect(await app.services.access.sealOld(app.tenant)).toBe(0)
  })

  test('is never written in the clear by the application, nor changed once it is sealed', async ({ db, migrator }) => {
    const app = await createTestApp(db)
    const ana = await addPrincipal(app, 'ana', { roles: ['privacy-officer'] })
    await app.call(ana, 'POST', EXCEPTIONS, INPUT)
    const old = await writeOld(migrator, app.tenant, WHY)
    const attempt = async (query: string): Promise<unknown> =>
      withTenant(db, app.tenant, async (trx) => sql.raw(query).execute(trx))
    await expect(
      attempt(`insert into exceptions (tenant, id, kind, subject, owner, justification, proposed_by, proposed_at, expires_at)
        select tenant, gen_random_uuid(), kind, subject, owner, '${WHY}', proposed_by, proposed_at, expires_at
        from exceptions`),
    ).rejects.toThrow('permission denied')
    for (const set of [
      `justification = 'something else', sealed_justification = null`,
      `justification = 'something else'`,
      `sealed_justification = decode(repeat('00', 60), 'hex')`,
    ]) {
      await expect(attempt(`update exceptions set ${set} where id <> '${old}'`)).rejects.toThrow('sealed once')
    }
    await expect(attempt(`update exceptions set justification = 'another' where id = '${old}'`)).rejects.toThrow(
      'sealed once',
    )
  })
})
