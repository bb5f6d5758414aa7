import type { Role } from '@breakwater/contract'
import { currentSessionSchema, signInOptionsSchema } from '@breakwater/contract'
import { sql } from 'kysely'
import { describe, expect, test as pure } from 'vitest'
import { z } from 'zod'
import type { TestApp } from '../../../testing/app.ts'
import { createTestApp } from '../../../testing/app.ts'
import { createBrowser, signInAs } from '../../../testing/browser.ts'
import { test } from '../../../testing/database.ts'
import type { TotpHolder } from '../../../testing/totp.ts'
import { computeTotp, enrolByTotp } from '../../../testing/totp.ts'
import { computeCode, stepAt } from './code.ts'

const NOW = '2026-06-01T12:00:00.000Z'
const NEXT_STEP = '2026-06-01T12:00:30.000Z'
const codeOf = async (response: Response): Promise<string> =>
  z
    .object({ type: z.string() })
    .parse(await response.json())
    .type.slice('/errors/'.length)

interface Holder extends TotpHolder {
  /** Of this second, or of another. */
  readonly codeAt: (at: Date) => string
}

async function enrolTotp(app: TestApp, roles: Role[]): Promise<Holder> {
  const holder = await enrolByTotp(app, roles, () => app.clock.now())
  return { ...holder, codeAt: (at) => computeTotp(holder.secret, at) }
}

const signIn = async (app: TestApp, password: string, code: string): Promise<Response> =>
  createBrowser(app).call('POST', '/api/v1/sign-in/totp', { password, code })

describe('codes of time', () => {
  // RFC 6238 appendix B, SHA-1.
  pure.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [20_000_000_000, '65353130'],
  ])('are those of RFC 6238 at second %i', (second, code) => {
    const secret = Buffer.from('12345678901234567890')
    expect(computeCode(secret, stepAt(new Date(second * 1_000)), 8)).toBe(code)
  })
})

describe('a password with codes of an app', () => {
  test('logs a local account in, as more than one factor that phishing could get (AC-03)', async ({ db }) => {
    const app = await createTestApp(db, { now: NOW })
    const { password, codeAt } = await enrolTotp(app, ['security-officer'])
    const options = signInOptionsSchema.parse(await (await app.request('/api/v1/sign-in')).json())
    expect(options.hasTotp).toBe(true)
    app.clock.set(NEXT_STEP)
    const browser = createBrowser(app)
    const shown = { password: password.toUpperCase().replaceAll('-', ' '), code: codeAt(app.clock.now()) }
    expect((await browser.call('POST', '/api/v1/sign-in/totp', shown)).status).toBe(204)
    const session = currentSessionSchema.parse(await (await browser.call('GET', '/api/v1/session')).json())
    expect(session.session).toMatchObject({ method: 'totp', isMfa: true, isPhishingResistant: false })
    expect(session.stepUpMethods).toEqual(['totp'])
  })

  test('is shown once and never written: sealed secret, hashed password', async ({ db, migrator }) => {
    const app = await createTestApp(db, { now: NOW })
    const { secret, password } = await enrolTotp(app, ['administrator'])
    expect(password).toMatch(/^([a-z2-7]{5}-){4}[a-z2-7]{5}$/)
    const { rows } = await sql<{ row: string; sealed: Buffer }>`select row_to_json(t)::text as row,
      sealed_secret as sealed from totp_factors t`.execute(migrator)
    const [{ row, sealed } = { row: '', sealed: Buffer.alloc(0) }] = rows
    expect(sealed.includes(secret) || row.includes(secret) || row.includes(password.replaceAll('-', ''))).toBe(false)
    const written = JSON.stringify([await app.readLedger(), app.logged])
    expect(written.includes(secret) || written.includes(password)).toBe(false)
  })

  test('takes each code once, also of the enrolment, and none of the step before or after', async ({ db }) => {
    const app = await createTestApp(db, { now: NOW })
    const { password, codeAt } = await enrolTotp(app, ['administrator'])
    expect(await codeOf(await signIn(app, password, codeAt(new Date(NOW))))).toBe('auth.sign-in-failed')
    app.clock.set(NEXT_STEP)
    const [past, now, future] = [-30_000, 0, 30_000].map((ms) => codeAt(new Date(app.clock.now().getTime() + ms)))
    expect(await codeOf(await signIn(app, password, past ?? ''))).toBe('auth.sign-in-failed')
    expect(await codeOf(await signIn(app, password, future ?? ''))).toBe('auth.sign-in-failed')
    const both = await Promise.all([1, 2].map(async () => (await signIn(app, password, now ?? '')).status))
    expect(both.toSorted((a, b) => a - b)).toEqual([204, 401])
  })

  test('locks after five wrong codes, which count only with the right password (MO-02)', async ({ db }) => {
    const app = await createTestApp(db, { now: NOW })
    const { id, password, codeAt } = await enrolTotp(app, ['administrator'])
    app.clock.set(NEXT_STEP)
    const right = codeAt(app.clock.now())
    const wrong = right === '000000' ? '000001' : '000000'
    const stranger = 'a'.repeat(25)
    for (let i = 0; i < 6; i++) expect(await codeOf(await signIn(app, stranger, right))).toBe('auth.sign-in-failed')
    for (let i = 0; i < 5; i++) expect(await codeOf(await signIn(app, password, wrong))).toBe('auth.sign-in-failed')
    expect(await codeOf(await signIn(app, password, right))).toBe('auth.locked')
    expect((await app.readLedger()).map(({ entry }) => entry.kind)).toContain('signin.locked')
    const alerts = await app.services.access.alerts.list('default')
    expect(alerts).toMatchObject([{ kind: 'signin-locked', principal: id }])
  })

  test('is not for the first administrator', async ({ db }) => {
    const app = await createTestApp(db)
    const { url } = await app.services.invitations.issueBootstrap('default')
    const token = new URL(url).hash.slice(1)
    const refused = await createBrowser(app).call('POST', '/api/v1/enrol/totp/options', { token })
    expect([refused.status, await codeOf(refused)]).toEqual([403, 'auth.phishing-resistance-required'])
  })

  test('breaks the glass in an emergency, but shreds no keys, however freshly shown (AC-09)', async ({ db }) => {
    const app = await createTestApp(db, { now: NOW })
    const nia = await enrolTotp(app, ['clinician'])
    const kim = await enrolTotp(app, ['key-administrator'])
    app.clock.set(NEXT_STEP)
    for (const one of [nia, kim]) {
      const shown = { password: one.password, code: one.codeAt(app.clock.now()) }
      expect((await one.call('POST', '/api/v1/session/step-up/totp', shown)).status).toBe(204)
    }
    const wish = { reason: 'emergency-treatment', justification: 'unconscious in the emergency room' }
    expect((await nia.call('POST', '/api/v1/break-glass', wish)).status).toBe(200)
    const refused = await kim.call('POST', '/api/v1/keys/shred', { patient: 'p-1' })
    expect(await codeOf(refused)).toBe('auth.phishing-resistance-required')
  })

  test('is removed beside a passkey only, and that is told', async ({ db }) => {
    const app = await createTestApp(db, { now: NOW })
    const ann = await enrolTotp(app, ['administrator'])
    expect(await codeOf(await ann.call('POST', '/api/v1/totp/remove'))).toBe('resource.conflict')
    const response = ann.authenticator.create(await ann.options('/api/v1/passkeys/options'))
    expect((await ann.call('POST', '/api/v1/passkeys', { response, label: 'key' })).status).toBe(204)
    expect((await ann.call('POST', '/api/v1/totp/remove')).status).toBe(204)
    app.clock.set(NEXT_STEP)
    expect((await signIn(app, ann.password, ann.codeAt(app.clock.now()))).status).toBe(401)
    const alerts = await app.services.access.alerts.list('default')
    expect(alerts).toMatchObject([{ kind: 'totp-removed', principal: ann.id }])
    expect((await app.readLedger()).map(({ entry }) => entry.kind)).toContain('totp.removed')
  })

  test('ends when another administrator vouches for a new enrolment', async ({ db }) => {
    const app = await createTestApp(db, { now: NOW })
    const ann = await enrolTotp(app, ['administrator'])
    const ben = await signInAs(app, ['administrator'])
    const { url } = await app.services.invitations.reinvite({ tenant: 'default', id: ben.id }, ann.id)
    expect((await createBrowser(app).enrol(url)).status).toBe(204)
    app.clock.set(NEXT_STEP)
    expect((await signIn(app, ann.password, ann.codeAt(app.clock.now()))).status).toBe(401)
    expect((await ann.call('GET', '/api/v1/whoami')).status).toBe(401)
  })
})
