import { DEVICE_GRANT, deviceAuthorizationSchema, sessionsSchema, tokenAnswerSchema } from '@breakwater/contract'
import type { DeviceAuthorization } from '@breakwater/contract'
import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import type { TestApp } from '../../testing/app.ts'
import { createTestApp } from '../../testing/app.ts'
import type { Browser } from '../../testing/browser.ts'
import { signInAs } from '../../testing/browser.ts'
import { test } from '../../testing/database.ts'

const WHOAMI = '/api/v1/whoami'
const START_MS = Date.parse('2026-06-01T12:00:00.000Z')
const FORM = { client_id: 'breakwater-cli' }

const post = async (app: TestApp, path: string, form: Readonly<Record<string, string>>): Promise<Response> =>
  app.request(
    path,
    { method: 'POST', body: new URLSearchParams(form), headers: { 'user-agent': 'breakwater-cli' } },
    { incoming: { socket: { remoteAddress: '127.0.0.1' } } },
  )

async function start(app: TestApp, form: Readonly<Record<string, string>> = {}): Promise<DeviceAuthorization> {
  return deviceAuthorizationSchema.parse(await (await post(app, '/oauth2/device', { ...FORM, ...form })).json())
}

const poll = async (app: TestApp, { device_code }: DeviceAuthorization): Promise<Response> =>
  post(app, '/oauth2/token', { ...FORM, grant_type: DEVICE_GRANT, device_code })

const errorOf = async (response: Response): Promise<unknown> =>
  z.object({ error: z.string() }).parse(await response.json()).error

const codeOf = async (response: Response): Promise<string> =>
  z
    .object({ type: z.string() })
    .parse(await response.json())
    .type.slice('/errors/'.length)

const approve = async (browser: Browser, { user_code }: DeviceAuthorization): Promise<Response> =>
  browser.call('POST', '/api/v1/device/approve', { userCode: user_code })

function wait(app: TestApp, seconds: number): void {
  app.clock.set(new Date(app.clock.now().getTime() + seconds * 1_000).toISOString())
}

const asProgram = async (app: TestApp, token: string, path = WHOAMI): Promise<Response> =>
  app.request(
    path,
    { headers: { authorization: `Bearer ${token}`, 'user-agent': 'breakwater-cli' } },
    { incoming: { socket: { remoteAddress: '127.0.0.1' } } },
  )

async function logIn(app: TestApp, browser: Browser, form: Readonly<Record<string, string>> = {}): Promise<string> {
  const started = await start(app, form)
  expect((await approve(browser, started)).status).toBe(204)
  return tokenAnswerSchema.parse(await (await poll(app, started)).json()).access_token
}

describe('a device code', () => {
  test('is shown as eight consonants and waits until a person with a browser approves (AC-04)', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['auditor'])
    const started = await start(app)
    expect(started).toMatchObject({ expires_in: 600, interval: 5 })
    expect(started.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
    expect(started.verification_uri).toBe('https://localhost:8443/console/device')
    expect(await errorOf(await poll(app, started))).toBe('authorization_pending')
    const shown = await browser.call('POST', '/api/v1/device', { userCode: started.user_code.toLowerCase() })
    expect(await shown.json()).toMatchObject({ client: 'breakwater-cli', address: '127.0.0.1', scopes: null })
    expect((await approve(browser, started)).status).toBe(204)
    wait(app, 5)
    const answer = await poll(app, started)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const { access_token, token_type, expires_in } = tokenAnswerSchema.parse(await answer.json())
    expect([token_type, expires_in]).toEqual(['Bearer', 8 * 3_600])
    expect(await (await asProgram(app, access_token)).json()).toMatchObject({ id: browser.id, roles: ['auditor'] })
  })

  test('gives a session that is listed as the command line’s, idles out and can be revoked (AC-06)', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['auditor'])
    const token = await logIn(app, browser)
    const { sessions } = sessionsSchema.parse(await (await browser.call('GET', '/api/v1/session/all')).json())
    const own = sessions.find(({ method }) => method === 'device')
    expect(own).toMatchObject({ userAgent: 'breakwater-cli', isFlagged: false, isMfa: true })
    wait(app, 899)
    expect((await asProgram(app, token)).status).toBe(200)
    wait(app, 901)
    expect(await codeOf(await asProgram(app, token))).toBe('auth.session-expired')
    await browser.signInByPasskey()
    const second = await logIn(app, browser)
    const all = sessionsSchema.parse(await (await browser.call('GET', '/api/v1/session/all')).json()).sessions
    const id = all.find(({ method }) => method === 'device')?.id ?? ''
    expect((await browser.call('POST', `/api/v1/session/all/${id}/end`)).status).toBe(204)
    expect((await asProgram(app, second)).status).toBe(401)
  })

  test('serves once, also when two replicas are asked at the same time', async ({ db }) => {
    const app = await createTestApp(db)
    const other = await createTestApp(db, { keyring: app.keyring })
    const browser = await signInAs(app, ['auditor'])
    const started = await start(other)
    expect((await approve(browser, started)).status).toBe(204)
    const answers = await Promise.all([poll(app, started), poll(other, started), poll(app, started)])
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400, 400])
    wait(app, 60)
    expect(await errorOf(await poll(app, started))).toBe('invalid_grant')
  })

  test('approved on one replica serves on the other at once', async ({ db }) => {
    const app = await createTestApp(db)
    const other = await createTestApp(db, { keyring: app.keyring })
    const browser = await signInAs(app, ['auditor'])
    const started = await start(app)
    await approve(browser, started)
    const { access_token } = tokenAnswerSchema.parse(await (await poll(other, started)).json())
    expect((await asProgram(app, access_token)).status).toBe(200)
  })

  test('asked for too soon is slowed down, and by five seconds more each time (RFC 8628 section 3.5)', async ({
    db,
  }) => {
    const app = await createTestApp(db)
    const started = await start(app)
    expect(await errorOf(await poll(app, started))).toBe('authorization_pending')
    wait(app, 4)
    expect(await errorOf(await poll(app, started))).toBe('slow_down')
    wait(app, 9)
    expect(await errorOf(await poll(app, started))).toBe('slow_down')
    wait(app, 15)
    expect(await errorOf(await poll(app, started))).toBe('authorization_pending')
  })

  test('runs out after ten minutes, for the program and for the person', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['auditor'])
    const started = await start(app)
    app.clock.set(new Date(START_MS + 600_000).toISOString())
    expect(await errorOf(await poll(app, started))).toBe('expired_token')
    await browser.signInByPasskey()
    expect(await codeOf(await approve(browser, started))).toBe('resource.unknown')
  })

  test('that is denied gives nothing, and is answered once', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['auditor'])
    const started = await start(app)
    const denied = await browser.call('POST', '/api/v1/device/deny', { userCode: started.user_code })
    expect(denied.status).toBe(204)
    expect(await codeOf(await approve(browser, started))).toBe('resource.unknown')
    expect(await errorOf(await poll(app, started))).toBe('access_denied')
    const kinds = (await app.readLedger()).map(({ entry }) => entry.kind)
    expect(kinds.filter((kind) => kind.startsWith('device.'))).toEqual(['device.denied'])
  })

  test('is approved by nobody without fresh factors, nor by a program, nor from another site (AC-03)', async ({
    db,
  }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['auditor'])
    const token = await logIn(app, browser)
    const started = await start(app)
    const body = JSON.stringify({ userCode: started.user_code })
    const headers = { 'content-type': 'application/json', 'user-agent': 'breakwater-cli' }
    const env = { incoming: { socket: { remoteAddress: '127.0.0.1' } } }
    const byProgram = await app.request(
      '/api/v1/device/approve',
      { method: 'POST', body, headers: { ...headers, authorization: `Bearer ${token}` } },
      env,
    )
    expect(await codeOf(byProgram)).toBe('resource.conflict')
    const byService = await app.call(app.tokens.app, 'POST', '/api/v1/device/deny', { userCode: started.user_code })
    expect(await codeOf(byService)).toBe('resource.conflict')
    const crossSite = await browser.call('POST', '/api/v1/device/approve', JSON.parse(body), {
      'sec-fetch-site': 'cross-site',
    })
    expect(await codeOf(crossSite)).toBe('auth.cross-site')
    wait(app, 301)
    expect(await codeOf(await approve(browser, started))).toBe('auth.step-up-required')
    await browser.stepUpByPasskey()
    expect((await approve(browser, started)).status).toBe(204)
  })

  test('approved from a session that was ended since gives nothing (AC-15)', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['auditor'])
    const started = await start(app)
    await approve(browser, started)
    await browser.call('POST', '/api/v1/session/end')
    expect(await errorOf(await poll(app, started))).toBe('access_denied')
  })

  test('cannot be guessed: five wrong ones lock, on every replica, and are an alert', async ({ db }) => {
    const app = await createTestApp(db)
    const other = await createTestApp(db, { keyring: app.keyring })
    const browser = await signInAs(app, ['auditor'])
    const { user_code: good } = await start(app)
    const codes: string[] = []
    for (let guess = 0; guess < 5; guess++) {
      codes.push(await codeOf(await browser.call('POST', '/api/v1/device', { userCode: 'BCDF-GHJK' })))
    }
    expect(new Set(codes)).toEqual(new Set(['resource.unknown']))
    const there = await other.services.devices
      .read({ ...(await callerOf(app, browser)) }, good.replace('-', ''))
      .catch((error: { code: string }) => error.code)
    expect(there).toBe('auth.locked')
    expect(app.logged.filter(({ fields }) => fields['code'] === 'device.locked')).toHaveLength(1)
    wait(app, 899)
    expect(await codeOf(await browser.call('POST', '/api/v1/device', { userCode: good }))).toBe('auth.locked')
    await browser.signInByPasskey()
    wait(app, 2)
    const { user_code } = await start(app)
    expect((await browser.call('POST', '/api/v1/device', { userCode: user_code })).status).toBe(200)
  })

  test('narrows the session to its scopes and never widens it', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const token = await logIn(app, browser, { scope: 'readLedger' })
    expect((await asProgram(app, token, '/api/v1/principals')).status).toBe(403)
    const whole = await logIn(app, browser)
    expect((await asProgram(app, whole, '/api/v1/principals')).status).toBe(200)
    expect(await errorOf(await post(app, '/oauth2/device', { ...FORM, scope: 'everything' }))).toBe('invalid_scope')
  })

  test('is refused to other clients and unknown tenants, and to an address that asks for many', async ({ db }) => {
    const app = await createTestApp(db)
    expect(await errorOf(await post(app, '/oauth2/device', { client_id: 'somebody' }))).toBe('invalid_grant')
    expect((await post(app, '/oauth2/device', { ...FORM, tenant: 'nobody-here' })).status).toBe(429)
    const statuses: number[] = []
    for (let count = 0; count < 11; count++) statuses.push((await post(app, '/oauth2/device', FORM)).status)
    expect(statuses).toEqual([...Array<number>(10).fill(200), 429])
  })

  test('lies in the database as a hash and a MAC', async ({ db, migrator }) => {
    const app = await createTestApp(db)
    const { device_code, user_code } = await start(app)
    const { rows } = await sql<{ text: string }>`select string_agg(d::text, ' ') as text from device_codes d`.execute(
      migrator,
    )
    const secret = device_code.slice(-43)
    const text = rows[0]?.text ?? ''
    expect(text).toContain('breakwater-cli')
    for (const part of [secret, user_code, user_code.replace('-', '')]) {
      expect(text).not.toContain(part)
      expect(text).not.toContain(Buffer.from(part).toString('hex'))
    }
  })
})

async function callerOf(app: TestApp, browser: Browser & { readonly id: string }) {
  const [session] = await app.services.sessions.list('default', browser.id)
  const person = await app.services.principals.find('default', browser.id)
  if (!session || !person) throw new Error('nobody')
  const { id, isPhishingResistant, authenticatedAt } = session
  return { ...person, session: { id, isMfa: true as const, isPhishingResistant, authenticatedAt } }
}
