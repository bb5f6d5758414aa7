import { invitationSchema, personSchema, signInOptionsSchema } from '@breakwater/contract'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { createTestApp } from '../../testing/app.ts'
import type { AssertionTweak } from '../../testing/authenticator.ts'
import { createBrowser, signInAs } from '../../testing/browser.ts'
import type { Browser } from '../../testing/browser.ts'
import { test } from '../../testing/database.ts'

const WHOAMI = '/api/v1/whoami'
const codeOf = async (response: Response): Promise<string> =>
  z
    .object({ type: z.string() })
    .parse(await response.json())
    .type.slice('/errors/'.length)

async function tryPasskey(browser: Browser, tweak: AssertionTweak): Promise<Response> {
  const response = browser.authenticator.get(await browser.options('/api/v1/sign-in/passkey/options'), tweak)
  return browser.call('POST', '/api/v1/sign-in/passkey', { response })
}

describe('the first administrator', () => {
  test('comes by a link that works once, for 15 minutes, with its secret in the fragment', async ({ db }) => {
    const app = await createTestApp(db)
    const options = async (): Promise<unknown> =>
      signInOptionsSchema.parse(await (await app.request('/api/v1/sign-in')).json()).needsBootstrap
    expect(await options()).toBe(true)
    const { url, expiresAt } = await app.services.invitations.issueBootstrap('default')
    expect(url).toMatch(/^https:\/\/localhost:8443\/enrol#bwi_default_[\w-]{43}$/)
    expect(expiresAt.toISOString()).toBe('2026-06-01T12:15:00.000Z')
    const browser = createBrowser(app)
    expect((await browser.enrol(url)).status).toBe(204)
    expect(await (await browser.call('GET', WHOAMI)).json()).toMatchObject({ kind: 'human', roles: ['administrator'] })
    const again = await app.request('/api/v1/enrol/options', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ token: new URL(url).hash.slice(1) }),
    })
    expect(await codeOf(again)).toBe('auth.invalid')
    expect(await options()).toBe(false)
    await expect(app.services.invitations.issueBootstrap('default')).rejects.toMatchObject({
      code: 'resource.conflict',
    })
  })

  test('is refused by a link of 15 minutes ago', async ({ db }) => {
    const app = await createTestApp(db)
    const { url } = await app.services.invitations.issueBootstrap('default')
    app.clock.set('2026-06-01T12:15:00.000Z')
    await expect(createBrowser(app).enrol(url)).rejects.toThrow()
  })

  test('is one, also when two links are used at the same time', async ({ db }) => {
    const app = await createTestApp(db)
    const links = await Promise.all([1, 2].map(async () => app.services.invitations.issueBootstrap('default')))
    const answers = await Promise.all(links.map(async ({ url }) => createBrowser(app).enrol(url)))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 409])
    expect(await app.services.people.list('default')).toHaveLength(1)
  })

  test('invites the second, and until then every change is marked single-control', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = createBrowser(app)
    await browser.enrol((await app.services.invitations.issueBootstrap('default')).url)
    expect(await app.services.people.isSingleControl('default')).toBe(true)
    const invited = await browser.call('POST', '/api/v1/invitations', { name: 'second', roles: ['administrator'] })
    const { url } = invitationSchema.parse(await invited.json())
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({
      kind: 'invite.issued',
      codes: ['invite', 'single-control'],
    })
    const second = createBrowser(app)
    await second.enrol(url)
    expect(await app.services.people.isSingleControl('default')).toBe(false)
    const demo = { kind: 'demo', isInternal: true, allowedAddresses: [], models: ['demo'] }
    expect((await second.call('PUT', '/api/v1/providers/demo', demo)).status).toBe(200)
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({ kind: 'provider.put', codes: [] })
  })
})

describe('production', () => {
  test('is not ready, and takes no token of a person, before two people administer it', async ({ db }) => {
    const seeded = await createTestApp(db)
    const app = await createTestApp(db, { keyring: seeded.keyring, environment: 'production' })
    expect((await app.call(seeded.tokens.admin, 'GET', WHOAMI)).status).toBe(401)
    const ready = await app.request('/readyz')
    expect([ready.status, await codeOf(ready)]).toEqual([503, 'setup.incomplete'])
    const crossing = await app.call(seeded.tokens.app, 'POST', '/api/v1/preview', { model: 'demo', messages: [] })
    expect([crossing.status, await codeOf(crossing)]).toEqual([503, 'setup.incomplete'])
    await signInAs(app, ['administrator'])
    await signInAs(app, ['administrator'])
    expect((await app.request('/readyz')).status).toBe(200)
    const open = await app.call(seeded.tokens.app, 'POST', '/api/v1/preview', { model: 'demo', messages: [] })
    expect(open.status).not.toBe(503)
  })
})

describe('a passkey', () => {
  test.for<[string, AssertionTweak]>([
    ['of another origin', { origin: 'https://evil.example' }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['whose user was not verified', { isUserVerified: false }],
    ['that another key signed', { isForged: true }],
    ['whose counter went back', { counter: 0 }],
  ])('%s is refused, and counts as a failed attempt (AC-03, MO-02)', async ([, tweak], { db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    expect((await browser.signInByPasskey()).status).toBe(204)
    expect(await codeOf(await tryPasskey(browser, tweak))).toBe('auth.sign-in-failed')
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({
      kind: 'signin.failed',
      principal: browser.id,
      codes: ['auth.sign-in-failed'],
      counts: { attempts: 1 },
    })
  })

  test('answers a challenge once, and only one of ours for this (AC-03)', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const response = browser.authenticator.get(await browser.options('/api/v1/sign-in/passkey/options'))
    expect((await browser.call('POST', '/api/v1/sign-in/passkey', { response })).status).toBe(204)
    expect(await codeOf(await browser.call('POST', '/api/v1/sign-in/passkey', { response }))).toBe(
      'auth.sign-in-failed',
    )
    const invented = Buffer.alloc(68, 7).toString('base64url')
    expect(await codeOf(await tryPasskey(browser, { challenge: invented }))).toBe('auth.sign-in-failed')
    const stepUp = await browser.options('/api/v1/session/step-up/passkey/options')
    const crossed = await browser.call('POST', '/api/v1/sign-in/passkey', {
      response: browser.authenticator.get(stepUp),
    })
    expect(await codeOf(crossed)).toBe('auth.sign-in-failed')
  })

  test('is added after a step-up, and the last one stays', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const second = createBrowser(app)
    const made = second.authenticator.create(await browser.options('/api/v1/passkeys/options'))
    expect((await browser.call('POST', '/api/v1/passkeys', { response: made, label: 'spare' })).status).toBe(204)
    expect((await second.signInByPasskey()).status).toBe(204)
    const list = z.object({ passkeys: z.array(z.object({ id: z.string(), label: z.string() }).loose()) })
    const { passkeys } = list.parse(await (await browser.call('GET', '/api/v1/passkeys')).json())
    expect(passkeys.map(({ label }) => label)).toEqual(['key', 'spare'])
    const [first, spare] = passkeys
    expect((await browser.call('POST', `/api/v1/passkeys/${spare?.id}/revoke`)).status).toBe(204)
    expect((await second.call('GET', WHOAMI)).status).toBe(401)
    expect((await second.signInByPasskey()).status).toBe(401)
    expect(await codeOf(await browser.call('POST', `/api/v1/passkeys/${first?.id}/revoke`))).toBe('resource.conflict')
    app.clock.set('2026-06-01T12:06:00.000Z')
    expect(await codeOf(await browser.call('POST', '/api/v1/passkeys/options'))).toBe('auth.step-up-required')
  })

  test('of another person steps nobody up (AC-05)', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const other = await signInAs(app, ['administrator'])
    const response = other.authenticator.get(await browser.options('/api/v1/session/step-up/passkey/options'))
    expect(await codeOf(await browser.call('POST', '/api/v1/session/step-up/passkey', { response }))).toBe(
      'auth.sign-in-failed',
    )
  })

  test('of somebody who lost it is replaced by a new link, and the old one is dead', async ({ db }) => {
    const app = await createTestApp(db)
    const lost = await signInAs(app, ['administrator'])
    const helper = await signInAs(app, ['administrator'])
    const answer = await helper.call('POST', `/api/v1/people/${lost.id}/reinvite`)
    const { url } = invitationSchema.parse(await answer.json())
    const fresh = createBrowser(app)
    expect((await fresh.enrol(url)).status).toBe(204)
    expect(await (await fresh.call('GET', WHOAMI)).json()).toMatchObject({ id: lost.id })
    expect((await lost.call('GET', WHOAMI)).status).toBe(401)
    expect((await lost.signInByPasskey()).status).toBe(401)
  })
})

describe('five failed attempts (MO-02)', () => {
  test('lock the account, alert at once, and another administrator unlocks it', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    const helper = await signInAs(app, ['administrator'])
    for (let attempt = 1; attempt <= 5; attempt++) await tryPasskey(browser, { isForged: true })
    expect(app.logged.filter(({ event }) => event === 'alert').map(({ fields }) => fields)).toContainEqual({
      code: 'signin.locked',
      tenant: 'default',
      principal: browser.id,
    })
    expect(await codeOf(await browser.signInByPasskey())).toBe('auth.locked')
    const read = async (): Promise<string | null | undefined> =>
      z
        .object({ people: z.array(personSchema) })
        .parse(await (await helper.call('GET', '/api/v1/people')).json())
        .people.find(({ id }) => id === browser.id)?.lockedUntil
    expect(await read()).toBe('2026-06-01T12:15:00.000Z')
    expect(await codeOf(await browser.call('POST', `/api/v1/people/${browser.id}/unlock`))).toBe('resource.conflict')
    expect((await helper.call('POST', `/api/v1/people/${browser.id}/unlock`)).status).toBe(204)
    expect(await read()).toBeNull()
    expect((await browser.signInByPasskey()).status).toBe(204)
  })

  test('count within 15 minutes, and the lock ends after 15', async ({ db }) => {
    const app = await createTestApp(db)
    const browser = await signInAs(app, ['administrator'])
    for (let attempt = 1; attempt <= 4; attempt++) await tryPasskey(browser, { isForged: true })
    app.clock.set('2026-06-01T12:15:00.000Z')
    await tryPasskey(browser, { isForged: true })
    expect((await browser.signInByPasskey()).status).toBe(204)
    for (let attempt = 1; attempt <= 5; attempt++) await tryPasskey(browser, { isForged: true })
    app.clock.set('2026-06-01T12:29:59.999Z')
    expect(await codeOf(await browser.signInByPasskey())).toBe('auth.locked')
    app.clock.set('2026-06-01T12:30:00.000Z')
    expect((await browser.signInByPasskey()).status).toBe(204)
  })
})
