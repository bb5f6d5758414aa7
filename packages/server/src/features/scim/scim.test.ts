import { issuedScimTokenSchema } from '@breakwater/contract'
import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { test } from '../../testing/database.ts'
import {
  addUser,
  ask,
  beginSession,
  createHospital,
  listSchema,
  patch,
  personOf,
  resourceSchema,
  SELF,
  sender,
  WHOAMI,
} from '../../testing/directory.ts'

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
