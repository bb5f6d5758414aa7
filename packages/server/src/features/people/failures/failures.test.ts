import { alertSchema } from '@breakwater/contract'
import { sql } from 'kysely'
import { describe, expect, test as pure } from 'vitest'
import { z } from 'zod'
import type { TestApp } from '../../../testing/app.ts'
import { createTestApp } from '../../../testing/app.ts'
import { createBrowser } from '../../../testing/browser.ts'
import { test } from '../../../testing/database.ts'
import { addPrincipal } from '../../../testing/principals.ts'
import { computeTotp, enrolByTotp } from '../../../testing/totp.ts'
import type { Db } from '../../../platform/db/database.ts'
import { FAILURE_RATES } from './rates.ts'
import { toNetwork } from './watch.ts'

const STRANGER = 'a'.repeat(25)
const MINUTE_MS = 60_000

/** Two replicas on one database, whose clocks agree. */
async function createReplicas(db: Db): Promise<{ both: readonly [TestApp, TestApp]; set: (ms: number) => void }> {
  const one = await createTestApp(db)
  const other = await createTestApp(db, { keyring: one.keyring })
  const startMs = one.clock.now().getTime()
  const both = [one, other] as const
  return {
    both,
    set: (ms) => {
      for (const { clock } of both) clock.set(new Date(startMs + ms).toISOString())
    },
  }
}

const tryPassword = async (
  app: TestApp,
  { password = STRANGER, code = '000000', address = '203.0.113.9', tenant = 'default' } = {},
): Promise<number> =>
  (await createBrowser(app, { address }).call('POST', '/api/v1/sign-in/totp', { tenant, password, code })).status

/** What an auditor is shown, oldest first. */
async function readAlerts(app: TestApp) {
  const token = await addPrincipal(app, 'sue', { roles: ['security-officer'] })
  const answer = await app.call(token, 'GET', '/api/v1/alerts')
  const { alerts } = z.object({ alerts: z.array(alertSchema) }).parse(await answer.json())
  return alerts.filter(({ kind }) => kind === 'signin-failing').toReversed()
}

describe('log-ins that fail more often than people err (MO-02)', () => {
  test('of one account raise one alert a window, though each lock ended in between, on two replicas', async ({
    db,
  }) => {
    const { both, set } = await createReplicas(db)
    const [app, other] = both
    const { id, password, secret } = await enrolByTotp(app, ['administrator'], () => app.clock.now())
    let ms = 0
    const failOnce = async (): Promise<void> => {
      // Slowly enough that no lock is ever met: four in each quarter of an hour.
      ms += 4 * MINUTE_MS
      set(ms)
      const right = computeTotp(secret, app.clock.now())
      const code = right === '000000' ? '000001' : '000000'
      expect(await tryPassword(ms % (8 * MINUTE_MS) === 0 ? app : other, { password, code })).toBe(401)
    }
    const { maxFailures, windowSeconds } = FAILURE_RATES.account
    for (let attempt = 1; attempt < maxFailures; attempt++) await failOnce()
    expect(await readAlerts(app)).toEqual([])
    for (let attempt = 0; attempt < 5; attempt++) await failOnce()
    expect(await readAlerts(app)).toMatchObject([{ kind: 'signin-failing', principal: id }])
    ms = (windowSeconds + 300) * 1_000
    for (let attempt = 0; attempt < maxFailures; attempt++) await failOnce()
    expect(await readAlerts(other)).toMatchObject([{ principal: id }, { principal: id }])
    const told = (await app.readLedger()).filter(({ entry }) => entry.kind === 'signin.failing')
    expect(told.map(({ entry }) => [entry.principal, entry.codes, entry.counts])).toEqual([
      [id, ['account'], { failures: maxFailures }],
      [id, ['account'], { failures: maxFailures }],
    ])
  })

  test('from one source raise one alert a window with the source, whoever was tried on whichever replica', async ({
    db,
  }) => {
    const { both, set } = await createReplicas(db)
    const [app, other] = both
    const { maxFailures, windowSeconds } = FAILURE_RATES.source
    for (let attempt = 1; attempt < maxFailures; attempt++) await tryPassword(attempt % 2 === 0 ? app : other)
    await tryPassword(app, { address: '203.0.113.10' })
    expect(await readAlerts(app)).toEqual([])
    // At once on both: one of them makes it the twentieth.
    await Promise.all([app, other, app, other].map(async (replica) => tryPassword(replica)))
    const alerts = await readAlerts(other)
    expect(alerts).toMatchObject([{ source: '203.0.113.9' }])
    expect(alerts[0]).not.toHaveProperty('principal')
    expect(app.logged.concat(other.logged).filter(({ event }) => event === 'alert')).toMatchObject([
      { fields: { code: 'signin.failing', source: '203.0.113.9' } },
    ])
    set(windowSeconds * 1_000)
    for (let attempt = 1; attempt <= maxFailures; attempt++) await tryPassword(app)
    expect(await readAlerts(app)).toHaveLength(2)
  })

  test('of a tenant that nobody made leave nothing behind', async ({ db, migrator }) => {
    const app = await createTestApp(db)
    expect(await tryPassword(app, { tenant: 'invented' })).toBe(401)
    expect(await tryPassword(app)).toBe(401)
    const { rows } = await sql`select tenant, kind, failures from signin_failures`.execute(migrator)
    expect(rows).toEqual([{ tenant: 'default', kind: 'source', failures: 1 }])
  })

  test('are forgotten after a day, and keep neither an account nor an address', async ({ db, migrator }) => {
    const { both, set } = await createReplicas(db)
    const [app] = both
    await tryPassword(app, { address: '203.0.113.77' })
    const { rows } = await sql<{ row: string }>`select f::text as row from signin_failures f`.execute(migrator)
    expect(rows.map(({ row }) => row.includes('203') || row.includes(Buffer.from('203.0').toString('hex')))).toEqual([
      false,
    ])
    set(86_401_000)
    await tryPassword(app)
    expect((await sql`select 1 from signin_failures`.execute(migrator)).rows).toHaveLength(1)
  })
})

describe('a source', () => {
  pure.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::1', '::1'],
    ['2001:db8::7:1', '2001:db8:0:0::/64'],
    ['2001:0db8:0:1:aaaa:bbbb:cccc:dddd', '2001:db8:0:1::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('%s counts as %s: one subscriber has a whole /64', (address, network) => {
    expect(toNetwork(address)).toBe(network)
  })
})
