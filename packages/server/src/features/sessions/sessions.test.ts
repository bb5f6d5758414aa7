import { currentSessionSchema, sessionsSchema } from '@breakwater/contract'
import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { createSoftwareAuthenticator } from '../../testing/authenticator.ts'
import { createTestApp } from '../../testing/app.ts'
import { createBrowser, signInAs, TEST_ORIGIN } from '../../testing/browser.ts'
import { test } from '../../testing/database.ts'

const WHOAMI = '/api/v1/whoami'
const COOKIE = '__Host-breakwater'
const typeOf = async (response: Response): Promise<unknown> =>
  z.object({ type: z.string() }).parse(await response.json()).type

describe('a session', () => {
  test('serves until 14:59 without a request and is refused at 15:01 (AC-06)', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    app.clock.set('2026-06-01T12:14:59.000Z')
    expect((await browser.call('GET', WHOAMI)).status).toBe(200)
    // The request before began the 15 minutes anew.
    app.clock.set('2026-06-01T12:29:58.000Z')
    expect((await browser.call('GET', WHOAMI)).status).toBe(200)
    app.clock.set('2026-06-01T12:44:59.000Z')
    const refused = await browser.call('GET', WHOAMI)
    expect(refused.status).toBe(401)
    expect(await typeOf(refused)).toBe('/errors/auth.session-expired')
  })

  test('of two replicas is idle on both or on none: 14:59 on the one after a request on the other (AC-06)', async ({
    db,
  }) => {
    const app = await createTestApp(db)
    const other = await createTestApp(db, { keyring: app.keyring })
    const browser = await signInAs(app, ['administrator'])
    app.clock.set('2026-06-01T12:10:00.000Z')
    expect((await browser.call('GET', WHOAMI)).status).toBe(200)
    await app.services.sessions.flushSeen()
    const there = createBrowser(other, {}, browser.authenticator, browser.cookies)
    other.clock.set('2026-06-01T12:24:59.000Z')
    expect((await there.call('GET', WHOAMI)).status).toBe(200)
    await other.services.sessions.flushSeen()
    other.clock.set('2026-06-01T12:40:00.000Z')
    expect((await there.call('GET', WHOAMI)).status).toBe(401)
  })

  test('ends after eight hours of work (AC-06)', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    for (let minutes = 10; minutes < 480; minutes += 10) {
      app.clock.set(new Date(Date.parse('2026-06-01T12:00:00Z') + minutes * 60_000).toISOString())
      expect((await browser.call('GET', WHOAMI)).status).toBe(200)
    }
    app.clock.set('2026-06-01T20:00:00.000Z')
    expect((await browser.call('GET', WHOAMI)).status).toBe(401)
  })

  test('is a host cookie that no script reads and no other site sends, and a hash in the database', async ({
    db,
    migrator,
  }) => {
    const app = await createTestApp(db)
    const { url } = await app.services.invitations.issueBootstrap('default')
    const browser = createBrowser(app)
    const enrolled = await browser.enrol(url)
    const [line = ''] = enrolled.headers.getSetCookie()
    expect(line).toMatch(/^__Host-breakwater=bws_default_[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/)
    const secret = (browser.cookies.get(COOKIE) ?? '').slice(-43)
    const { rows } = await sql<{ all: string }>`select string_agg(t, ' ') as all from (
      select s::text as t from sessions s union all select convert_from(entry, 'UTF8') from ledger_entries) x`.execute(
      migrator,
    )
    expect(rows[0]?.all).toContain('session.started')
    expect(rows[0]?.all).not.toContain(secret)
  })

  test('is no bearer token, and two credentials are none', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const secret = browser.cookies.get(COOKIE) ?? ''
    expect((await app.request(WHOAMI, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(401)
    const both = await browser.call('GET', WHOAMI, undefined, { authorization: `Bearer ${app.tokens.app}` })
    expect(await typeOf(both)).toBe('/errors/auth.invalid')
  })

  test('is not one that was planted: a log-in gives another secret', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const planted = browser.cookies.get(COOKIE)
    expect((await browser.signInByPasskey()).status).toBe(204)
    expect(browser.cookies.get(COOKIE)).not.toBe(planted)
  })

  test('has a new secret after a step-up, and the old one is dead (AC-03)', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const before = browser.copy({})
    app.clock.set('2026-06-01T12:06:00.000Z')
    const { isSteppedUp } = currentSessionSchema.parse(await (await browser.call('GET', '/api/v1/session')).json())
    expect(isSteppedUp).toBe(false)
    expect((await browser.stepUpByPasskey()).status).toBe(204)
    expect((await before.call('GET', WHOAMI)).status).toBe(401)
    const now = currentSessionSchema.parse(await (await browser.call('GET', '/api/v1/session')).json())
    expect(now.isSteppedUp).toBe(true)
    expect(now.stepUpMethods).toEqual(['passkey'])
  })

  test('cannot begin with one factor (AC-03)', async ({ db }) => {
    const app = await createTestApp(db)
    const { id } = await signInAs(app, ['administrator'])
    const begin = app.services.sessions.createSession({
      tenant: 'default',
      principal: id,
      method: 'oidc',
      carrier: 'cookie',
      isMfa: false,
      isPhishingResistant: false,
      client: { address: '127.0.0.1', userAgent: 'Test/1.0' },
    })
    await expect(begin).rejects.toMatchObject({ code: 'auth.mfa-required' })
  })

  test('is refused when its person is disabled (AC-15)', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    expect((await app.call(app.tokens.admin, 'POST', `/api/v1/principals/${browser.id}/disable`)).status).toBe(204)
    expect((await browser.call('GET', WHOAMI)).status).toBe(401)
    expect((await browser.signInByPasskey()).status).toBe(401)
  })
})

describe('a route that needs a step-up', () => {
  const POLICY = { idleSeconds: 600, absoluteSeconds: 3_600, onConcurrentUse: 'flag', maxSessions: 2 }

  test('wants factors of the last five minutes, and tells the ledger (AC-03)', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    app.clock.set('2026-06-01T12:05:00.000Z')
    expect((await browser.call('PUT', '/api/v1/session-policy', POLICY)).status).toBe(204)
    app.clock.set('2026-06-01T12:05:00.001Z')
    const refused = await browser.call('PUT', '/api/v1/session-policy', POLICY)
    expect(await typeOf(refused)).toBe('/errors/auth.step-up-required')
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({
      kind: 'administration.refused',
      codes: ['auth.step-up-required'],
    })
    const token = await app.call(app.tokens.admin, 'PUT', '/api/v1/session-policy', POLICY)
    expect(await typeOf(token)).toBe('/errors/auth.step-up-required')
  })

  test('refuses more than 15 idle minutes without an exception of the risk register (AC-06)', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const put = async (idle: number): Promise<Response> =>
      browser.call('PUT', '/api/v1/session-policy', { ...POLICY, idleSeconds: idle, exception: 'ward-7' })
    const refused = await put(901)
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ type: '/errors/resource.conflict', field: '/exception' })
    expect((await put(900)).status).toBe(204)
  })
})

describe('a cookie', () => {
  test.for<[string, Record<string, string>]>([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another site, told by its origin alone', { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }],
    ['a neighbour', { 'sec-fetch-site': 'same-site' }],
    ['a page without an origin', { origin: 'null' }],
  ])('changes nothing for %s', async ([, headers], { db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const refused = await browser.call('POST', '/api/v1/session/end', undefined, headers)
    expect(refused.status).toBe(403)
    expect(await typeOf(refused)).toBe('/errors/auth.cross-site')
    expect((await browser.call('GET', WHOAMI)).status).toBe(200)
  })

  test('changes nothing when the request does not say where it comes from', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const cookie = `${COOKIE}=${browser.cookies.get(COOKIE)}`
    const refused = await app.request('/api/v1/session/end', { method: 'POST', headers: { cookie } })
    expect(await typeOf(refused)).toBe('/errors/auth.cross-site')
  })

  test('planted beside the real one makes the request nobody’s', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const real = browser.cookies.get(COOKIE)
    const cookie = `${COOKIE}=bws_default_${'A'.repeat(43)}; ${COOKIE}=${real}`
    expect((await browser.call('GET', WHOAMI, undefined, { cookie })).status).toBe(401)
  })
})

describe('sessions', () => {
  test('are listed, and ended one by one and all at once (AC-15)', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const second = createBrowser(app, {}, browser.authenticator)
    const third = createBrowser(app, {}, browser.authenticator)
    app.clock.set('2026-06-01T12:00:01.000Z')
    await second.signInByPasskey()
    app.clock.set('2026-06-01T12:00:02.000Z')
    await third.signInByPasskey()
    const { sessions } = sessionsSchema.parse(await (await browser.call('GET', '/api/v1/session/all')).json())
    expect(sessions).toHaveLength(3)
    const ids = sessions.filter(({ isCurrent }) => !isCurrent).map(({ id }) => id)
    expect((await browser.call('POST', `/api/v1/session/all/${ids[0]}/end`)).status).toBe(204)
    expect((await third.call('GET', WHOAMI)).status).toBe(401)
    expect(await (await browser.call('POST', '/api/v1/session/others/end')).json()).toEqual({ ended: 1 })
    expect((await second.call('GET', WHOAMI)).status).toBe(401)
    expect((await browser.call('POST', '/api/v1/session/end')).status).toBe(204)
    expect(browser.cookies.has(COOKIE)).toBe(false)
    const kinds = (await app.readLedger()).map(({ entry }) => entry.kind)
    expect(kinds.filter((kind) => kind === 'session.ended')).toHaveLength(3)
  })

  test('of one’s own are ended by who just showed the factors: a session taken over throws nobody out', async ({
    db,
  }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['clinician'])
    app.clock.set('2026-06-01T12:06:00.000Z')
    await createBrowser(app, {}, browser.authenticator).signInByPasskey()
    const [, other] = await app.services.sessions.list('default', browser.id)
    for (const path of ['others', `all/${other?.id}`]) {
      const refused = await browser.call('POST', `/api/v1/session/${path}/end`)
      expect([refused.status, await refused.json()]).toEqual([
        401,
        expect.objectContaining({ type: '/errors/auth.step-up-required' }),
      ])
    }
    await browser.stepUpByPasskey()
    expect(await (await browser.call('POST', '/api/v1/session/others/end')).json()).toEqual({ ended: 1 })
    app.clock.set('2026-06-01T12:12:00.000Z')
    expect((await browser.call('POST', '/api/v1/session/end')).status).toBe(204)
  })

  test('of somebody else are ended by an administrator, not by a colleague', async ({ db }) => {
    const app = await createTestApp(db)
    const nurse = await signInAs(app, ['clinician'])
    const colleague = await signInAs(app, ['clinician'])
    const administrator = await signInAs(app, ['administrator'])
    const [own] = await app.services.sessions.list('default', nurse.id)
    expect((await colleague.call('POST', `/api/v1/session/all/${own?.id}/end`)).status).toBe(404)
    expect((await colleague.call('POST', `/api/v1/sessions/${own?.id}/end`)).status).toBe(403)
    const ended = await administrator.call('POST', `/api/v1/people/${nurse.id}/sessions/end`)
    expect(await ended.json()).toEqual({ ended: 1 })
    expect((await nurse.call('GET', WHOAMI)).status).toBe(401)
  })

  test('of one person are five at most: the oldest gives way', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    for (let second = 1; second <= 5; second++) {
      app.clock.set(`2026-06-01T12:00:0${second}.000Z`)
      await createBrowser(app, {}, browser.authenticator).signInByPasskey()
    }
    expect((await browser.call('GET', WHOAMI)).status).toBe(401)
    expect(await app.services.sessions.list('default', browser.id)).toHaveLength(5)
  })
})

describe('one session in two hands (AC-05)', () => {
  test('of another browser is flagged, told at once, and ended', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const thief = browser.copy({ userAgent: 'Other/2.0' })
    expect((await thief.call('GET', WHOAMI)).status).toBe(401)
    expect((await browser.call('GET', WHOAMI)).status).toBe(401)
    const kinds = (await app.readLedger()).slice(-2).map(({ entry }) => [entry.kind, entry.codes])
    expect(kinds).toEqual([
      ['session.flagged', ['concurrent-use']],
      ['session.ended', ['concurrent-use']],
    ])
    expect(app.logged.filter(({ event }) => event === 'alert')).toMatchObject([
      { fields: { code: 'session.concurrent-use', principal: browser.id } },
    ])
    const alerts = await app.services.access.alerts.list('default')
    expect(alerts).toMatchObject([{ kind: 'session-flagged', principal: browser.id }])
  })

  test('at two addresses within five minutes is flagged; an address that changes later is a walk', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const moved = createBrowser(app, { address: '10.0.0.7' }, browser.authenticator, browser.cookies)
    app.clock.set('2026-06-01T12:05:01.000Z')
    expect((await moved.call('GET', WHOAMI)).status).toBe(200)
    app.clock.set('2026-06-01T12:05:02.000Z')
    expect((await moved.call('GET', WHOAMI)).status).toBe(200)
    expect((await browser.call('GET', WHOAMI)).status).toBe(401)
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({ kind: 'session.ended', codes: ['concurrent-use'] })
  })

  test('is flagged and goes on where the policy says so', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const policy = { idleSeconds: 900, absoluteSeconds: 3_600, onConcurrentUse: 'flag', maxSessions: 2 }
    expect((await browser.call('PUT', '/api/v1/session-policy', policy)).status).toBe(204)
    const other = browser.copy({ userAgent: 'Other/2.0' })
    expect((await other.call('GET', WHOAMI)).status).toBe(200)
    expect((await other.call('GET', WHOAMI)).status).toBe(200)
    const flagged = (await app.readLedger()).filter(({ entry }) => entry.kind === 'session.flagged')
    expect(flagged).toHaveLength(1)
  })

  test('a second device of a person at work is flagged', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const other = createBrowser(app, { address: '10.0.0.9' }, browser.authenticator)
    expect((await other.signInByPasskey()).status).toBe(204)
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({
      kind: 'session.flagged',
      principal: browser.id,
      codes: ['second-device'],
    })
  })
})

test('an authenticator of another place has nothing to sign here', async ({ db }) => {
  const app = await createTestApp(db)
  const browser = createBrowser(app, {}, createSoftwareAuthenticator(TEST_ORIGIN))
  expect((await browser.signInByPasskey()).status).toBe(401)
})
