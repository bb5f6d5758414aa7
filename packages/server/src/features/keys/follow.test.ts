import { createEnvelope } from '@breakwater/keys'
import { sql } from 'kysely'
import { describe, expect, onTestFinished } from 'vitest'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import { referToPatient } from '../../platform/patients/refer.ts'
import { startSweeper } from '../../startup/sweeper.ts'
import type { TestApp } from '../../testing/app.ts'
import { createTestApp } from '../../testing/app.ts'
import { signInAs } from '../../testing/browser.ts'
import { test } from '../../testing/database.ts'
import { addPrincipal } from '../../testing/principals.ts'
import { createKeyFollower } from './follow.ts'
import { createKeyStore } from './store.ts'

const PLACE = { tenant: 'default', objectClass: 'note', table: 'notes', column: 'body', row: '17' }
const TEXT = Buffer.from('came in with chest pain')
const MAX_MS = 2_000

/** As a program runs it, once a second. */
function run(task: () => Promise<unknown>): void {
  const sweeper = startSweeper([task], () => undefined, 1_000)
  onTestFinished(async () => sweeper.stop())
}

/** A replica's envelope, which follows the others. */
function createReplica(db: Db, { clock, keyProviders }: TestApp) {
  const store = createKeyStore(db, clock)
  const envelope = createEnvelope({ environment: 'development', providers: keyProviders, store, clock })
  const follow = createKeyFollower({ store, envelope })
  return { envelope, follow, store }
}

async function measureMs(isDone: () => Promise<boolean>): Promise<number> {
  const startedMs = performance.now()
  while (!(await isDone())) {
    if (performance.now() - startedMs > 3 * MAX_MS) throw new Error('it never followed')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return performance.now() - startedMs
}

describe('a replica that is at work', () => {
  test('opens nothing of a patient two seconds after another one shredded the keys (EN-13)', async ({ db }) => {
    const app = await createTestApp(db)
    const patient = '4711'
    const subject = referToPatient(app.keyring, 'default', patient)
    const place = { ...PLACE, subject }
    const { envelope, follow } = createReplica(db, app)
    run(follow)
    await follow()
    const sealed = await envelope.seal(place, TEXT)
    const other = await envelope.seal(PLACE, TEXT)
    const opens = async (): Promise<boolean> =>
      envelope.open(place, sealed).then(
        () => true,
        () => false,
      )
    expect(await opens()).toBe(true)
    const keeper = await signInAs(app, ['key-administrator'])
    expect((await keeper.call('POST', '/api/v1/keys/shred', { patient })).status).toBe(200)
    const ms = await measureMs(async () => !(await opens()))
    process.stdout.write(`shredding seen elsewhere after ${Math.round(ms)} ms\n`)
    expect(ms).toBeLessThanOrEqual(MAX_MS)
    await expect(envelope.open(place, sealed)).rejects.toMatchObject({ code: 'keys.destroyed' })
    expect(Buffer.from(await envelope.open(PLACE, other))).toEqual(TEXT)
  })

  test('seals under the new key two seconds after another one rotated, and opens what is under the old (EN-06)', async ({
    db,
  }) => {
    const app = await createTestApp(db)
    const other = await createTestApp(db, { keyring: app.keyring, keyProviders: app.keyProviders })
    run(async () => other.services.keys.follow())
    const ana = await addPrincipal(other, 'ana', { roles: ['privacy-officer'] })
    const propose = async (): Promise<void> => {
      const answer = await other.call(ana, 'POST', '/api/v1/exceptions', {
        kind: 'idle-timeout',
        subject: 'theatre',
        owner: 'ana',
        seconds: 86_400,
        justification: 'gloved hands cannot log in again during an operation',
      })
      expect(answer.status).toBe(200)
    }
    await propose()
    const keeper = await addPrincipal(app, 'keeper', { kind: 'service', roles: ['key-administrator'] })
    const rotated = await app.call(keeper, 'POST', '/api/v1/keys/rotate', { objectClass: 'justification' })
    expect(rotated.status).toBeLessThan(300)
    // How many keys seal what the other replica is told from now on.
    const ms = await measureMs(async () => {
      await propose()
      return withTenant(db, 'default', async (trx) => {
        const { rows } = await sql<{ keys: number }>`
          select count(distinct substring(sealed_justification from 2 for 16))::int as keys from exceptions`.execute(
          trx,
        )
        return rows[0]?.keys === 2
      })
    })
    process.stdout.write(`rotation seen elsewhere after ${Math.round(ms)} ms\n`)
    expect(ms).toBeLessThanOrEqual(MAX_MS)
    expect((await other.call(ana, 'GET', '/api/v1/exceptions')).status).toBe(200)
  })

  test('that could not ask for a while trusts nothing it holds, and what is old is forgotten', async ({
    db,
    migrator,
  }) => {
    const app = await createTestApp(db)
    const { store } = createReplica(db, app)
    let nowMs = 0
    const forgotten: string[] = []
    const follow = createKeyFollower({
      store,
      envelope: { forget: (id) => forgotten.push(id), forgetAll: () => forgotten.push('all') },
      elapsedMs: () => nowMs,
    })
    const tell = async (dekId: string, age: string): Promise<void> => {
      await sql`insert into data_key_changes (data_key, changed_at)
        values (${dekId}, clock_timestamp() - ${age}::interval)`.execute(migrator)
    }
    await follow()
    await tell('a'.repeat(22), '0 s')
    await tell('b'.repeat(22), '1 hour')
    for (nowMs of [1_000, 2_000, 60_000]) await follow()
    expect(forgotten).toEqual(['all', 'a'.repeat(22), 'all'])
    expect((await sql`select data_key from data_key_changes`.execute(migrator)).rows).toHaveLength(1)
  })
})
