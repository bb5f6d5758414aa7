import { issuedScimTokenSchema } from '@breakwater/contract'
import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import type { TestApp } from '../../testing/app.ts'
import { createTestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { loggedIn } from '../../testing/principals.ts'
import type { Db } from '../../platform/db/database.ts'

const WHOAMI = '/api/v1/whoami'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const ISSUER = 'https://idp.hospital.example'
const SELF = { tenant: 'default', id: 'breakwater' }

const resourceSchema = z.looseObject({ id: z.string(), active: z.boolean().optional() })
const listSchema = z.object({ totalResults: z.int(), Resources: z.array(z.looseObject({ id: z.string() })) })

interface Answer {
  readonly status: number
  readonly body: unknown
}
type Send = (method: string, path: string, body?: unknown) => Promise<Answer>

/** A hospital whose directory speaks SCIM. */
async function createHospital(db: Db): Promise<{ app: TestApp; send: Send; token: string }> {
  const app = await createTestApp(db)
  await app.services.identityProviders.put(SELF, 'hospital', {
    label: 'Hospital',
    issuer: ISSUER,
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
    mfa: { acr: ['urn:mfa'], amr: [] },
    phishingResistant: { acr: [], amr: [] },
    maxAuthenticationAgeSeconds: 3_600,
  })
  const answer = await app.call(app.tokens.admin, 'POST', '/api/v1/scim-tokens', { identityProvider: 'hospital' })
  const { token } = issuedScimTokenSchema.parse(await answer.json())
  return { app, token, send: sender(app, token) }
}

function sender(app: TestApp, token: string): Send {
  return async (method, path, body) => {
    const response = await app.request(`/scim/v2/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
}

const patch = (...Operations: readonly object[]): object => ({ schemas: [PATCH], Operations })

async function addUser(send: Send, name: string, more: object = {}): Promise<string> {
  const { status, body } = await send('POST', 'Users', {
    userName: `${name}@hospital.example`,
    externalId: name,
    ...more,
  })
  expect(status).toBe(201)
  return resourceSchema.parse(body).id
}

async function personOf(app: TestApp, subject: string) {
  const found = (await app.services.people.list('default')).find((person) => person.subject === subject)
  if (!found) throw new Error('no such person')
  return found
}

/** A session of a person as a log-in would begin it. */
async function beginSession(app: TestApp, principal: string): Promise<string> {
  const { secret } = await app.services.sessions.createSession({
    tenant: 'default',
    principal,
    method: 'oidc',
    carrier: 'bearer',
    isMfa: true,
    isPhishingResistant: false,
    client: { address: '::1', userAgent: '' },
  })
  return secret
}

const ask = async (app: TestApp, secret: string): Promise<number> =>
  (await app.request(WHOAMI, { headers: { authorization: `Bearer ${secret}` } })).status

describe('SCIM', () => {
  test('needs a bearer of its own, from an address of its own (AC-15)', async ({ db }) => {
    const { app, token } = await createHospital(db)
    const status = async (bearer: string) => (await sender(app, bearer)('GET', 'Users')).status
    expect(await status(token)).toBe(200)
    for (const other of [app.tokens.admin, 'bwp_default_x', token.replace('default', 'other')]) {
      expect(await sender(app, other)('GET', 'Users')).toMatchObject({
        status: 401,
        body: { status: '401', code: 'auth.invalid' },
      })
    }
    expect((await app.request('/scim/v2/Users')).status).toBe(401)
    const far = await app.request(
      '/scim/v2/Users',
      { headers: { authorization: `Bearer ${token}` } },
      { incoming: { socket: { remoteAddress: '10.9.9.9' } } },
    )
    expect([far.status, z.looseObject({ code: z.string() }).parse(await far.json()).code]).toEqual([
      403,
      'auth.address-refused',
    ])
    expect((await app.call(token, 'GET', WHOAMI)).status).toBe(401)
  })

  test('has two tokens while one replaces the other, and a revoked one is dead', async ({ db }) => {
    const { app, token } = await createHospital(db)
    const issue = async (more: object = {}) =>
      app.call(app.tokens.admin, 'POST', '/api/v1/scim-tokens', { identityProvider: 'hospital', ...more })
    expect((await issue({ subjectAttribute: 'userName' })).status).toBe(409)
    const second = issuedScimTokenSchema.parse(await (await issue()).json())
    expect((await issue()).status).toBe(409)
    expect((await sender(app, token)('GET', 'Users')).status).toBe(200)
    const { tokens } = z
      .object({ tokens: z.array(z.object({ id: z.string() })) })
      .parse(await (await app.call(app.tokens.admin, 'GET', '/api/v1/scim-tokens')).json())
    const first = tokens.find(({ id }) => id !== second.id)?.id ?? ''
    expect((await app.call(app.tokens.admin, 'POST', `/api/v1/scim-tokens/${first}/revoke`)).status).toBe(204)
    expect((await sender(app, token)('GET', 'Users')).status).toBe(401)
    expect((await sender(app, second.token)('GET', 'Users')).status).toBe(200)
    expect((await app.call(app.tokens.app, 'POST', `/api/v1/scim-tokens/${second.id}/revoke`)).status).toBe(403)
  })

  test('describes itself (RFC 7643 sections 5 to 7)', async ({ db }) => {
    const { send } = await createHospital(db)
    expect((await send('GET', 'ServiceProviderConfig')).body).toMatchObject({
      patch: { supported: true },
      bulk: { supported: false },
    })
    expect((await send('GET', 'ResourceTypes')).body).toMatchObject({ totalResults: 2 })
    expect((await send('GET', 'Schemas/urn:ietf:params:scim:schemas:core:2.0:User')).body).toMatchObject({
      name: 'User',
    })
    expect((await send('GET', 'Schemas/nothing')).status).toBe(404)
  })

  test('makes, shows, finds, replaces and deletes a user (RFC 7644 sections 3.3 to 3.6)', async ({ db }) => {
    const { app, send } = await createHospital(db)
    const id = await addUser(send, 'ada', { name: { givenName: 'Ada' }, emails: [{ value: 'ada@home.example' }] })
    const shown = await send('GET', `Users/${id}`)
    expect(shown.body).toMatchObject({ id, userName: 'ada@hospital.example', externalId: 'ada', active: true })
    expect(shown.body).not.toHaveProperty('name')
    expect(shown.body).toMatchObject({ meta: { location: `https://localhost:8443/scim/v2/Users/${id}` } })
    expect(await send('POST', 'Users', { userName: 'ADA@hospital.example', externalId: 'x' })).toMatchObject({
      status: 409,
      body: { scimType: 'uniqueness' },
    })
    const put = await send('PUT', `Users/${id}`, { userName: 'ada.l@hospital.example', externalId: 'ada' })
    expect(put.body).toMatchObject({ userName: 'ada.l@hospital.example', active: true })
    expect(await send('PUT', `Users/${id}`, { userName: 'a', externalId: 'somebody-else' })).toMatchObject({
      status: 400,
      body: { scimType: 'mutability' },
    })
    expect((await send('DELETE', `Users/${id}`)).status).toBe(204)
    expect((await send('GET', `Users/${id}`)).status).toBe(404)
    expect((await send('DELETE', `Users/${id}`)).status).toBe(404)
    expect((await personOf(app, 'ada')).isDisabled).toBe(true)
  })

  const FILTERS = [
    ['userName eq "ada@hospital.example"', 1],
    ['USERNAME EQ "ADA@hospital.example"', 1],
    ['externalId eq "ada"', 1],
    ['externalId eq "ADA"', 0],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada@hospital.example"', 1],
    ['userName eq "ada@hospital.example" and externalId eq "bob"', 0],
    ['userName eq "nobody"', 0],
    ['id eq "not an id"', 0],
  ] as const
  test('finds by eq and nothing else, a page at a time (RFC 7644 section 3.4.2)', async ({ db }) => {
    const { send } = await createHospital(db)
    for (const name of ['ada', 'bob', 'cy']) await addUser(send, name)
    for (const [filter, total] of FILTERS) {
      const { status, body } = await send('GET', `Users?filter=${encodeURIComponent(filter)}`)
      expect([filter, status, listSchema.parse(body).totalResults]).toEqual([filter, 200, total])
    }
    for (const filter of [
      'userName sw "a"',
      'password eq "x"',
      'userName eq ada',
      '',
      'userName eq "a" or id eq "b"',
    ]) {
      const refused = await send('GET', `Users?filter=${encodeURIComponent(filter)}`)
      expect([filter, refused]).toMatchObject([filter, { status: 400, body: { scimType: 'invalidFilter' } }])
    }
    const page = await send('GET', 'Users?startIndex=2&count=1')
    expect(page.body).toMatchObject({ totalResults: 3, startIndex: 2, itemsPerPage: 1 })
    expect((await send('GET', 'Users?count=0')).body).toMatchObject({ totalResults: 3, Resources: [] })
    expect((await send('GET', 'Users?startIndex=-4')).body).toMatchObject({ startIndex: 1, itemsPerPage: 3 })
  })

  const DEACTIVATIONS: readonly (readonly [string, object])[] = [
    ['Entra', { op: 'Replace', path: 'active', value: 'False' }],
    ['Entra, newer', { op: 'replace', path: 'active', value: false }],
    ['Entra, wrapped', { op: 'Replace', path: 'active', value: [{ value: 'False' }] }],
    ['Okta', { op: 'replace', value: { active: false } }],
    ['a path with its URN', { op: 'replace', path: 'urn:ietf:params:scim:schemas:core:2.0:User:active', value: false }],
    ['add', { op: 'add', path: 'active', value: false }],
  ]
  test('a user is cut off in every way that directories say so, and comes back without the old session (AC-15)', async ({
    db,
  }) => {
    const { app, send } = await createHospital(db)
    for (const [name, operation] of DEACTIVATIONS) {
      const subject = name.toLowerCase().replace(/\W/g, '-')
      const id = await addUser(send, subject)
      const { principal } = await personOf(app, subject)
      const secret = await beginSession(app, principal)
      expect(await ask(app, secret)).toBe(200)
      const { status, body } = await send('PATCH', `Users/${id}`, patch(operation))
      expect([name, status, resourceSchema.parse(body).active]).toEqual([name, 200, false])
      expect([name, await ask(app, secret)]).toEqual([name, 401])
      await expect(beginSession(app, principal)).rejects.toMatchObject({ code: 'auth.invalid' })
      await send('PATCH', `Users/${id}`, patch({ op: 'replace', path: 'active', value: true }))
      expect([name, await ask(app, secret)]).toEqual([name, 401])
      expect(await ask(app, await beginSession(app, principal))).toBe(200)
    }
    const kinds = (await app.readLedger()).map(({ entry }) => entry.kind)
    expect(kinds.filter((kind) => kind === 'scim.user-deactivated')).toHaveLength(DEACTIVATIONS.length)
    expect(kinds.filter((kind) => kind === 'session.ended')).toHaveLength(DEACTIVATIONS.length)
  })

  test('known by SCIM as gone before a first log-in stays outside; who an administrator disabled is not let in', async ({
    db,
  }) => {
    const { app, send } = await createHospital(db)
    const id = await addUser(send, 'ada', { active: false })
    expect((await personOf(app, 'ada')).isDisabled).toBe(true)
    await send('PATCH', `Users/${id}`, patch({ op: 'replace', path: 'active', value: true }))
    const { principal, isDisabled } = await personOf(app, 'ada')
    expect(isDisabled).toBe(false)
    app.clock.set('2026-06-01T12:00:01.000Z')
    await app.services.principals.disable(SELF, principal)
    await send('PATCH', `Users/${id}`, patch({ op: 'replace', path: 'active', value: false }))
    await send('PATCH', `Users/${id}`, patch({ op: 'replace', path: 'active', value: true }))
    expect((await personOf(app, 'ada')).isDisabled).toBe(true)
  })

  test('deleted and made again is the same person, without the old session (AC-05)', async ({ db }) => {
    const { app, send } = await createHospital(db)
    const id = await addUser(send, 'ada')
    const { principal } = await personOf(app, 'ada')
    const secret = await beginSession(app, principal)
    await send('DELETE', `Users/${id}`)
    expect(await addUser(send, 'ada')).not.toBe(id)
    const again = await personOf(app, 'ada')
    expect([again.principal, again.isDisabled]).toEqual([principal, false])
    expect(await ask(app, secret)).toBe(401)
  })

  test('gives roles by mapped groups alone, and takes them at once (AC-04)', async ({ db }) => {
    const { app, send } = await createHospital(db)
    const ada = await addUser(send, 'ada', { roles: [{ value: 'administrator' }] })
    const bob = await addUser(send, 'bob')
    const rolesOf = async (subject: string) => (await personOf(app, subject)).roles
    expect(await rolesOf('ada')).toEqual([])
    const made = await send('POST', 'Groups', { displayName: 'g-doctors', members: [{ value: ada }] })
    const { id } = resourceSchema.parse(made.body)
    expect([made.status, await rolesOf('ada'), await rolesOf('bob')]).toEqual([201, ['clinician'], []])
    await send('PATCH', `Groups/${id}`, patch({ op: 'Add', path: 'members', value: [{ value: bob }] }))
    expect(await rolesOf('bob')).toEqual(['clinician'])
    const byFilter = { op: 'remove', path: `members[value eq "${ada}"]` }
    await send('PATCH', `Groups/${id}`, patch(byFilter))
    expect([await rolesOf('ada'), await rolesOf('bob')]).toEqual([[], ['clinician']])
    await send('PATCH', `Groups/${id}`, patch({ op: 'Remove', path: 'members', value: [{ value: bob }] }))
    expect(await rolesOf('bob')).toEqual([])
    await send('PUT', `Groups/${id}`, { displayName: 'g-doctors', members: [{ value: ada }] })
    await send('POST', 'Groups', { displayName: 'g-keys', members: [{ value: ada }] })
    expect(await rolesOf('ada')).toEqual([])
    expect((await send('GET', `Groups/${id}?excludedAttributes=members`)).body).not.toHaveProperty('members')
    expect((await send('DELETE', `Groups/${id}`)).status).toBe(204)
    expect(await rolesOf('ada')).toEqual(['key-administrator'])
    const unknown = { displayName: 'g-x', members: [{ value: '00000000-0000-4000-8000-000000000000' }] }
    expect((await send('POST', 'Groups', unknown)).status).toBe(400)
  })

  test('and log-ins write down which groups gave the roles, so that another mapping counts at once (AC-04, AC-10)', async ({
    db,
  }) => {
    const { app, send } = await createHospital(db)
    const [ada, bob] = [await addUser(send, 'ada'), await addUser(send, 'bob')]
    await send('POST', 'Groups', { displayName: 'g-doctors', members: [{ value: ada }, { value: bob }] })
    await send('POST', 'Groups', { displayName: 'g-billing', members: [{ value: ada }] })
    const rolesOf = async (subject: string) => (await personOf(app, subject)).roles
    const { principal } = await personOf(app, 'ada')
    const seen = await beginSession(app, principal)
    const whoami = async (): Promise<unknown> =>
      (await app.request(WHOAMI, { headers: { authorization: `Bearer ${seen}` } })).json()
    const {
      id: _id,
      version: _version,
      isDisabled: _disabled,
      ...input
    } = await app.services.identityProviders.get('default', 'hospital')
    const map = async (groups: typeof input.groups) =>
      app.services.identityProviders.put(SELF, 'hospital', { ...input, groups })
    const [doctors, ...others] = input.groups
    if (!doctors) throw new Error('no mapping')
    // Another role for a group that is mapped.
    await map([{ ...doctors, roles: ['data-scientist'], purposes: [] }, ...others])
    expect([await rolesOf('ada'), await rolesOf('bob')]).toEqual([['data-scientist'], ['data-scientist']])
    expect(await whoami()).toMatchObject({ roles: ['data-scientist'], mayRestore: true })
    // A group that was not mapped: the directory alone knows who is in it.
    const billing = {
      group: 'g-billing',
      roles: ['billing-specialist' as const],
      purposes: ['HPAYMT' as const],
      mayRestore: false,
    }
    await map([doctors, ...others, billing])
    expect([await rolesOf('ada'), await rolesOf('bob')]).toEqual([['billing-specialist', 'clinician'], ['clinician']])
    // One that is taken away.
    await map([...others, billing])
    expect([await rolesOf('ada'), await rolesOf('bob')]).toEqual([['billing-specialist'], []])
    expect(await whoami()).toMatchObject({ roles: ['billing-specialist'], mayRestore: false })
    // What a campaign takes away ends the sessions of whom SCIM put there.
    const put = (await app.readLedger()).filter(
      ({ entry }) => entry.kind === 'principal.put' && entry.codes?.includes('mapping'),
    )
    expect(put).toHaveLength(6)
    const { recertification } = app.services.access
    const dueAt = new Date(app.clock.now().getTime() + 600_000)
    await recertification.start({ tenant: 'default', id: 'sue' }, { scope: ['group'], reviewers: ['ben'], dueAt })
    expect(await ask(app, seen)).toBe(200)
    app.clock.set(dueAt.toISOString())
    expect(await ask(app, seen)).toBe(401)
    await recertification.sweep('default')
    expect([await ask(app, seen), await rolesOf('ada')]).toEqual([401, []])
  })

  const BROKEN: readonly (readonly [string, object, string])[] = [
    ['another operation', patch({ op: 'move', path: 'active', value: true }), 'invalidValue'],
    ['no operation', patch(), 'invalidValue'],
    ['a path that is none', patch({ op: 'replace', path: 'active..', value: true }), 'invalidPath'],
    ['remove without a path', patch({ op: 'remove' }), 'invalidPath'],
    ['active that is neither', patch({ op: 'replace', path: 'active', value: 'perhaps' }), 'invalidValue'],
    ['active removed', patch({ op: 'remove', path: 'active' }), 'invalidValue'],
    ['a name removed', patch({ op: 'remove', path: 'userName' }), 'invalidValue'],
    ['one good, one bad', patch({ op: 'replace', path: 'active', value: false }, { op: 'remove' }), 'invalidPath'],
  ]
  test('a broken PATCH changes nothing (RFC 7644 section 3.5.2)', async ({ db }) => {
    const { send } = await createHospital(db)
    const id = await addUser(send, 'ada')
    for (const [name, body, scimType] of BROKEN) {
      expect([name, await send('PATCH', `Users/${id}`, body)]).toMatchObject([
        name,
        { status: 400, body: { scimType } },
      ])
    }
    expect((await send('GET', `Users/${id}`)).body).toMatchObject({ active: true, meta: { version: 'W/"1"' } })
  })

  test('keeps no name in the clear, nor a token (AC-15)', async ({ db, migrator }) => {
    const { send, token } = await createHospital(db)
    await addUser(send, 'ada', { userName: 'very.secret@hospital.example' })
    const { rows } = await sql<{ text: string }>`select string_agg(t, ' ') as text from (
      select u::text as t from scim_users u union all select s::text from scim_tokens s
      union all select convert_from(entry, 'UTF8') from ledger_entries) x`.execute(migrator)
    const text = rows[0]?.text ?? ''
    expect(text).toContain('scim.user-put')
    for (const part of ['very.secret', token.slice(-43)]) {
      expect(text).not.toContain(part)
      expect(text).not.toContain(Buffer.from(part).toString('hex'))
    }
  })

  test('sees the people of its own directory alone', async ({ db }) => {
    const { app, send } = await createHospital(db)
    const id = await addUser(send, 'ada')
    const provider = await app.services.identityProviders.get('default', 'hospital')
    const { id: _id, version: _version, isDisabled: _disabled, ...input } = provider
    await app.services.identityProviders.put(SELF, 'clinic', { ...input, issuer: 'https://idp.clinic.example' })
    const { token } = await app.services.scimTokens.issue(SELF, { identityProvider: 'clinic' })
    const clinic = sender(app, token)
    expect((await clinic('GET', `Users/${id}`)).status).toBe(404)
    expect((await clinic('DELETE', `Users/${id}`)).status).toBe(404)
    expect((await clinic('GET', 'Users')).body).toMatchObject({ totalResults: 0 })
    expect((await clinic('POST', 'Groups', { displayName: 'g', members: [{ value: id }] })).status).toBe(400)
  })
})

describe('de-provisioning', () => {
  test('is one transaction: what holds it up leaves all as it was, and the next try ends all (AC-15)', async ({
    db,
    migrator,
  }) => {
    const { app, send } = await createHospital(db)
    const id = await addUser(send, 'ada')
    const { principal } = await personOf(app, 'ada')
    const secret = await beginSession(app, principal)
    const { access, principals } = app.services
    const ada = loggedIn(app, principal, { roles: ['clinician'], purposes: ['TREAT'] })
    const justification = 'gloved hands cannot log in again during an operation'
    const { id: request } = await access.grants.request(ada, {
      kind: 'just-in-time',
      roles: ['auditor'],
      purposes: [],
      seconds: 1_800,
      reason: 'on-call',
      justification,
    })
    await access.grants.approve(loggedIn(app, 'ben', { roles: ['privacy-officer'] }), request)
    await principals.issueToken(SELF, principal, { ttlSeconds: 3_600, isSeed: true })
    await access.breakGlass.open(ada, { reason: 'emergency-treatment', justification, seconds: 600, control: 'review' })
    const holdings = async () => ({
      session: await ask(app, secret),
      grants: (await access.grants.listOpen('default')).length,
      tokens: (await principals.listTokens('default')).filter((token) => token.principal === principal).length,
      emergencies: (await access.breakGlass.list('default')).filter(({ closedAt }) => closedAt === undefined).length,
      isDisabled: (await personOf(app, 'ada')).isDisabled,
    })
    const all = { session: 200, grants: 1, tokens: 1, emergencies: 1, isDisabled: false }
    expect(await holdings()).toEqual(all)
    const before = (await app.readLedger()).length
    // The last table that it touches refuses.
    await sql`create trigger hold_up before update on break_glass for each row execute function refuse_change()`.execute(
      migrator,
    )
    const deactivation = patch({ op: 'replace', path: 'active', value: false })
    expect((await send('PATCH', `Users/${id}`, deactivation)).status).toBe(500)
    expect(await holdings()).toEqual(all)
    expect((await send('GET', `Users/${id}`)).body).toMatchObject({ active: true })
    expect(await app.readLedger()).toHaveLength(before)
    await sql`drop trigger hold_up on break_glass`.execute(migrator)
    expect((await send('PATCH', `Users/${id}`, deactivation)).status).toBe(200)
    expect(await holdings()).toEqual({ session: 401, grants: 0, tokens: 0, emergencies: 0, isDisabled: true })
    const told = (await app.readLedger()).slice(before).map(({ entry }) => entry.kind)
    expect(told).toEqual([
      'scim.user-deactivated',
      'session.ended',
      'token.revoked',
      'grant.ended',
      'break-glass.closed',
    ])
  })

  test('ends sessions on another replica within five seconds: p99 of 40 (AC-15)', { timeout: 120_000 }, async ({
    db,
  }) => {
    const { app, send } = await createHospital(db)
    const other = await createTestApp(db, { keyring: app.keyring })
    const COUNT = 40
    const held: { id: string; secret: string }[] = []
    for (let index = 0; index < COUNT; index++) {
      const subject = `person-${index}`
      const id = await addUser(send, subject)
      held.push({ id, secret: await beginSession(app, (await personOf(app, subject)).principal) })
    }
    for (const { secret } of held) expect(await ask(other, secret)).toBe(200)
    const delaysMs: number[] = []
    for (const { id, secret } of held) {
      // The other replica is at work all the time, so that what it holds is as fresh or stale as in earnest.
      expect(await ask(other, secret)).toBe(200)
      await send('PATCH', `Users/${id}`, patch({ op: 'Replace', path: 'active', value: 'False' }))
      const startedMs = performance.now()
      while ((await ask(other, secret)) === 200) await new Promise((resolve) => setTimeout(resolve, 10))
      delaysMs.push(performance.now() - startedMs)
    }
    const sorted = delaysMs.toSorted((a, b) => a - b)
    const at = (share: number): number => Math.round(sorted[Math.ceil(share * COUNT) - 1] ?? Number.NaN)
    process.stdout.write(`de-provisioning seen elsewhere: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms of ${COUNT}\n`)
    expect(at(0.99)).toBeLessThanOrEqual(5_000)
  })
})
