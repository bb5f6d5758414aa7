import { generateKeyPairSync } from 'node:crypto'
import type { JsonWebKey } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { currentSessionSchema, redirectSchema } from '@breakwater/contract'
import type { IdentityProviderInput } from '@breakwater/contract'
import { startIdentityProvider } from '@breakwater/testkit'
import type { RunningIdentityProvider } from '@breakwater/testkit'
import { describe, expect, onTestFinished } from 'vitest'
import { z } from 'zod'
import type { Db } from '../../platform/db/database.ts'
import { makeIdentity } from '../../platform/tls/make-identity.ts'
import { createTestApp } from '../../testing/app.ts'
import type { TestApp } from '../../testing/app.ts'
import { createBrowser, signInAs, TEST_ORIGIN } from '../../testing/browser.ts'
import type { Browser } from '../../testing/browser.ts'
import { test } from '../../testing/database.ts'

const CALLBACK = '/api/v1/sign-in/callback/hospital'
const KEY_ID = 'breakwater-1'
// Generated for each run: nothing in this file opens anything.
const SECRET = crypto.randomUUID()
const DAY_MS = 86_400_000

interface Hospital {
  readonly app: TestApp
  readonly provider: RunningIdentityProvider
}

interface Setup {
  readonly mfa?: IdentityProviderInput['mfa']
  /** The client proves itself by a signature (RFC 7523) instead of a secret. */
  readonly isByKey?: boolean
  /** The key in the secrets folder is not the one that the provider knows. */
  readonly isStrangersKey?: boolean
}

async function createHospital(db: Db, { mfa, isByKey = false, isStrangersKey = false }: Setup = {}): Promise<Hospital> {
  const now = new Date()
  const identity = await makeIdentity({
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + DAY_MS),
  })
  // As NODE_EXTRA_CA_CERTS would at the start of a program.
  setDefaultCACertificates([...getCACertificates('default'), identity.ca])
  const [ours, strangers] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }))
  const signing = isStrangersKey ? strangers : ours
  const clientKey: JsonWebKey | undefined = isByKey ? ours?.publicKey.export({ format: 'jwk' }) : undefined
  const provider = await startIdentityProvider({
    certificate: identity.certificate,
    key: identity.key,
    clientId: 'breakwater',
    ...(clientKey ? { clientKey: { ...clientKey, kid: KEY_ID } } : { clientSecret: SECRET }),
    redirectUri: `${TEST_ORIGIN}${CALLBACK}`,
    people: {
      ann: { groups: ['doctors', 'choir'], amr: ['pwd', 'otp', 'mfa'] },
      hal: { groups: ['doctors'], amr: ['hwk', 'user'], acr: 'urn:hospital:strong' },
      one: { groups: ['doctors'], amr: ['pwd'] },
      out: { groups: ['choir'], amr: ['pwd', 'mfa'] },
    },
  })
  const secretsDir = await mkdtemp(join(tmpdir(), 'breakwater-secrets-'))
  const credentialFile = join(secretsDir, 'hospital')
  await writeFile(
    credentialFile,
    isByKey ? String(signing?.privateKey.export({ format: 'pem', type: 'pkcs8' })) : SECRET,
  )
  await chmod(credentialFile, 0o600)
  onTestFinished(async () => {
    await provider.stop()
    await rm(secretsDir, { recursive: true, force: true })
  })
  const app = await createTestApp(db, { now: now.toISOString(), secretsDir })
  await app.services.identityProviders.put({ tenant: 'default', id: 'breakwater' }, 'hospital', {
    label: 'Hospital',
    issuer: provider.issuer,
    clientId: 'breakwater',
    clientAuthentication: isByKey ? 'private_key_jwt' : 'client_secret_basic',
    credentialFile: 'hospital',
    ...(isByKey && { keyId: KEY_ID }),
    scopes: [],
    groupsClaim: 'groups',
    groups: [{ group: 'doctors', roles: ['clinician'], purposes: ['TREAT'], mayRestore: true }],
    mfa: mfa ?? { acr: [], amr: [['mfa']] },
    phishingResistant: { acr: [], amr: [['hwk', 'user']] },
    maxAuthenticationAgeSeconds: 3_600,
  })
  return { app, provider }
}

/** The person's browser at the provider: follows it until it sends the browser back. */
async function visit(start: string, account: string): Promise<URL> {
  const jar = new Map<string, string>()
  let at = new URL(start)
  for (let hops = 0; hops < 10; hops++) {
    const isForm = at.pathname.startsWith('/log-in/')
    const response = await fetch(at, {
      method: isForm ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(isForm && { body: new URLSearchParams({ account }) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const [name = '', ...value] = pair.split('=')
      if (value.join('=') === '') jar.delete(name)
      else jar.set(name, value.join('='))
    }
    await response.arrayBuffer()
    const location = response.headers.get('location')
    if (location === null) throw new Error(`the provider stays at ${at.pathname} with ${response.status}`)
    at = new URL(location, at)
    if (at.origin === TEST_ORIGIN) return at
  }
  throw new Error('the provider never sends the browser back')
}

async function begin(browser: Browser): Promise<string> {
  const response = await browser.call('POST', '/api/v1/sign-in/oidc/hospital', {})
  return redirectSchema.parse(await response.json()).url
}

async function comeBack(browser: Browser, url: URL): Promise<string> {
  const response = await browser.call('GET', `${url.pathname}${url.search}`)
  if (response.status === 303) return response.headers.get('location') ?? ''
  return z
    .object({ type: z.string() })
    .parse(await response.json())
    .type.slice('/errors/'.length)
}

async function logIn(app: TestApp, account: string): Promise<{ browser: Browser; told: string }> {
  const browser = createBrowser(app)
  return { browser, told: await comeBack(browser, await visit(await begin(browser), account)) }
}

async function readSession(browser: Browser) {
  return currentSessionSchema.parse(await (await browser.call('GET', '/api/v1/session')).json())
}

describe('log-in by a real provider of OpenID Connect over TLS', () => {
  test('by code with PKCE and a client secret gives the roles of mapped groups alone (AC-03, AC-04)', async ({
    db,
  }) => {
    const { app, provider } = await createHospital(db)
    const browser = createBrowser(app)
    const start = await begin(browser)
    const asked = new URL(start).searchParams
    expect([asked.get('response_type'), asked.get('code_challenge_method')]).toEqual(['code', 'S256'])
    const back = await visit(start, 'ann')
    expect(back.searchParams.get('iss')).toBe(provider.issuer)
    expect(await comeBack(browser, back)).toBe('/')
    const { person, session } = await readSession(browser)
    expect(person).toMatchObject({ kind: 'human', roles: ['clinician'], purposes: ['TREAT'] })
    expect(session).toMatchObject({ method: 'oidc', isMfa: true, isPhishingResistant: false })
  })

  test('by a client that signs (private_key_jwt, RFC 7523) instead of showing a secret (AC-04)', async ({ db }) => {
    const { app } = await createHospital(db, { isByKey: true })
    expect((await logIn(app, 'ann')).told).toBe('/')
  })

  test('is the provider’s to refuse when the client signs with a key it does not know (AC-04)', async ({ db }) => {
    const { app } = await createHospital(db, { isByKey: true, isStrangersKey: true })
    expect((await logIn(app, 'ann')).told).toBe('identity-provider.unavailable')
    expect(await app.services.people.list('default')).toEqual([])
  })

  test('with a hardware key is resistant to phishing, by its amr, and more than one factor by its acr (AC-03)', async ({
    db,
  }) => {
    const { app } = await createHospital(db, { mfa: { acr: ['urn:hospital:strong'], amr: [] } })
    const { browser, told } = await logIn(app, 'hal')
    expect(told).toBe('/')
    expect((await readSession(browser)).session).toMatchObject({ isMfa: true, isPhishingResistant: true })
    expect((await logIn(app, 'ann')).told).toBe('auth.mfa-required')
  })

  test('with one factor, or without a mapped group, lets nobody in (AC-03, AC-04)', async ({ db }) => {
    const { app } = await createHospital(db)
    expect((await logIn(app, 'one')).told).toBe('auth.mfa-required')
    expect((await logIn(app, 'out')).told).toBe('auth.no-role')
    expect(await app.services.people.list('default')).toEqual([])
  })

  test('takes each code once, from the browser that left, with the provider named beside it (AC-04)', async ({
    db,
  }) => {
    const { app } = await createHospital(db)
    const [ann, thief, third] = [1, 2, 3].map(() => createBrowser(app)) as [Browser, Browser, Browser]
    const back = await visit(await begin(ann), 'ann')
    await begin(thief)
    expect(await comeBack(thief, back)).toBe('auth.sign-in-failed')
    const mixedUp = await visit(await begin(third), 'ann')
    mixedUp.searchParams.set('iss', 'https://elsewhere.example')
    expect(await comeBack(third, mixedUp)).toBe('auth.sign-in-failed')
    expect(await comeBack(ann, back)).toBe('/')
    expect(await comeBack(ann.copy({}), back)).toBe('auth.sign-in-failed')
  })

  test('steps up by showing the factors anew, and the session goes on under a new secret (AC-03)', async ({ db }) => {
    const { app } = await createHospital(db)
    const { browser } = await logIn(app, 'ann')
    const before = browser.cookies.get('__Host-breakwater')
    const { url } = redirectSchema.parse(await (await browser.call('POST', '/api/v1/session/step-up/oidc')).json())
    expect(new URL(url).searchParams.get('prompt')).toBe('login')
    expect(await comeBack(browser, await visit(url, 'ann'))).toBe('/')
    expect(browser.cookies.get('__Host-breakwater')).not.toBe(before)
    expect((await readSession(browser)).isSteppedUp).toBe(true)
  })
})

describe('a group that nobody confirmed', () => {
  const DUE_MS = 8 * 60_000

  test('gives nothing from the due second on: not at the next request, nor at the next log-in (AC-04, AC-10)', async ({
    db,
  }) => {
    const { app } = await createHospital(db)
    const { access, identityProviders } = app.services
    const pat = await signInAs(app, ['privacy-officer'])
    const { browser } = await logIn(app, 'ann')
    const dueAt = new Date(app.clock.now().getTime() + DUE_MS)
    const input = { scope: ['group' as const], reviewers: [pat.id], dueAt }
    const { id, items } = await access.recertification.start({ tenant: 'default', id: pat.id }, input)
    expect(items).toMatchObject([{ subject: 'hospital/doctors', roles: ['clinician'], purposes: ['TREAT'] }])
    app.clock.set(new Date(dueAt.getTime() - 1).toISOString())
    expect((await browser.call('GET', '/api/v1/whoami')).status).toBe(200)
    app.clock.set(dueAt.toISOString())
    expect((await browser.call('GET', '/api/v1/whoami')).status).toBe(401)
    const start = await begin(browser)
    expect(await comeBack(browser, await visit(start, 'ann'))).toBe('auth.no-role')

    expect(await access.recertification.sweep('default')).toBeGreaterThan(0)
    expect((await identityProviders.get('default', 'hospital')).groups).toEqual([])
    const kinds = (await app.readLedger()).map(({ entry }) => entry.kind)
    expect(kinds).toEqual(expect.arrayContaining(['recertification.lapsed', 'identity-provider.put']))
    expect((await access.recertification.get('default', id)).items).toHaveLength(1)
  })

  test('stays when it is confirmed, and a revoked one ends the sessions it gave at once (AC-10)', async ({ db }) => {
    const { app } = await createHospital(db)
    const { recertification } = app.services.access
    const pat = await signInAs(app, ['privacy-officer'])
    const { browser } = await logIn(app, 'ann')
    const dueAt = new Date(app.clock.now().getTime() + DUE_MS)
    const answer = async (word: string): Promise<void> => {
      const input = { scope: ['group'], reviewers: [pat.id], dueAt: dueAt.toISOString() }
      const started = await (await pat.call('POST', '/api/v1/recertifications', input)).json()
      const campaign = z.object({ id: z.string() }).parse(started).id
      const item = (await recertification.get('default', campaign)).items[0]?.id
      const path = `/api/v1/recertifications/${campaign}/items/${item}/answer`
      expect((await pat.call('POST', path, { answer: word })).status).toBe(204)
    }
    await answer('keep')
    expect((await browser.call('GET', '/api/v1/whoami')).status).toBe(200)
    await answer('revoke')
    await recertification.sweep('default')
    expect((await browser.call('GET', '/api/v1/whoami')).status).toBe(401)
    expect((await pat.call('GET', '/api/v1/whoami')).status).toBe(200)
  })
})
