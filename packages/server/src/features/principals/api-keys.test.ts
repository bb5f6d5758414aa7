import type { HttpBindings } from '@hono/node-server'
import { issuedTokenSchema } from '@breakwater/contract'
import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import { createTestApp } from '../../testing/app.ts'
import type { TestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { createRangeCheck } from './ranges.ts'

const PATH = '/api/v1/principals/app/tokens'
const BOUND = { ranges: ['10.20.0.0/16', '2001:db8::/32'], reason: 'vendor' }

async function issue(app: TestApp, input: object): Promise<string> {
  return issuedTokenSchema.parse(await (await app.call(app.tokens.admin, 'POST', PATH, input)).json()).token
}

/** As a request of a socket whose other end is there. */
async function sendFrom(
  app: TestApp,
  token: string,
  remoteAddress: string | undefined,
  headers = {},
): Promise<Response> {
  const socket = { incoming: { socket: { remoteAddress } } } as unknown as HttpBindings
  return app.request('/api/v1/whoami', { headers: { authorization: `Bearer ${token}`, ...headers } }, socket)
}

describe('an API key', () => {
  test('serves from its ranges only, whatever a header says (AC-07)', async ({ db }) => {
    const app = await createTestApp(db)
    const token = await issue(app, BOUND)
    for (const address of ['10.20.3.4', '::ffff:10.20.3.4', '2001:db8::1']) {
      expect((await sendFrom(app, token, address)).status).toBe(200)
    }
    for (const address of ['10.21.0.1', '127.0.0.1', '::1', '2001:db9::1', undefined]) {
      const refused = await sendFrom(app, token, address, {
        'x-forwarded-for': '10.20.3.4',
        forwarded: 'for=10.20.3.4',
      })
      expect([refused.status, Object(await refused.json()).type]).toEqual([403, '/errors/auth.address-refused'])
    }
  })

  test('is good on this machine alone when nothing is said, in development', async ({ db }) => {
    const app = await createTestApp(db)
    const token = await issue(app, {})
    expect((await sendFrom(app, token, '127.0.0.9')).status).toBe(200)
    expect((await sendFrom(app, token, '192.0.2.1')).status).toBe(403)
  })

  test.for<[string, object]>([
    ['/ranges', { reason: 'vendor' }],
    ['/reason', { ranges: ['10.0.0.0/8'] }],
  ])('without %s is refused in production', async ([field, input], { db }) => {
    const app = await createTestApp(db, { environment: 'production' })
    const actor = { tenant: app.tenant, id: 'admin' }
    const refused = app.services.principals.issueToken(actor, 'app', { ttlSeconds: 60, ...input })
    await expect(refused).rejects.toMatchObject({ code: 'body.invalid', field })
  })

  test('lives for 90 days at most: by the contract, by the service and by the table (AC-07)', async ({
    db,
    migrator,
  }) => {
    const app = await createTestApp(db)
    const long = 90 * 86_400 + 1
    expect((await app.call(app.tokens.admin, 'POST', PATH, { ...BOUND, ttlSeconds: long })).status).toBe(400)
    const actor = { tenant: app.tenant, id: 'admin' }
    const refused = app.services.principals.issueToken(actor, 'app', { ttlSeconds: long })
    await expect(refused).rejects.toMatchObject({ code: 'body.invalid', field: '/ttlSeconds' })
    const update = sql`update principal_tokens set expires_at = created_at + interval '91 days'`.execute(migrator)
    await expect(update).rejects.toThrow('check constraint')
  })

  test('of which a second one is made serves on until its end (AC-07)', async ({ db }) => {
    const app = await createTestApp(db)
    const first = await issue(app, { ttlSeconds: 60 })
    const second = await issue(app, {})
    for (const token of [first, second]) expect((await sendFrom(app, token, '::1')).status).toBe(200)
    app.clock.set('2026-06-01T12:01:00.000Z')
    expect((await sendFrom(app, first, '::1')).status).toBe(401)
    expect((await sendFrom(app, second, '::1')).status).toBe(200)
  })

  test('may do no more than its scopes', async ({ db }) => {
    const app = await createTestApp(db)
    const token = await issue(app, { scopes: ['preview'] })
    const chat = { model: 'demo', messages: [{ role: 'user', content: 'hello' }] }
    expect((await app.call(token, 'POST', '/api/v1/preview', chat)).status).toBe(200)
    expect((await app.call(token, 'POST', '/v1/chat/completions', chat)).status).toBe(403)
  })

  test.for<[string, object]>([
    ['/ranges/0', { ranges: ['ward-7'] }],
    ['/ranges', { ranges: [] }],
    ['/scopes/0', { scopes: ['cross:EVERYTHING'] }],
    ['/reason', { reason: 'for Dr. Jane Roe' }],
  ])('is not made with a wrong %s', async ([field, input], { db }) => {
    const app = await createTestApp(db)
    const refused = await app.call(app.tokens.admin, 'POST', PATH, input)
    const text = await refused.text()
    expect(JSON.parse(text)).toMatchObject({ type: '/errors/body.invalid', field })
    expect(text).not.toMatch(/ward-7|Jane|EVERYTHING/)
  })
})

test.for<[string, string, boolean]>([
  ['10.0.0.0/8', '10.255.255.255', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['192.0.2.7', '192.0.2.7', true],
  ['192.0.2.7', '192.0.2.8', false],
  ['0.0.0.0/0', '::1', false],
  ['::/0', '2001:db8::5', true],
  ['127.0.0.0/8', '::ffff:127.0.0.1', true],
  ['127.0.0.0/8', 'localhost', false],
])('%s holds %s: %s', ([range, address, isHeld]) => {
  expect(createRangeCheck([range])(address)).toBe(isHeld)
})
