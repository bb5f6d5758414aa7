import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { createTestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { createTestService, makeKey, registerService } from '../../testing/service.ts'

const SCOPES = { scopes: ['cross'] }

describe('a service', () => {
  test('is a service principal of the tenant, and the ledger tells of each change by ids', async ({ db }) => {
    const app = await createTestApp(db)
    const put = async (id: string): Promise<number> =>
      (await app.call(app.tokens.admin, 'PUT', `/api/v1/services/${id}`, SCOPES)).status
    expect([await put('app'), await put('admin'), await put('nobody')]).toEqual([204, 404, 404])
    const { key } = await registerService(app)
    const path = `/api/v1/services/app/keys/${key.kid}/retire`
    expect((await app.call(app.tokens.admin, 'POST', path, {})).status).toBe(204)
    const shown = Object(await (await app.call(app.tokens.admin, 'GET', '/api/v1/services/app')).json())
    expect(shown).toMatchObject({
      clientId: 'default.app',
      keys: [{ kid: key.kid, expiresAt: '2026-06-01T13:00:00.000Z' }],
    })
    const told = (await app.readLedger())
      .slice(-2)
      .map(({ entry: { kind, principal, actor, endpoint } }) => [kind, principal, actor.id, endpoint])
    expect(told).toEqual([
      ['service.key-added', 'app', 'admin', key.kid],
      ['service.key-retired', 'app', 'admin', key.kid],
    ])
  })

  test.for<[string, (jwk: Record<string, unknown>) => object]>([
    ['a private key', (jwk) => ({ ...jwk, d: 'AAAA' })],
    ['a shared secret', () => ({ kty: 'oct', k: 'AAAA' })],
    ['a key off its curve', (jwk) => ({ ...jwk, y: jwk['x'] })],
    ['a key of another algorithm', (jwk) => ({ ...jwk, alg: 'ES384' })],
    ['the address of a key', (jwk) => ({ ...jwk, x5u: 'https://elsewhere.example' })],
    [
      'an RSA key of less than 3,072 bits',
      () => ({ kty: 'RSA', n: Buffer.alloc(256, 0xcb).toString('base64url'), e: 'AQAB', alg: 'PS256' }),
    ],
  ])('cannot register %s', async ([, change], { db }) => {
    const app = await createTestApp(db)
    await app.call(app.tokens.admin, 'PUT', '/api/v1/services/app', SCOPES)
    const { jwk } = await makeKey()
    const refused = await app.call(app.tokens.admin, 'POST', '/api/v1/services/app/keys', { jwk: change({ ...jwk }) })
    expect([refused.status, Object(await refused.json()).type]).toEqual([400, '/errors/body.invalid'])
  })

  test('a key belongs to one service, and ends with its day', async ({ db }) => {
    const app = await createTestApp(db)
    const service = await registerService(app)
    const principal = { kind: 'service', roles: ['application'], purposes: ['TREAT'], mayRestore: false }
    await app.call(app.tokens.admin, 'PUT', '/api/v1/principals/other', principal)
    await app.call(app.tokens.admin, 'PUT', '/api/v1/services/other', SCOPES)
    const taken = await app.call(app.tokens.admin, 'POST', '/api/v1/services/other/keys', { jwk: service.key.jwk })
    expect(taken.status).toBe(409)
    app.clock.set('2026-11-28T11:59:59.000Z')
    expect((await service.ask()).status).toBe(200)
    app.clock.set('2026-11-28T12:00:00.000Z')
    expect((await service.ask()).status).toBe(401)
  })

  test('rotates its key under load without a failed request, and the old key is refused after (AC-07)', async ({
    db,
  }) => {
    const app = await createTestApp(db)
    const [first, second] = [await makeKey(), await makeKey()]
    let service = await registerService(app, { key: first })
    const old = service
    const failures: string[] = []
    let served = 0
    let isOver = false
    const work = async (): Promise<void> => {
      while (!isOver) {
        try {
          const answer = await service.call(await service.token(), 'GET', '/api/v1/whoami')
          if (answer.status === 200) served++
          else failures.push(String(answer.status))
        } catch (error) {
          failures.push(String(error))
        }
      }
    }
    const workers = [work(), work(), work(), work()]
    await sleep(300)
    expect((await app.call(app.tokens.admin, 'POST', '/api/v1/services/app/keys', { jwk: second.jwk })).status).toBe(
      200,
    )
    await sleep(200)
    // What a request under way had begun with is still good: both keys are.
    service = createTestService(app, 'default.app', second, await makeKey(), app.request)
    await sleep(300)
    const retire = `/api/v1/services/app/keys/${first.kid}/retire`
    expect((await app.call(app.tokens.admin, 'POST', retire, { graceSeconds: 0 })).status).toBe(204)
    await sleep(300)
    isOver = true
    await Promise.all(workers)
    expect(failures).toEqual([])
    expect(served).toBeGreaterThan(20)
    expect((await old.ask()).status).toBe(401)
    expect((await service.ask()).status).toBe(200)
  })

  test('of another tenant is not found', async ({ db }) => {
    const app = await createTestApp(db)
    const { key } = await registerService(app)
    const globex = { tenant: 'globex', id: 'boss' }
    await app.services.principals.ensureTenant(globex)
    await expect(app.services.services.get('globex', 'app')).rejects.toMatchObject({ code: 'resource.unknown' })
    await expect(app.services.services.find('globex', 'app')).resolves.toBeUndefined()
    const retire = app.services.services.retireKey(globex, 'app', key.kid, { graceSeconds: 0 })
    await expect(retire).rejects.toMatchObject({ code: 'resource.unknown' })
  })
})
