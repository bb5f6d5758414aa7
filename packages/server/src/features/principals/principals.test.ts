import { issuedTokenSchema, principalSchema } from '@breakwater/contract'
import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { createApp } from '../../app.ts'
import { openDatabase } from '../../platform/db/database.ts'
import { createTestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'

const WHOAMI = '/api/v1/whoami'
const SCRIBE = { kind: 'service', roles: ['application'], purposes: ['TREAT'], mayRestore: false } as const

describe('a token', () => {
  test('names its tenant, and the answer says who it is', async ({ db }) => {
    const app = await createTestApp(db)
    expect(app.tokens.app).toMatch(/^bw_default_[\w-]{43}$/)
    expect(await (await app.call(app.tokens.app, 'GET', WHOAMI)).json()).toEqual({
      tenant: 'default',
      id: 'app',
      kind: 'service',
      roles: ['application'],
      purposes: ['TREAT', 'HPAYMT', 'HOPERAT'],
      defaultPurpose: 'TREAT',
      mayRestore: true,
    })
  })

  test('is not in the database', async ({ db, migrator }) => {
    const app = await createTestApp(db)
    const secret = app.tokens.app.slice(-43)
    const { rows } = await sql<{ all: string }>`select string_agg(t::text, ' ') as all from (
      select t::text from principal_tokens t union all select convert_from(entry, 'UTF8') from ledger_entries) t`.execute(
      migrator,
    )
    expect(rows[0]?.all).toContain('token.issued')
    expect(rows[0]?.all).not.toContain(secret)
  })

  test.for<[string, string | undefined]>([
    ['auth.missing', undefined],
    ['auth.missing', 'Basic YWxhZGRpbg=='],
    ['auth.invalid', 'Bearer 078-05-1120'],
    ['auth.invalid', `Bearer bw_default_${'A'.repeat(43)}`],
    ['auth.invalid', `Bearer bw_nobody_${'A'.repeat(43)}`],
    ['auth.invalid', `Bearer bw_Jane-Roe_${'A'.repeat(43)}`],
  ])('refused with %s, %#', async ([code, authorization], { db }) => {
    const app = await createTestApp(db)
    const refused = await app.request(WHOAMI, { headers: authorization === undefined ? {} : { authorization } })
    expect(refused.status).toBe(401)
    const text = await refused.text()
    expect(text).toContain(`/errors/${code}`)
    expect(text).not.toMatch(/078-05-1120|Jane|AAAA|YWx/)
  })

  test('serves until the second it expires', async ({ db }) => {
    const app = await createTestApp(db)
    const issued = await app.call(app.tokens.admin, 'POST', '/api/v1/principals/app/tokens', { ttlSeconds: 60 })
    const { token, expiresAt } = issuedTokenSchema.parse(await issued.json())
    expect(expiresAt).toBe('2026-06-01T12:01:00.000Z')
    app.clock.set('2026-06-01T12:00:59.999Z')
    expect((await app.call(token, 'GET', WHOAMI)).status).toBe(200)
    app.clock.set(expiresAt)
    expect((await app.call(token, 'GET', WHOAMI)).status).toBe(401)
  })

  test('is refused at once when it is revoked; others of the principal serve on', async ({ db }) => {
    const app = await createTestApp(db)
    const { token, sha256 } = issuedTokenSchema.parse(
      await (await app.call(app.tokens.admin, 'POST', '/api/v1/principals/app/tokens', {})).json(),
    )
    expect((await app.call(token, 'GET', WHOAMI)).status).toBe(200)
    const path = `/api/v1/principals/app/tokens/${sha256}/revoke`
    expect((await app.call(app.tokens.admin, 'POST', path)).status).toBe(204)
    expect((await app.call(token, 'GET', WHOAMI)).status).toBe(401)
    expect((await app.call(app.tokens.app, 'GET', WHOAMI)).status).toBe(200)
    expect((await app.call(app.tokens.admin, 'POST', path)).status).toBe(404)
  })

  test('is refused at once when its principal is disabled, for good', async ({ db }) => {
    const app = await createTestApp(db)
    expect((await app.call(app.tokens.admin, 'POST', '/api/v1/principals/app/disable')).status).toBe(204)
    expect((await app.call(app.tokens.app, 'GET', WHOAMI)).status).toBe(401)
    const again = await app.call(app.tokens.admin, 'PUT', '/api/v1/principals/app', SCRIBE)
    expect(again.status).toBe(409)
    const issue = await app.call(app.tokens.admin, 'POST', '/api/v1/principals/app/tokens', {})
    expect(issue.status).toBe(404)
  })

  test('is refused when the database cannot be read', async ({ db, database }) => {
    const { tokens, clock, keyring, keyProviders } = await createTestApp(db)
    const cut = openDatabase({ url: unreachable(database.url), log: () => undefined, role: 'breakwater_app' })
    const engine = { plan: () => [] }
    const scanner = { scan: () => [] }
    const app = createApp({ db: cut, clock, log: () => undefined, keyring, keyProviders, engine, scanner })
    const refused = await app.request(WHOAMI, { headers: { authorization: `Bearer ${tokens.app}` } })
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ type: '/errors/database.unavailable' })
    await cut.destroy()
  })
})

describe('principals', () => {
  test('are made and changed, and the ledger tells by whom', async ({ db }) => {
    const app = await createTestApp(db)
    expect((await app.call(app.tokens.admin, 'PUT', '/api/v1/principals/scribe', SCRIBE)).status).toBe(204)
    const changed = { ...SCRIBE, mayRestore: true }
    expect((await app.call(app.tokens.admin, 'PUT', '/api/v1/principals/scribe', changed)).status).toBe(204)
    const { principals } = z
      .object({ principals: z.array(principalSchema) })
      .parse(await (await app.call(app.tokens.admin, 'GET', '/api/v1/principals')).json())
    expect(principals.find(({ id }) => id === 'scribe')).toEqual({ ...changed, id: 'scribe', isDisabled: false })
    const entries = (await app.readLedger()).slice(-2).map(({ entry }) => entry)
    for (const entry of entries) {
      expect(entry).toMatchObject({
        kind: 'principal.put',
        principal: 'scribe',
        actor: { id: 'admin' },
        decision: 'allow',
      })
    }
  })

  test.for<[string, unknown]>([
    ['/roles/0', { ...SCRIBE, roles: ['Jane Roe'] }],
    ['/purposes/0', { ...SCRIBE, purposes: ['ETREAT'] }],
    ['/defaultPurpose', { ...SCRIBE, defaultPurpose: 'HPAYMT' }],
    ['/', { ...SCRIBE, '078-05-1120': 1 }],
  ])('refused at %s, without the value', async ([path, body], { db }) => {
    const app = await createTestApp(db)
    const refused = await app.call(app.tokens.admin, 'PUT', '/api/v1/principals/scribe', body)
    expect(refused.status).toBe(400)
    const text = await refused.text()
    expect(JSON.parse(text)).toMatchObject({ type: '/errors/body.invalid', field: path })
    expect(text).not.toMatch(/Jane|078-05-1120/)
  })
})

function unreachable(url: string): string {
  const other = new URL(url)
  other.searchParams.set('host', '/nonexistent')
  return other.href
}
