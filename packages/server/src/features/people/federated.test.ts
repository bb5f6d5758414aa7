import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { redirectSchema, sessionsSchema } from '@breakwater/contract'
import type { IdentityProviderInput } from '@breakwater/contract'
import { describe, expect, onTestFinished } from 'vitest'
import { z } from 'zod'
import type { TestApp } from '../../testing/app.ts'
import { createTestApp } from '../../testing/app.ts'
import type { Browser } from '../../testing/browser.ts'
import { createBrowser, signInAs } from '../../testing/browser.ts'
import { test } from '../../testing/database.ts'
import type { ScriptedIdentityProvider, ScriptedLogIn } from '../../testing/identity-provider.ts'
import { startScriptedIdentityProvider } from '../../testing/identity-provider.ts'
import type { Db } from '../../platform/db/database.ts'

const WHOAMI = '/api/v1/whoami'
const START = '/api/v1/sign-in/oidc/hospital'
const GOOD: ScriptedLogIn = { groups: ['g-doctors'], amr: ['pwd', 'otp'] }

interface Hospital {
  readonly app: TestApp
  readonly provider: ScriptedIdentityProvider
}

async function createHospital(
  db: Db,
  changes: Partial<IdentityProviderInput> = {},
  claimedIssuer?: string,
): Promise<Hospital> {
  const provider = await startScriptedIdentityProvider('breakwater', claimedIssuer)
  const secretsDir = await mkdtemp(join(tmpdir(), 'breakwater-secrets-'))
  await writeFile(join(secretsDir, 'hospital.secret'), 'a-client-secret\n')
  await chmod(join(secretsDir, 'hospital.secret'), 0o600)
  onTestFinished(async () => {
    await provider.close()
    await rm(secretsDir, { recursive: true, force: true })
  })
  const now = new Date().toISOString()
  const app = await createTestApp(db, { now, secretsDir, allowsInsecureIssuers: true })
  await app.services.identityProviders.put({ tenant: 'default', id: 'breakwater' }, 'hospital', {
    label: 'Hospital',
    issuer: provider.issuer,
    clientId: 'breakwater',
    clientAuthentication: 'client_secret_basic',
    credentialFile: 'hospital.secret',
    scopes: [],
    groupsClaim: 'groups',
    groups: [
      { group: 'g-doctors', roles: ['clinician'], purposes: ['TREAT'], mayRestore: true },
      { group: 'g-auditors', roles: ['auditor'], purposes: [], mayRestore: false },
      { group: 'g-keys', roles: ['key-administrator'], purposes: [], mayRestore: false },
    ],
    mfa: { acr: ['urn:mfa'], amr: [['pwd', 'otp']] },
    phishingResistant: { acr: [], amr: [['hwk', 'user']] },
    maxAuthenticationAgeSeconds: 3_600,
    ...changes,
  })
  return { app, provider }
}

async function begin(browser: Browser): Promise<string> {
  const { url } = redirectSchema.parse(await (await browser.call('POST', START, {})).json())
  return url
}

/** A whole log-in: the console asks, the person is at the provider, the browser comes back. */
async function signIn(browser: Browser, { provider }: Hospital, script: ScriptedLogIn): Promise<Response> {
  return comeBack(browser, provider.logIn(await begin(browser), script))
}

/** A top-level navigation from another site: the session's cookie, being Strict, would stay at home. */
async function comeBack(browser: Browser, href: string): Promise<Response> {
  const { pathname, search } = new URL(href)
  return browser.call('GET', `${pathname}${search}`, undefined, { 'sec-fetch-site': 'cross-site' })
}

const codeOf = async (response: Response): Promise<string> =>
  z
    .object({ type: z.string() })
    .parse(await response.json())
    .type.slice('/errors/'.length)

describe('a log-in by an identity provider', () => {
  test('makes a person of the groups it tells, once for ever (AC-04, AC-05)', async ({ db }) => {
    const hospital = await createHospital(db)
    const browser = createBrowser(hospital.app)
    const back = await signIn(browser, hospital, GOOD)
    expect([back.status, back.headers.get('location')]).toEqual([303, '/'])
    const first = z
      .object({ id: z.string() })
      .loose()
      .parse(await (await browser.call('GET', WHOAMI)).json())
    expect(first).toMatchObject({ kind: 'human', roles: ['clinician'], purposes: ['TREAT'], mayRestore: true })
    expect(first.id).toMatch(/^person-[0-9a-f]{16}$/)
    const again = createBrowser(hospital.app)
    await signIn(again, hospital, { ...GOOD, groups: ['g-auditors'] })
    expect(await (await again.call('GET', WHOAMI)).json()).toMatchObject({ id: first.id, roles: ['auditor'] })
    expect(await hospital.app.services.people.list('default')).toHaveLength(1)
  })

  test('is of who the subject claim says, where `sub` is pairwise as Entra’s is: the person that SCIM sent (AC-05)', async ({
    db,
  }) => {
    const hospital = await createHospital(db, { subjectClaim: 'oid' })
    const { app } = hospital
    const issued = await app.services.scimTokens.issue(
      { tenant: 'default', id: 'breakwater' },
      { identityProvider: 'hospital' },
    )
    const sent = await app.request('/scim/v2/Users', {
      method: 'POST',
      headers: { authorization: `Bearer ${issued.token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ userName: 'ada@hospital.example', externalId: 'object-7' }),
    })
    expect(sent.status).toBe(201)
    for (const subject of ['pairwise-of-this-application', 'pairwise-of-its-successor']) {
      expect((await signIn(createBrowser(app), hospital, { ...GOOD, subject, oid: 'object-7' })).status).toBe(303)
    }
    expect(await app.services.people.list('default')).toMatchObject([{ subject: 'object-7' }])
    const nameless = await signIn(createBrowser(app), hospital, { ...GOOD, subject: 'object-7' })
    expect(await codeOf(nameless)).toBe('auth.sign-in-failed')
    expect(await app.services.people.list('default')).toHaveLength(1)
  })

  test('never by a claim that is given to others in time, nor by another one than people are known by', async ({
    db,
  }) => {
    const hospital = await createHospital(db)
    const { app } = hospital
    await signIn(createBrowser(app), hospital, GOOD)
    const {
      id: _id,
      version: _version,
      isDisabled: _disabled,
      ...input
    } = await app.services.identityProviders.get('default', 'hospital')
    const admin = await signInAs(app, ['administrator'])
    const put = async (subjectClaim: string): Promise<Response> =>
      admin.call('PUT', '/api/v1/identity-providers/hospital', { ...input, subjectClaim })
    for (const claim of ['email', 'preferred_username', 'UPN']) {
      expect([claim, (await put(claim)).status]).toEqual([claim, 400])
    }
    expect([(await put('oid')).status, (await put('sub')).status]).toEqual([409, 200])
  })

  test('at the same time from two browsers makes one person (AC-05)', async ({ db }) => {
    const hospital = await createHospital(db)
    const browsers = [1, 2, 3, 4].map(() => createBrowser(hospital.app))
    const answers = await Promise.all(browsers.map(async (browser) => signIn(browser, hospital, GOOD)))
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303])
    expect(await hospital.app.services.people.list('default')).toHaveLength(1)
  })

  test('asks with PKCE, state, nonce and an age, and names its one address', async ({ db }) => {
    const hospital = await createHospital(db)
    const asked = Object.fromEntries(new URL(await begin(createBrowser(hospital.app))).searchParams)
    expect(asked).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      scope: 'openid',
      max_age: '3600',
      redirect_uri: 'https://localhost:8443/api/v1/sign-in/callback/hospital',
    })
    for (const secret of [asked['state'], asked['nonce'], asked['code_challenge']]) {
      expect(secret).toMatch(/^[\w-]{43}$/)
    }
  })

  test.for<[string, string, ScriptedLogIn]>([
    ['without a word on factors', 'auth.mfa-required', { groups: ['g-doctors'] }],
    ['with one factor', 'auth.mfa-required', { ...GOOD, amr: ['pwd'] }],
    ['with an acr that does not count', 'auth.mfa-required', { ...GOOD, amr: [], acr: 'urn:password' }],
    ['with factors of two hours ago', 'auth.sign-in-failed', { ...GOOD, authAgeSeconds: 7_200 }],
    ['without the time of the factors', 'auth.sign-in-failed', { ...GOOD, withoutAuthTime: true }],
    ['with factors of the future', 'auth.sign-in-failed', { ...GOOD, authAgeSeconds: -60 }],
    ['with another nonce', 'auth.sign-in-failed', { ...GOOD, nonce: 'other' }],
    ['of another issuer', 'auth.sign-in-failed', { ...GOOD, issuer: 'https://evil.example' }],
    ['that another issuer sent back', 'auth.sign-in-failed', { ...GOOD, callbackIssuer: 'https://evil.example' }],
    ['for another client', 'auth.sign-in-failed', { ...GOOD, audience: 'another' }],
    ['that nobody signed', 'auth.sign-in-failed', { ...GOOD, isUnsigned: true }],
    ['signed by a stranger', 'auth.sign-in-failed', { ...GOOD, isForged: true }],
    ['that has expired', 'auth.sign-in-failed', { ...GOOD, isExpired: true }],
    ['of nobody’s group', 'auth.no-role', { ...GOOD, groups: ['g-unmapped'] }],
    ['of groups that must not meet', 'auth.no-role', { ...GOOD, groups: ['g-doctors', 'g-keys'] }],
  ])('%s is refused with %s, and nobody is made (AC-03, AC-04)', async ([, code, script], { db }) => {
    const hospital = await createHospital(db)
    const browser = createBrowser(hospital.app)
    const refused = await signIn(browser, hospital, script)
    expect(await codeOf(refused)).toBe(code)
    expect(browser.cookies.size).toBe(0)
    expect(await hospital.app.services.people.list('default')).toEqual([])
  })

  test('is not begun when the metadata tell of another issuer', async ({ db }) => {
    const hospital = await createHospital(db, {}, 'https://login.other.example')
    const refused = await createBrowser(hospital.app).call('POST', START, {})
    expect(await codeOf(refused)).toBe('identity-provider.unavailable')
  })

  test('of the same subject at another provider is another person (AC-05)', async ({ db }) => {
    const hospital = await createHospital(db)
    const { identityProviders, people } = hospital.app.services
    const clinic = await startScriptedIdentityProvider('breakwater')
    onTestFinished(async () => clinic.close())
    const {
      id: _id,
      version: _version,
      isDisabled: _isDisabled,
      tenant: _tenant,
      ...input
    } = Object(await identityProviders.get('default', 'hospital'))
    await identityProviders.put({ tenant: 'default', id: 'breakwater' }, 'clinic', { ...input, issuer: clinic.issuer })
    await signIn(createBrowser(hospital.app), hospital, GOOD)
    const other = createBrowser(hospital.app)
    const { url } = redirectSchema.parse(await (await other.call('POST', '/api/v1/sign-in/oidc/clinic', {})).json())
    expect((await comeBack(other, clinic.logIn(url, GOOD))).status).toBe(303)
    const known = await people.list('default')
    expect(new Set(known.map(({ subject }) => subject))).toEqual(new Set(['subject-1']))
    expect(new Set(known.map(({ principal }) => principal)).size).toBe(2)
  })

  test('counts an acr that is listed, and a hardware key as resistant to phishing (AC-03)', async ({ db }) => {
    const hospital = await createHospital(db)
    const browser = createBrowser(hospital.app)
    expect((await signIn(browser, hospital, { groups: ['g-doctors'], acr: 'urn:mfa' })).status).toBe(303)
    const key = createBrowser(hospital.app)
    expect((await signIn(key, hospital, { groups: ['g-doctors'], amr: ['hwk', 'user'] })).status).toBe(303)
    const { sessions } = sessionsSchema.parse(await (await key.call('GET', '/api/v1/session/all')).json())
    expect(new Set(sessions.map(({ isPhishingResistant }) => isPhishingResistant))).toEqual(new Set([false, true]))
  })

  test('comes back once: a replayed answer is refused, also with the code unused', async ({ db }) => {
    const hospital = await createHospital(db)
    const browser = createBrowser(hospital.app)
    const href = hospital.provider.logIn(await begin(browser), GOOD)
    const replayer = browser.copy({})
    expect((await comeBack(browser, href)).status).toBe(303)
    expect(await codeOf(await comeBack(replayer, href))).toBe('auth.sign-in-failed')
  })

  test('comes back to the browser that left: another’s state, none, and a tampered one are refused', async ({ db }) => {
    const hospital = await createHospital(db)
    const attacker = createBrowser(hospital.app)
    const victim = createBrowser(hospital.app)
    const planted = hospital.provider.logIn(await begin(attacker), GOOD)
    expect(await codeOf(await comeBack(victim, planted))).toBe('auth.sign-in-failed')
    await begin(victim)
    expect(await codeOf(await comeBack(victim, planted))).toBe('auth.sign-in-failed')
    const tampered = new URL(hospital.provider.logIn(await begin(victim), GOOD))
    tampered.searchParams.set('state', 'A'.repeat(43))
    expect(await codeOf(await comeBack(victim, tampered.href))).toBe('auth.sign-in-failed')
  })

  test('comes back to the address of its own provider only', async ({ db }) => {
    const hospital = await createHospital(db)
    const browser = createBrowser(hospital.app)
    const href = hospital.provider.logIn(await begin(browser), GOOD).replace('/callback/hospital', '/callback/clinic')
    expect(await codeOf(await comeBack(browser, href))).toBe('auth.sign-in-failed')
  })

  test('lasts ten minutes', async ({ db }) => {
    const hospital = await createHospital(db)
    const browser = createBrowser(hospital.app)
    const href = hospital.provider.logIn(await begin(browser), GOOD)
    hospital.app.clock.set(new Date(Date.now() + 601_000).toISOString())
    expect(await codeOf(await comeBack(browser, href))).toBe('auth.sign-in-failed')
  })

  test('is not begun by another site', async ({ db }) => {
    const hospital = await createHospital(db)
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const refused = await createBrowser(hospital.app).call('POST', START, {}, headers)
    expect(await codeOf(refused)).toBe('auth.cross-site')
  })

  test('shows a browser the console’s page with the code, and no more', async ({ db }) => {
    const hospital = await createHospital(db)
    const browser = createBrowser(hospital.app)
    const { pathname, search } = new URL(hospital.provider.logIn(await begin(browser), { ...GOOD, amr: ['pwd'] }))
    const back = await browser.call('GET', `${pathname}${search}`, undefined, { accept: 'text/html' })
    expect([back.status, back.headers.get('location')]).toEqual([303, '/sign-in#auth.mfa-required'])
  })

  test('is refused to a disabled person (AC-15)', async ({ db }) => {
    const hospital = await createHospital(db)
    const browser = createBrowser(hospital.app)
    await signIn(browser, hospital, GOOD)
    const [person] = await hospital.app.services.people.list('default')
    const actor = { tenant: 'default', id: 'admin' }
    await hospital.app.services.principals.disable(actor, person?.principal ?? '')
    expect((await browser.call('GET', WHOAMI)).status).toBe(401)
    expect(await codeOf(await signIn(createBrowser(hospital.app), hospital, GOOD))).toBe('auth.invalid')
  })

  test('that finds no group left ends the sessions that there are (AC-04, AC-15)', async ({ db }) => {
    const hospital = await createHospital(db)
    const browser = createBrowser(hospital.app)
    await signIn(browser, hospital, GOOD)
    const other = createBrowser(hospital.app)
    expect(await codeOf(await signIn(other, hospital, { ...GOOD, groups: [] }))).toBe('auth.no-role')
    expect((await browser.call('GET', WHOAMI)).status).toBe(401)
  })

  test('with one factor five times locks the person, and tells at once (MO-02)', async ({ db }) => {
    const hospital = await createHospital(db)
    await signIn(createBrowser(hospital.app), hospital, GOOD)
    for (let attempt = 1; attempt <= 5; attempt++) {
      const refused = await signIn(createBrowser(hospital.app), hospital, { ...GOOD, amr: ['pwd'] })
      expect(await codeOf(refused)).toBe('auth.mfa-required')
    }
    expect(await codeOf(await signIn(createBrowser(hospital.app), hospital, GOOD))).toBe('auth.locked')
    const entries = (await hospital.app.readLedger()).map(({ entry }) => entry)
    expect(entries.filter(({ kind }) => kind === 'signin.failed')).toHaveLength(5)
    expect(entries.at(-1)).toMatchObject({ kind: 'signin.locked', decision: 'deny', counts: { attempts: 5 } })
    expect(hospital.app.logged.filter(({ event }) => event === 'alert')).toMatchObject([
      { fields: { code: 'signin.locked' } },
    ])
  })
})

describe('a step-up by the identity provider', () => {
  const STEP_UP = '/api/v1/session/step-up/oidc'

  async function stepUp(browser: Browser, { provider }: Hospital, script: ScriptedLogIn): Promise<Response> {
    const { url } = redirectSchema.parse(await (await browser.call('POST', STEP_UP)).json())
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({ max_age: '0', prompt: 'login' })
    return comeBack(browser, provider.logIn(url, script))
  }

  test('gives the session a new secret when the factors were shown again (AC-03)', async ({ db }) => {
    const hospital = await createHospital(db)
    const browser = createBrowser(hospital.app)
    await signIn(browser, hospital, { ...GOOD, authAgeSeconds: 1_800 })
    const before = browser.copy({})
    const read = async (): Promise<unknown> =>
      z.object({ isSteppedUp: z.boolean() }).parse(await (await browser.call('GET', '/api/v1/session')).json())
        .isSteppedUp
    expect(await read()).toBe(false)
    expect((await stepUp(browser, hospital, GOOD)).status).toBe(303)
    expect(await read()).toBe(true)
    expect((await before.call('GET', WHOAMI)).status).toBe(401)
  })

  test('is refused when the provider did not ask again, or somebody else answered (AC-03)', async ({ db }) => {
    const hospital = await createHospital(db)
    const browser = createBrowser(hospital.app)
    await signIn(browser, hospital, GOOD)
    expect(await codeOf(await stepUp(browser, hospital, { ...GOOD, authAgeSeconds: 60 }))).toBe('auth.sign-in-failed')
    expect(await codeOf(await stepUp(browser, hospital, { ...GOOD, subject: 'subject-2' }))).toBe('auth.sign-in-failed')
  })
})

describe('roles', () => {
  test('are not given to a person by hand (AC-04)', async ({ db }) => {
    const hospital = await createHospital(db)
    await signIn(createBrowser(hospital.app), hospital, GOOD)
    const [person] = await hospital.app.services.people.list('default')
    const body = { kind: 'human', roles: ['administrator'], purposes: [], mayRestore: false }
    const path = `/api/v1/principals/${person?.principal}`
    const asPerson = await hospital.app.call(hospital.app.tokens.admin, 'PUT', path, body)
    expect([asPerson.status, await asPerson.json()]).toMatchObject([400, { field: '/kind' }])
    const asService = await hospital.app.call(hospital.app.tokens.admin, 'PUT', path, { ...body, kind: 'service' })
    expect(await codeOf(asService)).toBe('resource.conflict')
  })

  test('an account that several could share cannot be made (AC-05)', async ({ db }) => {
    const app = await createTestApp(db)
    const body = { kind: 'human', roles: ['clinician'], purposes: [], mayRestore: false }
    const refused = await app.call(app.tokens.admin, 'PUT', '/api/v1/principals/ward-7', body)
    expect([refused.status, await refused.json()]).toMatchObject([400, { field: '/kind' }])
    const { id } = await signInAs(app, ['administrator'])
    const token = await app.call(app.tokens.admin, 'POST', `/api/v1/principals/${id}/tokens`, {})
    expect(await codeOf(token)).toBe('resource.conflict')
  })
})
