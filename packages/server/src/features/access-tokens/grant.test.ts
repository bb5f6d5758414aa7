import { randomUUID } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect } from 'vitest'
import { createTestApp } from '../../testing/app.ts'
import type { TestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { addPrincipal } from '../../testing/principals.ts'
import { makeKey, ORIGIN, registerService, TOKEN_URL } from '../../testing/service.ts'
import type { TestService } from '../../testing/service.ts'

const seconds = (app: TestApp): number => app.clock.now().getTime() / 1_000

async function refusalOf(answer: Response): Promise<[number, string, string]> {
  const { error, code } = Object(await answer.json())
  return [answer.status, error, code]
}

describe('the token endpoint', () => {
  test('gives a token of 300 seconds bound to the proof’s key (AC-07)', async ({ db }) => {
    const app = await createTestApp(db)
    const service = await registerService(app)
    const answer = await service.ask()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const body = Object(await answer.json())
    expect(body).toMatchObject({ token_type: 'DPoP', expires_in: 300, scope: 'cross preview restore' })
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
    expect(decodeJwt(body.access_token)).toMatchObject({
      iss: ORIGIN,
      aud: ORIGIN,
      sub: 'default.app',
      client_id: 'default.app',
      cnf: { jkt: service.proofKey.kid },
      exp: seconds(app) + 300,
    })
    const issued = (await app.readLedger()).find(({ entry }) => entry.kind === 'access-token.issued')
    expect(issued?.entry).toMatchObject({
      principal: 'app',
      actor: { id: 'unknown', assurance: 'unknown' },
      codes: ['bound.dpop'],
      counts: { 'ttl-seconds': 300 },
    })
  })

  test.for(['ES256', 'ES384', 'RS384', 'PS256', 'EdDSA'])('takes assertions signed with %s', async (name, { db }) => {
    const app = await createTestApp(db)
    const service = await registerService(app, { key: await makeKey(name) })
    expect((await service.ask()).status).toBe(200)
  })

  test('narrows to the scopes asked for, and refuses others', async ({ db }) => {
    const app = await createTestApp(db)
    const service = await registerService(app, { scopes: ['cross', 'preview:TREAT'] })
    expect(decodeJwt(await service.token({ scope: 'cross:TREAT' }))['scope']).toBe('cross:TREAT')
    for (const scope of ['restore', 'preview', 'preview:HPAYMT', 'cross managePrincipals']) {
      expect(await refusalOf(await service.ask({ scope }))).toEqual([400, 'invalid_scope', 'auth.scope-refused'])
    }
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({
      kind: 'administration.refused',
      principal: 'app',
      endpoint: 'access-token',
      codes: ['auth.scope-refused'],
    })
  })

  const ASSERTIONS: readonly (readonly [string, (app: TestApp, service: TestService) => Promise<string>])[] = [
    ['for another server', (_, s) => s.assertion({ aud: 'https://elsewhere.example/oauth2/token' })],
    ['for two servers', (_, s) => s.assertion({ aud: [TOKEN_URL, 'https://elsewhere.example'] })],
    ['without an audience', (_, s) => s.assertion({ aud: undefined })],
    ['that has expired', (app, s) => s.assertion({ exp: seconds(app) - 6 })],
    ['for more than 5 minutes', (app, s) => s.assertion({ exp: seconds(app) + 320 })],
    ['without an end', (_, s) => s.assertion({ exp: undefined })],
    ['without an id', (_, s) => s.assertion({ jti: undefined })],
    ['of another subject', (_, s) => s.assertion({ sub: 'default.admin' })],
    ['of an unknown client', (_, s) => s.assertion({ iss: 'default.nobody', sub: 'default.nobody' })],
    ['of a client of another tenant', (_, s) => s.assertion({ iss: 'globex.app', sub: 'globex.app' })],
    ['of another key', async (_, s) => s.assertion({}, {}, await makeKey())],
    ['of another key under a registered name', async (_, s) => s.assertion({}, { kid: s.key.kid }, await makeKey())],
    [
      'with its key in the header',
      async (_, s) => {
        const other = await makeKey()
        return s.assertion({}, { kid: s.key.kid, jwk: other.jwk }, other)
      },
    ],
    ['without a key name', (_, s) => s.assertion({}, { kid: undefined })],
    ['of another type', (_, s) => s.assertion({}, { typ: 'at+jwt' })],
    [
      'signed with nothing',
      async (_, s) => {
        const [, claims] = (await s.assertion()).split('.')
        const header = Buffer.from(JSON.stringify({ alg: 'none', kid: s.key.kid })).toString('base64url')
        return `${header}.${claims}.`
      },
    ],
    ['with an altered signature', async (_, s) => (await s.assertion()).slice(0, -6) + 'AAAAAA'],
  ]
  test.for(ASSERTIONS)('refuses an assertion %s', async ([, make], { db }) => {
    const app = await createTestApp(db)
    const service = await registerService(app)
    const refused = await service.ask({ client_assertion: await make(app, service) })
    expect(await refusalOf(refused)).toEqual([401, 'invalid_client', 'auth.client-refused'])
    expect((await service.ask()).status).toBe(200)
  })

  test('counts an assertion once, whichever replica it comes to (AC-07)', async ({ db }) => {
    const app = await createTestApp(db)
    const replica = await createTestApp(db, { keyring: app.keyring })
    const service = await registerService(app)
    const assertion = await service.assertion()
    const ask = async (at: TestApp): Promise<Response> =>
      at.request('/oauth2/token', {
        method: 'POST',
        headers: { dpop: await service.proof('POST', TOKEN_URL) },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
        }),
      })
    const statuses = await Promise.all([ask(app), ask(replica), ask(app), ask(replica)])
    expect(statuses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401, 401])
  })

  test('gives nothing without a binding', async ({ db }) => {
    const app = await createTestApp(db)
    const service = await registerService(app)
    expect(await refusalOf(await service.ask({}, {}))).toEqual([401, 'invalid_request', 'auth.unbound'])
  })

  test.for<[string, Record<string, string>, string]>([
    ['another grant', { grant_type: 'authorization_code' }, 'unsupported_grant_type'],
    [
      'the password of somebody',
      { grant_type: 'password', username: 'jane', password: 'hunter2' },
      'unsupported_grant_type',
    ],
    ['an exchange of nothing', { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' }, 'invalid_grant'],
  ])('refuses %s', async ([, form, error], { db }) => {
    const app = await createTestApp(db)
    const service = await registerService(app)
    const refused = await service.ask(form)
    const text = await refused.text()
    expect(JSON.parse(text)).toMatchObject({ error, code: 'auth.grant-refused' })
    expect(text).not.toMatch(/jane|hunter2/)
  })

  test('refuses a parameter that comes twice, and JSON', async ({ db }) => {
    const app = await createTestApp(db)
    const twice = new URLSearchParams([
      ['grant_type', 'client_credentials'],
      ['grant_type', 'client_credentials'],
    ])
    for (const body of [twice, '{"grant_type":"client_credentials"}']) {
      const refused = await app.request('/oauth2/token', { method: 'POST', body })
      expect(await refusalOf(refused)).toEqual([400, 'invalid_grant', 'auth.grant-refused'])
    }
  })

  test('knows a disabled service no more, and a disabled principal neither', async ({ db }) => {
    const app = await createTestApp(db)
    const service = await registerService(app)
    const token = await service.token()
    expect((await service.call(token, 'GET', '/api/v1/whoami')).status).toBe(200)
    await app.call(app.tokens.admin, 'POST', '/api/v1/services/app/disable')
    expect(await refusalOf(await service.ask())).toEqual([401, 'invalid_client', 'auth.client-refused'])
    expect((await service.call(token, 'GET', '/api/v1/whoami')).status).toBe(401)
    const again = await app.call(app.tokens.admin, 'PUT', '/api/v1/services/app', { scopes: ['cross'] })
    expect(again.status).toBe(409)
  })

  test('has no page and no redirect', async ({ db }) => {
    const app = await createTestApp(db)
    for (const path of ['/oauth2/authorize', '/oauth2/auth', '/oauth2/session/end', '/oauth2/device', '/oauth2/reg']) {
      expect((await app.request(path)).status).toBe(404)
    }
    expect((await app.request('/oauth2/token')).status).toBe(404)
    const metadata = await app.request('/.well-known/oauth-authorization-server')
    expect(Object(await metadata.json())).toMatchObject({
      issuer: ORIGIN,
      token_endpoint: TOKEN_URL,
      response_types_supported: [],
    })
  })
})

describe('keys that sign access tokens', () => {
  test('are published without their private half, and lie sealed in the row', async ({ db, migrator }) => {
    const app = await createTestApp(db)
    const { keys } = Object(await (await app.request('/oauth2/jwks')).json())
    expect(keys).toEqual([
      { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: keys[0].kid, x: keys[0].x, y: keys[0].y },
    ])
    const rows = await migrator
      .withTables<{ access_token_keys: { sealed_jwk: Buffer } }>()
      .selectFrom('access_token_keys')
      .select('sealed_jwk')
      .execute()
    expect(rows[0]?.sealed_jwk.toString('latin1')).not.toContain('"kty"')
    const other = await createTestApp(db)
    const refused = await other.request('/oauth2/jwks')
    expect([refused.status, Object(await refused.json()).type]).toEqual([500, '/errors/keys.corrupt'])
  })

  test('are the same on every replica, and rotate without a refused token (AC-07)', async ({ db }) => {
    const app = await createTestApp(db)
    const replica = await createTestApp(db, { keyring: app.keyring })
    const service = await registerService(app)
    const [first] = [await service.token()]
    expect((await app.call(app.tokens.admin, 'POST', '/api/v1/token-keys/rotate')).status).toBe(200)
    const there = (await registerService(replica, { key: await makeKey() })) satisfies TestService
    expect((await there.call(await there.token(), 'GET', '/api/v1/whoami')).status).toBe(200)
    app.clock.set('2026-06-01T12:00:06.000Z')
    const second = await service.token()
    expect(decodeProtectedHeader(second).kid).not.toBe(decodeProtectedHeader(first).kid)
    for (const token of [first, second]) expect((await service.call(token, 'GET', '/api/v1/whoami')).status).toBe(200)
    expect(Object(await (await app.request('/oauth2/jwks')).json()).keys).toHaveLength(2)
  })

  test('are renewed after 30 days, and the old one goes when no token of it can be good', async ({ db }) => {
    const app = await createTestApp(db)
    const service = await registerService(app)
    const kids = async (): Promise<string[]> =>
      Object(await (await app.request('/oauth2/jwks')).json()).keys.map(({ kid }: { kid: string }) => kid)
    const [first] = await kids()
    app.clock.set('2026-07-01T12:00:00.000Z')
    await service.token()
    expect(await kids()).toHaveLength(2)
    app.clock.set('2026-07-31T13:00:00.000Z')
    await service.token()
    expect(await kids()).not.toContain(first)
  })
})

describe('token exchange', () => {
  const issuer = 'https://idp.hospital.example'
  async function registerIssuer(app: TestApp): Promise<Awaited<ReturnType<typeof makeKey>>> {
    const key = await makeKey('RS256')
    const input = { issuer, audience: 'ward-app', keys: [{ ...key.jwk, kid: key.kid, alg: 'RS256' }] }
    const put = await app.call(app.tokens.admin, 'PUT', '/api/v1/actor-issuers/hospital', input)
    expect(put.status).toBe(204)
    return key
  }
  const exchange = (token: string): Record<string, string> => ({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  })

  test('makes the person the verified actor of what the service does', async ({ db }) => {
    const app = await createTestApp(db)
    const service = await registerService(app)
    const key = await registerIssuer(app)
    const now = seconds(app)
    const subject = await key.sign(
      { kid: key.kid },
      { iss: issuer, aud: 'ward-app', sub: 'u-1234', iat: now, exp: now + 120 },
    )
    const answer = Object(await (await service.ask(exchange(subject))).json())
    expect(answer).toMatchObject({
      expires_in: 120,
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    })
    expect(decodeJwt(answer.access_token)).toMatchObject({
      sub: 'hospital/u-1234',
      client_id: 'default.app',
      act: { sub: 'default.app' },
    })
    const body = { model: 'demo', messages: [{ role: 'user', content: 'hello' }] }
    const named = { 'breakwater-actor': 'somebody-else' }
    expect((await service.call(answer.access_token, 'POST', '/api/v1/preview', body, named)).status).toBe(200)
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({
      kind: 'preview.made',
      principal: 'app',
      actor: { id: 'hospital/u-1234', assurance: 'verified' },
    })
    // What it is refused too, and by the name of the person, not as if the service had acted by itself.
    expect((await service.call(answer.access_token, 'GET', '/api/v1/principals')).status).toBe(403)
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({
      kind: 'administration.refused',
      principal: 'app',
      actor: { id: 'hospital/u-1234', assurance: 'verified' },
    })
  })

  test('is what makes an actor verified: one whom a header names is asserted, in refusals and changes too', async ({
    db,
  }) => {
    const app = await createTestApp(db)
    const call = async (token: string, method: string, path: string, body?: object): Promise<number> => {
      const headers = { authorization: `Bearer ${token}`, 'breakwater-actor': 'jo', 'content-type': 'application/json' }
      return (await app.request(path, { method, headers, ...(body && { body: JSON.stringify(body) }) })).status
    }
    const last = async () => (await app.readLedger()).at(-1)?.entry
    expect(await call(app.tokens.app, 'GET', '/api/v1/principals')).toBe(403)
    expect(await last()).toMatchObject({ principal: 'app', actor: { id: 'jo', assurance: 'asserted' } })
    const keeper = await addPrincipal(app, 'keeper', { kind: 'service', roles: ['key-administrator'] })
    expect(await call(keeper, 'POST', '/api/v1/keys/rotate', { objectClass: 'note' })).toBeLessThan(300)
    expect(await last()).toMatchObject({ kind: 'key.rotated', actor: { id: 'jo', assurance: 'asserted' } })
    // A person speaks for nobody else.
    expect(await call(app.tokens.admin, 'POST', '/api/v1/providers/demo/disable')).toBe(204)
    expect(await last()).toMatchObject({ kind: 'provider.disabled', actor: { id: 'admin', assurance: 'verified' } })
    expect((await app.call(app.tokens.app, 'GET', '/api/v1/principals')).status).toBe(403)
    expect(await last()).toMatchObject({ principal: 'app', actor: { id: 'app', assurance: 'verified' } })
  })

  test.for<[string, object]>([
    ['for another audience', { aud: 'another-app' }],
    ['of another issuer', { iss: 'https://other.example' }],
    ['that has expired', { exp: 1_780_315_100 }],
    ['made two hours ago', { iat: 1_780_308_000 }],
    ['without a subject', { sub: undefined }],
    ['of a subject that is no id', { sub: 'Jane Roe' }],
  ])('refuses a subject token %s', async ([, changes], { db }) => {
    const app = await createTestApp(db)
    const service = await registerService(app)
    const key = await registerIssuer(app)
    const now = seconds(app)
    const claims = { iss: issuer, aud: 'ward-app', sub: 'u-1', iat: now, exp: now + 120, ...changes }
    const refused = await service.ask(exchange(await key.sign({ kid: key.kid }, claims)))
    expect(await refusalOf(refused)).toEqual([400, 'invalid_grant', 'auth.grant-refused'])
  })

  test('refuses a subject token of a disabled issuer, and of a key of nobody', async ({ db }) => {
    const app = await createTestApp(db)
    const service = await registerService(app)
    const key = await registerIssuer(app)
    const now = seconds(app)
    const claims = { iss: issuer, aud: 'ward-app', sub: 'u-1', iat: now, exp: now + 120, jti: randomUUID() }
    const other = await makeKey('RS256')
    const forged = await service.ask(exchange(await other.sign({ kid: key.kid }, claims)))
    expect(forged.status).toBe(400)
    await app.call(app.tokens.admin, 'POST', '/api/v1/actor-issuers/hospital/disable')
    expect((await service.ask(exchange(await key.sign({ kid: key.kid }, claims)))).status).toBe(400)
  })
})
