import { describe, expect } from 'vitest'
import { createTestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { createProviderService, createProviderStore } from './index.ts'

const INTERNAL = {
  kind: 'openai-compatible',
  baseUrl: 'https://10.20.30.40:8000/v1',
  isInternal: true,
  allowedAddresses: ['10.20.30.40', '2001:db8::/32'],
  models: ['llama-3'],
  pins: [],
  allowsTls12: false,
  upstreamModels: {},
  settings: {},
  fallbacks: [],
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
  upstreamModels: { 'big-1': 'upstream/big-1@2' },
  settings: {},
  fallbacks: [],
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

const AZURE = {
  ...EXTERNAL,
  kind: 'azure-openai',
  baseUrl: 'https://ward.openai.azure.com',
  upstreamModels: { 'big-1': 'ward-deployment' },
  settings: { apiVersion: 'v1', auth: 'api-key' },
}
const DIRECTORY = '72f988bf-86f1-41af-91ab-2d7cd011db47'
const SELF = { ...INTERNAL, kind: 'vllm' }

describe('the kind of a provider', () => {
  test.for<[string, object]>([
    ['Azure with a key', AZURE],
    [
      'Azure with a certificate',
      {
        ...AZURE,
        apiKeyFile: undefined,
        settings: {
          apiVersion: '2024-10-21',
          auth: 'entra',
          credential: 'client-certificate',
          directoryId: DIRECTORY,
          clientId: DIRECTORY,
          certificateFile: 'entra.pem',
        },
      },
    ],
    ['OpenAI in a region', { ...EXTERNAL, kind: 'openai', baseUrl: 'https://eu.api.openai.com/v1' }],
    ['a model server of our own', SELF],
  ])('decides what a row needs to say: %s', async ([, body], { db }) => {
    const app = await createTestApp(db)
    const put = await app.call(app.tokens.admin, 'PUT', '/api/v1/providers/acme', body)
    expect(await put.json()).toEqual({ ...JSON.parse(JSON.stringify(body)), id: 'acme', version: 1, isDisabled: false })
  })

  test.for<[string, object]>([
    ['/settings/apiVersion', { ...AZURE, settings: { auth: 'api-key' } }],
    ['/settings/apiVersion', { ...AZURE, settings: { auth: 'api-key', apiVersion: 'latest' } }],
    ['/settings/auth', { ...AZURE, settings: { apiVersion: 'v1' } }],
    ['/settings/auth', { ...AZURE, settings: { apiVersion: 'v1', auth: 'role' } }],
    ['/settings/credential', { ...AZURE, apiKeyFile: undefined, settings: { apiVersion: 'v1', auth: 'entra' } }],
    ['/apiKeyFile', { ...AZURE, settings: { apiVersion: 'v1', auth: 'entra', credential: 'managed-identity' } }],
    [
      '/settings/directoryId',
      {
        ...AZURE,
        apiKeyFile: undefined,
        settings: { apiVersion: 'v1', auth: 'entra', credential: 'workload-identity' },
      },
    ],
    ['/settings/region', { ...AZURE, settings: { ...AZURE.settings, region: 'us-east-1' } }],
    ['/settings', { ...AZURE, settings: { ...AZURE.settings, hunter2: 'x' } }],
    ['/baseUrl', { ...AZURE, baseUrl: 'https://ward.openai.azure.com.hunter2.example.org' }],
    ['/baseUrl', { ...EXTERNAL, kind: 'openai', baseUrl: 'https://hunter2.example.org/v1' }],
    ['/baseUrl', { ...EXTERNAL, baseUrl: 'https://chatgpt.com/backend-api' }],
    ['/baseUrl', { ...EXTERNAL, baseUrl: 'https://api.claude.ai./v1' }],
    ['/isInternal', { ...EXTERNAL, kind: 'vllm' }],
    ['/upstreamModels', { ...SELF, upstreamModels: { hunter2: 'x' } }],
    ['/fallbacks/0/models', { ...SELF, fallbacks: [{ provider: 'demo', models: { hunter2: 'x' } }] }],
    ['/fallbacks', { ...SELF, fallbacks: [{ provider: 'nobody' }] }],
    ['/fallbacks', { ...SELF, fallbacks: [{ provider: 'acme' }] }],
  ])('refuses a row at %s, and repeats no value, %# (GW-04)', async ([field, body], { db }) => {
    const app = await createTestApp(db)
    const refused = await app.call(app.tokens.admin, 'PUT', '/api/v1/providers/acme', body)
    const text = await refused.text()
    expect([refused.status, (JSON.parse(text) as { field: string }).field]).toEqual([400, field])
    expect(text).not.toContain('hunter2')
  })

  test('is refused when the row is put, where this server cannot speak it', async ({ db }) => {
    const store = createProviderStore(db)
    const service = createProviderService({
      store,
      clock: { now: () => new Date() },
      recordChange: async () => undefined,
      hasAdapter: (kind) => kind === 'demo',
    })
    const row = { id: 'acme', kind: 'vllm', isInternal: true, allowedAddresses: [], models: ['m'] } as const
    const put = service.put({ tenant: 'default', id: 'admin' }, row)
    await expect(put).rejects.toMatchObject({ code: 'body.invalid', field: '/kind' })
  })
})
