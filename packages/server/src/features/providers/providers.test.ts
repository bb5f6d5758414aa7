import { describe, expect } from 'vitest'
import { createTestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'

const INTERNAL = {
  kind: 'openai-compatible',
  baseUrl: 'https://10.20.30.40:8000/v1',
  isInternal: true,
  allowedAddresses: ['10.20.30.40', '2001:db8::/32'],
  models: ['llama-3'],
  pins: [],
  allowsTls12: false,
}
const EXTERNAL = {
  kind: 'openai-compatible',
  baseUrl: 'https://models.example.org/v1',
  isInternal: false,
  allowedAddresses: [],
  apiKeyFile: 'models-key',
  models: ['big-1', 'big-2'],
  pins: ['47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
  allowsTls12: true,
}

describe('a provider', () => {
  test.for([INTERNAL, EXTERNAL])('is kept as it was put, with its version, %#', async (body, { db }) => {
    const app = await createTestApp(db)
    const path = '/api/v1/providers/acme'
    const stored = { ...body, id: 'acme', version: 1, isDisabled: false }
    expect(await (await app.call(app.tokens.admin, 'PUT', path, body)).json()).toEqual(stored)
    expect(await (await app.call(app.tokens.admin, 'GET', path)).json()).toEqual(stored)
    expect(await (await app.call(app.tokens.admin, 'PUT', path, body)).json()).toEqual({ ...stored, version: 2 })
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({
      kind: 'provider.put',
      provider: 'acme',
      counts: { version: 2 },
      actor: { id: 'admin', assurance: 'verified' },
    })
  })

  test('is found by its model at once, and not when it is disabled', async ({ db }) => {
    const app = await createTestApp(db)
    const { providers } = app.services
    await expect(providers.findByModel('default', 'big-2')).rejects.toMatchObject({ code: 'provider.unknown-model' })
    await app.call(app.tokens.admin, 'PUT', '/api/v1/providers/acme', EXTERNAL)
    expect(await providers.findByModel('default', 'big-2')).toMatchObject({ id: 'acme', baseUrl: EXTERNAL.baseUrl })
    expect((await app.call(app.tokens.admin, 'POST', '/api/v1/providers/acme/disable')).status).toBe(204)
    await expect(providers.findByModel('default', 'big-2')).rejects.toMatchObject({ code: 'provider.unknown-model' })
    await expect(providers.findByModel('globex', 'demo')).rejects.toMatchObject({ code: 'provider.unknown-model' })
  })

  test('is spoken to by TLS 1.2 only while an exception is on record (EN-09)', async ({ db }) => {
    const app = await createTestApp(db)
    await app.call(app.tokens.admin, 'PUT', '/api/v1/providers/acme', EXTERNAL)
    expect(await app.services.providers.findByModel('default', 'big-1')).toMatchObject({ allowsTls12: false })
  })

  test('may not claim a model of another, unless that one is disabled', async ({ db }) => {
    const app = await createTestApp(db)
    await app.call(app.tokens.admin, 'PUT', '/api/v1/providers/acme', EXTERNAL)
    const refused = await app.call(app.tokens.admin, 'PUT', '/api/v1/providers/globex', {
      ...INTERNAL,
      models: ['big-2'],
    })
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ type: '/errors/resource.conflict', field: '/models' })
    await app.call(app.tokens.admin, 'POST', '/api/v1/providers/acme/disable')
    const again = await app.call(app.tokens.admin, 'PUT', '/api/v1/providers/globex', {
      ...INTERNAL,
      models: ['big-2'],
    })
    expect(again.status).toBe(200)
  })

  test('claimed twice at the same time goes to one', async ({ db }) => {
    const app = await createTestApp(db)
    const claims = ['a', 'b', 'c', 'd'].map((id) =>
      app.call(app.tokens.admin, 'PUT', `/api/v1/providers/${id}`, EXTERNAL),
    )
    const statuses = (await Promise.all(claims)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(3)
  })

  test.for<[string, object]>([
    ['/baseUrl', { ...EXTERNAL, baseUrl: 'http://hunter2.example.org/v1' }],
    ['/baseUrl', { ...EXTERNAL, baseUrl: 'https://user:hunter2@models.example.org/v1' }],
    ['/baseUrl', { ...EXTERNAL, baseUrl: 'https://models.example.org/v1?key=hunter2' }],
    ['/baseUrl', { ...EXTERNAL, baseUrl: 'file:///hunter2' }],
    ['/baseUrl', { ...EXTERNAL, baseUrl: undefined }],
    ['/allowedAddresses', { ...INTERNAL, allowedAddresses: [] }],
    ['/allowedAddresses/0', { ...INTERNAL, allowedAddresses: ['hunter2.example.org'] }],
    ['/baseUrl', { ...INTERNAL, kind: 'demo' }],
    ['/baseUrl', { ...INTERNAL, baseUrl: 'http://10.20.30.40/hunter2' }],
    ['/baseUrl', { ...INTERNAL, baseUrl: 'http://hunter2/v1', allowedAddresses: ['127.0.0.1', '10.20.30.40'] }],
    ['/apiKeyFile', { ...EXTERNAL, apiKeyFile: '/hunter2' }],
    ['/apiKeyFile', { ...EXTERNAL, apiKeyFile: '../hunter2' }],
    ['/baseUrl', { ...EXTERNAL, baseUrl: 'https://models.example.org/hunter2\0' }],
    ['/apiKeyFile', { ...EXTERNAL, apiKeyFile: 'hunter2\0' }],
    ['/models/0', { ...EXTERNAL, models: ['*'] }],
    ['/models/0', { ...EXTERNAL, models: ['hunter2 hunter2'] }],
    ['/', { ...EXTERNAL, apiKey: 'hunter2' }],
  ])('is refused at %s and its value not repeated, %#', async ([field, body], { db }) => {
    const app = await createTestApp(db)
    const refused = await app.call(app.tokens.admin, 'PUT', '/api/v1/providers/acme', body)
    expect(refused.status).toBe(400)
    const text = await refused.text()
    expect(JSON.parse(text)).toMatchObject({ type: '/errors/body.invalid', field })
    expect(text).not.toContain('hunter2')
    expect((await app.call(app.tokens.admin, 'GET', '/api/v1/providers/acme')).status).toBe(404)
  })
})
