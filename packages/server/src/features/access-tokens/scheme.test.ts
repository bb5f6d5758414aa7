import { generateSecret, SignJWT } from 'jose'
import { describe, expect } from 'vitest'
import { createTestApp } from '../../testing/app.ts'
import type { TestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { makeKey, ORIGIN, registerService } from '../../testing/service.ts'
import type { TestKey, TestService } from '../../testing/service.ts'

const WHOAMI = '/api/v1/whoami'
const URL_OF_WHOAMI = `${ORIGIN}${WHOAMI}`

const codeOf = async (answer: Response): Promise<[number, string]> => [
  answer.status,
  String(Object(await answer.json()).type).replace('/errors/', ''),
]

async function setUp(
  db: Parameters<typeof createTestApp>[0],
): Promise<{ app: TestApp; service: TestService; token: string }> {
  const app = await createTestApp(db)
  const service = await registerService(app)
  return { app, service, token: await service.token() }
}

describe('a bound access token', () => {
  test('serves with a proof of its key for this request, and no longer than 300 seconds (AC-07)', async ({ db }) => {
    const { app, service, token } = await setUp(db)
    const answer = await service.call(token, 'GET', WHOAMI)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ id: 'app', kind: 'service' })
    app.clock.set('2026-06-01T12:04:59.000Z')
    expect((await service.call(token, 'GET', WHOAMI)).status).toBe(200)
    app.clock.set('2026-06-01T12:05:00.000Z')
    expect(await codeOf(await service.call(token, 'GET', WHOAMI))).toEqual([401, 'auth.invalid'])
  })

  const PROOFS: readonly (readonly [string, (s: TestService, token: string) => Promise<string>])[] = [
    ['for another method', (s, t) => s.proof('POST', URL_OF_WHOAMI, t)],
    ['for another path', (s, t) => s.proof('GET', `${ORIGIN}/api/v1/providers`, t)],
    ['for another host', (s, t) => s.proof('GET', `https://evil.example${WHOAMI}`, t)],
    ['for plain http', (s, t) => s.proof('GET', URL_OF_WHOAMI.replace('https', 'http'), t)],
    ['for another token', (s) => s.proof('GET', URL_OF_WHOAMI, 'another')],
    ['for no token', (s) => s.proof('GET', URL_OF_WHOAMI)],
    ['made 61 seconds ago', (s, t) => s.proof('GET', URL_OF_WHOAMI, t, { iat: 1_780_315_139 - 1 })],
    ['made 6 seconds from now', (s, t) => s.proof('GET', URL_OF_WHOAMI, t, { iat: 1_780_315_206 })],
    ['without an id', (s, t) => s.proof('GET', URL_OF_WHOAMI, t, { jti: undefined })],
    ['of another key', async (s, t) => s.proof('GET', URL_OF_WHOAMI, t, {}, await makeKey())],
    ['of another type', async (s) => s.proofKey.sign({ typ: 'JWT', jwk: s.proofKey.jwk }, {})],
    [
      'that shows a private key',
      async (s) => s.proofKey.sign({ typ: 'dpop+jwt', jwk: { ...s.proofKey.jwk, d: 'AAAA' } }, {}),
    ],
    [
      'signed by a shared secret',
      async () => {
        const secret = await generateSecret('HS256')
        const header = { alg: 'HS256', typ: 'dpop+jwt', jwk: { kty: 'oct', k: 'AAAA' } }
        return new SignJWT({}).setProtectedHeader(header).sign(secret)
      },
    ],
    ['signed by nobody', async (s, t) => (await s.proof('GET', URL_OF_WHOAMI, t)).replace(/\.[^.]*$/, '.')],
  ]
  test.for(PROOFS)('is refused with a proof %s', async ([, make], { db }) => {
    const { app, service, token } = await setUp(db)
    const dpop = await make(service, token)
    const refused = await app.request(WHOAMI, { headers: { authorization: `DPoP ${token}`, dpop } })
    expect(await codeOf(refused)).toEqual([401, 'auth.proof-refused'])
    expect((await service.call(token, 'GET', WHOAMI)).status).toBe(200)
  })

  test('takes the query out of the address, as the RFC has it', async ({ db }) => {
    const { app, service, token } = await setUp(db)
    const dpop = await service.proof('GET', `${URL_OF_WHOAMI}?a=1#b`, token)
    const answer = await app.request(`${WHOAMI}?c=2`, { headers: { authorization: `DPoP ${token}`, dpop } })
    expect(answer.status).toBe(200)
  })

  test('counts a proof once, whichever replica it comes to (AC-07)', async ({ db }) => {
    const { app, service, token } = await setUp(db)
    const replica = await createTestApp(db, { keyring: app.keyring })
    const dpop = await service.proof('GET', URL_OF_WHOAMI, token)
    const send = async (at: TestApp): Promise<Response> =>
      at.request(WHOAMI, { headers: { authorization: `DPoP ${token}`, dpop } })
    const statuses = (await Promise.all([send(app), send(replica), send(app), send(replica)])).map(
      ({ status }) => status,
    )
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 401, 401, 401])
    expect(await codeOf(await send(app))).toEqual([401, 'auth.replayed'])
  })

  test('is refused without its proof, and as a bearer token', async ({ db }) => {
    const { app, token } = await setUp(db)
    const alone = await app.request(WHOAMI, { headers: { authorization: `DPoP ${token}` } })
    expect(await codeOf(alone)).toEqual([401, 'auth.proof-refused'])
    const bearer = await app.request(WHOAMI, { headers: { authorization: `Bearer ${token}` } })
    expect(await codeOf(bearer)).toEqual([401, 'auth.unbound'])
    const claimed = await app.request(WHOAMI, {
      headers: { authorization: `Bearer ${token}`, 'x-client-cert': 'MIIB', 'x-forwarded-client-cert': 'Hash=AAAA' },
    })
    expect(await codeOf(claimed)).toEqual([401, 'auth.unbound'])
  })

  test('is refused at once when its client is disabled, and narrowed with its client', async ({ db }) => {
    const { app, service, token } = await setUp(db)
    const preview = { model: 'demo', messages: [{ role: 'user', content: 'hello' }] }
    expect((await service.call(token, 'POST', '/api/v1/preview', preview)).status).toBe(200)
    await app.call(app.tokens.admin, 'PUT', '/api/v1/services/app', { scopes: ['cross'] })
    const narrowed = await service.call(token, 'POST', '/api/v1/preview', preview)
    expect(await codeOf(narrowed)).toEqual([403, 'policy.denied'])
    await app.call(app.tokens.admin, 'POST', '/api/v1/principals/app/disable')
    expect(await codeOf(await service.call(token, 'GET', WHOAMI))).toEqual([401, 'auth.invalid'])
  })

  const FORGERIES: readonly (readonly [string, (key: TestKey, claims: object) => Promise<string>])[] = [
    ['by another key', (key, claims) => key.sign({ typ: 'at+jwt', kid: key.kid }, claims)],
    ['by another key that it brings along', (key, claims) => key.sign({ typ: 'at+jwt', jwk: key.jwk }, claims)],
    [
      'by nobody',
      async (_, claims) => {
        const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
        return `${part({ alg: 'none', typ: 'at+jwt' })}.${part(claims)}.`
      },
    ],
  ]
  test.for(FORGERIES)('is refused when it is signed %s', async ([, forge], { db }) => {
    const { app, service } = await setUp(db)
    const now = app.clock.now().getTime() / 1_000
    const claims = {
      iss: ORIGIN,
      aud: ORIGIN,
      sub: 'default.app',
      client_id: 'default.app',
      scope: 'cross',
      jti: 'x',
      iat: now,
      exp: now + 300,
      cnf: { jkt: service.proofKey.kid },
    }
    const token = await forge(await makeKey(), claims)
    expect(await codeOf(await service.call(token, 'GET', WHOAMI))).toEqual([401, 'auth.invalid'])
  })

  test('of a public key used as a shared secret is refused', async ({ db }) => {
    const { app, service } = await setUp(db)
    const { keys } = Object(await (await app.request('/oauth2/jwks')).json())
    const secret = new TextEncoder().encode(JSON.stringify(keys[0]))
    const token = await new SignJWT({ client_id: 'default.app', scope: 'cross', cnf: { jkt: service.proofKey.kid } })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: keys[0].kid })
      .setIssuer(ORIGIN)
      .setAudience(ORIGIN)
      .sign(secret)
    expect(await codeOf(await service.call(token, 'GET', WHOAMI))).toEqual([401, 'auth.invalid'])
  })

  test('of another installation with the same keys is refused', async ({ db }) => {
    const { app, service, token } = await setUp(db)
    const other = await createTestApp(db, { keyring: app.keyring, origin: () => 'https://other.example' })
    const refused = await other.request(WHOAMI, {
      headers: {
        authorization: `DPoP ${token}`,
        dpop: await service.proof('GET', `https://other.example${WHOAMI}`, token),
      },
    })
    expect(await codeOf(refused)).toEqual([401, 'auth.invalid'])
  })
})

describe('scopes', () => {
  test('narrow what the roles may to an action, and an action to a purpose', async ({ db }) => {
    const { service } = await setUp(db)
    const token = await service.token({ scope: 'preview:TREAT' })
    const preview = { model: 'demo', messages: [{ role: 'user', content: 'hello' }] }
    const send = async (path: string, purpose: string): Promise<number> =>
      (await service.call(token, 'POST', path, preview, { 'breakwater-purpose': purpose })).status
    expect(await send('/api/v1/preview', 'TREAT')).toBe(200)
    expect(await send('/api/v1/preview', 'HPAYMT')).toBe(403)
    expect(await send('/v1/chat/completions', 'TREAT')).toBe(403)
  })

  test('never widen: an application with a scope of administration administers nothing', async ({ db }) => {
    const app = await createTestApp(db)
    const service = await registerService(app, { scopes: ['manageProviders'] })
    const token = await service.token()
    expect(await codeOf(await service.call(token, 'GET', '/api/v1/providers'))).toEqual([403, 'policy.denied'])
  })
})

describe('whom a service acts for', () => {
  test.for<[string | undefined, object]>([
    [undefined, { id: 'unknown', assurance: 'unknown' }],
    ['practitioner/77', { id: 'practitioner/77', assurance: 'asserted' }],
  ])('named as %j in a header is %j', async ([named, actor], { db }) => {
    const { app, service, token } = await setUp(db)
    const preview = { model: 'demo', messages: [{ role: 'user', content: 'hello' }] }
    const headers: Record<string, string> = named === undefined ? {} : { 'breakwater-actor': named }
    expect((await service.call(token, 'POST', '/api/v1/preview', preview, headers)).status).toBe(200)
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({ kind: 'preview.made', actor })
  })

  test('is refused when it could be a name', async ({ db }) => {
    const { service, token } = await setUp(db)
    const refused = await service.call(token, 'GET', WHOAMI, undefined, { 'breakwater-actor': 'Jane Roe' })
    expect(await codeOf(refused)).toEqual([400, 'body.invalid'])
  })
})
