import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FILTERED_WORD, startAzureOpenAi, startEntra, startStrictServer } from '@breakwater/testkit'
import type { EntraServer, StrictServer } from '@breakwater/testkit'
import type { ProviderSettings } from '@breakwater/contract'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { ALL_CLAUSES, OWN_FACTS } from '../../testing/agreements.ts'
import { createTestCrossing } from '../../testing/crossing.ts'
import type { TestCrossing } from '../../testing/crossing.ts'
import type { Db } from '../../platform/db/database.ts'
import { test } from '../../testing/database.ts'
import { createEntraTokens } from '../credentials/entra/tokens.ts'
import { createProviderAdapters } from '../registry.ts'

const PATH = '/v1/chat/completions'
const DIRECTORY = '72f988bf-86f1-41af-91ab-2d7cd011db47'
const CLIENT = '6731de76-14a6-49ae-97bc-6eba6914391e'
const FEDERATED = 'aaaa.bbbb.cccc'
const SCOPE = 'https://ai.azure.com/.default'

let folder: string
let entra: EntraServer
let azure: StrictServer
let crossing: TestCrossing | undefined
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'breakwater-azure-'))
  const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=breakwater', '-days', '2']
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', keyFile, '-out', certificateFile]
  execFileSync('openssl', [...made, ...subject], { stdio: 'ignore' })
  const certificate = await readFile(certificateFile, 'utf8')
  const secrets = {
    'azure-key': 'azure-key-1',
    'entra.pem': certificate + (await readFile(keyFile, 'utf8')),
    'federated-token': FEDERATED,
    'other-token': 'aaaa.bbbb.dddd',
  }
  for (const [name, text] of Object.entries(secrets)) await writeFile(join(folder, name), text, { mode: 0o600 })
  entra = await startEntra({ directoryId: DIRECTORY, clientId: CLIENT, certificate, federatedToken: FEDERATED })
  azure = await startAzureOpenAi({
    deployments: ['ward-deployment'],
    apiKey: 'azure-key-1',
    isToken: (token, audience) => entra.isToken(token, audience),
    says: ['Call Walter ', 'Brandt at 555-0142. ', 'Yours.'],
  })
})
afterEach(async () => crossing?.close())
afterAll(async () => {
  await azure.close()
  await entra.close()
  await rm(folder, { recursive: true })
})

const options = () => ({
  secretsDir: folder,
  entra: { authority: entra.origin, metadata: entra.origin, allowedAddresses: ['127.0.0.1'] },
})

const ENTRA = { auth: 'entra', directoryId: DIRECTORY, clientId: CLIENT } as const
const WAYS: readonly (readonly [string, ProviderSettings, string?])[] = [
  ['a key and v1', { apiVersion: 'v1', auth: 'api-key' }, 'azure-key'],
  ['a key and a dated path', { apiVersion: '2024-10-21', auth: 'api-key' }, 'azure-key'],
  ['a managed identity', { apiVersion: 'v1', auth: 'entra', credential: 'managed-identity' }],
  [
    'a federated token',
    { apiVersion: 'v1', ...ENTRA, credential: 'workload-identity', assertionFile: 'federated-token' },
  ],
  [
    'a certificate and a dated path',
    { apiVersion: '2024-10-21', ...ENTRA, credential: 'client-certificate', certificateFile: 'entra.pem' },
  ],
]

async function start(db: Db, settings: ProviderSettings, apiKeyFile?: string, upstream = 'ward-deployment') {
  crossing = await createTestCrossing(db, { adapters: createProviderAdapters(options()) })
  const { services, tenant } = crossing.app
  await services.providers.put(
    { tenant, id: 'admin' },
    {
      id: 'scripted',
      kind: 'azure-openai',
      baseUrl: azure.origin,
      isInternal: true,
      allowedAddresses: ['127.0.0.1'],
      models: ['scripted'],
      upstreamModels: { scripted: upstream },
      settings,
      ...(apiKeyFile !== undefined && { apiKeyFile }),
    },
  )
  const facts = OWN_FACTS.map((fact) => ({ ...fact, vendor: 'azure', service: 'openai' }))
  await services.vendors.import({ tenant, id: 'admin' }, facts)
  const put = await crossing.app.call(crossing.app.tokens.admin, 'PUT', '/api/v1/agreements/azure', {
    kind: 'business-associate',
    provider: 'scripted',
    endpoints: ['chat.completions'],
    models: ['scripted'],
    purposes: ['TREAT'],
    clauses: ALL_CLAUSES,
    incidentNoticeDays: 10,
    effectiveFrom: '2026-01-01T00:00:00.000Z',
    effectiveTo: '2027-01-01T00:00:00.000Z',
  })
  expect(put.status).toBe(200)
  return crossing
}

const ask = async (from: TestCrossing, content: string, stream = false): Promise<Response> =>
  from.send(PATH, { model: 'scripted', stream, messages: [{ role: 'user', content }] })

describe('Azure OpenAI (GW-01)', { timeout: 20_000 }, () => {
  test.for(WAYS)('is spoken to with %s, whole and streamed', async ([, settings, key], { db }) => {
    const to = await start(db, settings, key)
    const whole = await ask(to, 'Call Mr. Walter Brandt back.')
    expect(whole.status).toBe(200)
    const document = (await whole.json()) as Record<string, unknown>
    expect(document).toMatchObject({
      model: 'scripted',
      prompt_filter_results: [{ content_filter_results: { hate: { filtered: false, severity: 'safe' } } }],
      choices: [{ content_filter_results: { violence: { severity: 'safe' } }, finish_reason: 'stop' }],
    })
    expect(JSON.stringify(document)).not.toContain('555-0142')
    const streamed = await (await ask(to, 'Call Mr. Walter Brandt back.', true)).text()
    expect(streamed.trimEnd().endsWith('data: [DONE]')).toBe(true)
    expect(streamed).toContain('prompt_filter_results')
    expect(streamed).not.toContain('555-0142')
    expect(azure.received.at(-1)?.text).not.toContain('Brandt')
  })

  test('hears of a filter by a code of our own and names of a closed list', async ({ db }) => {
    for (const stream of [false, true]) {
      const to = await start(db, { apiVersion: 'v1', auth: 'api-key' }, 'azure-key')
      const refused = await ask(to, FILTERED_WORD, stream)
      expect([refused.status, ((await refused.json()) as { error: object }).error]).toMatchObject([
        400,
        {
          code: 'provider.content-filtered',
          message: "the provider's content filter refused the request: jailbreak, violence",
        },
      ])
      if (!stream) await to.close()
    }
  })

  test.for<[string, string, ProviderSettings, string?, string?]>([
    ['an unknown deployment', 'provider.rejected', { apiVersion: 'v1', auth: 'api-key' }, 'azure-key', 'other'],
    ['an unknown version', 'provider.rejected', { apiVersion: '2020-01-01', auth: 'api-key' }, 'azure-key'],
    [
      'a token that the directory does not trust',
      'provider.credentials-refused',
      { apiVersion: 'v1', ...ENTRA, credential: 'workload-identity', assertionFile: 'other-token' },
    ],
    ['a key that is none', 'provider.credentials-refused', { apiVersion: 'v1', auth: 'api-key' }, 'federated-token'],
  ])('refuses %s, and the caller gets %s', async ([, code, settings, key, upstream], { db }) => {
    const to = await start(db, settings, key, upstream)
    const text = await (await ask(to, 'hello')).text()
    expect((JSON.parse(text) as { error: { code: string } }).error.code).toBe(code)
    expect(text).not.toMatch(/AADSTS|subscription|deployment|token-/)
  })
})

describe('a token of Entra', () => {
  test('is asked for once for all who wait, and anew shortly before it ends', async () => {
    let nowMs = 0
    const settings = { credential: 'managed-identity' } as const
    const read = createEntraTokens(settings, SCOPE, options(), () => nowMs)
    const before = entra.received.length
    const tokens = new Set(await Promise.all([read(), read(), read()]))
    nowMs = (3_599 - 301) * 1_000
    tokens.add(await read())
    expect([tokens.size, entra.received.length - before]).toEqual([1, 1])
    nowMs = (3_599 - 299) * 1_000
    expect(tokens.has(await read())).toBe(false)
  })

  test('is used while it is good when no new one can be had, and not a second longer', async () => {
    let nowMs = 0
    const gone = await startEntra({ directoryId: DIRECTORY, clientId: CLIENT })
    const places = { entra: { metadata: gone.origin } }
    const read = createEntraTokens({ credential: 'managed-identity' }, SCOPE, places, () => nowMs)
    const token = await read()
    await gone.close()
    nowMs = 3_598_000
    expect(await read()).toBe(token)
    nowMs = 3_599_000
    await expect(read()).rejects.toMatchObject({ code: 'provider.credentials-refused' })
  })

  test('comes straight from the authority: past proxies, and after no redirect', async () => {
    const elsewhere = await startStrictServer(() => ({ status: 200, document: {} }))
    const redirects = await startStrictServer(() => ({
      status: 307,
      document: {},
      headers: { location: `${elsewhere.origin}/${DIRECTORY}/oauth2/v2.0/token` },
    }))
    const place = { authority: redirects.origin, allowedAddresses: ['127.0.0.1'] }
    const settings = { ...ENTRA, credential: 'workload-identity', assertionFile: 'federated-token' } as const
    const read = createEntraTokens(settings, SCOPE, { secretsDir: folder, entra: place })
    await expect(read()).rejects.toMatchObject({ code: 'provider.credentials-refused' })
    expect([redirects.received.length, elsewhere.received.length]).toEqual([1, 0])
    await redirects.close()
    await elsewhere.close()
  })
})
