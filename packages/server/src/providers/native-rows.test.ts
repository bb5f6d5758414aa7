import Anthropic from '@anthropic-ai/sdk'
import type { ProviderSettings } from '@breakwater/contract'
import { fixedClock, startAnthropicServer, startBedrockServer, startVertexServer } from '@breakwater/testkit'
import type { ModelServer } from '@breakwater/testkit'
import { generateKeyPairSync } from 'node:crypto'
import { afterEach, describe, expect } from 'vitest'
import { ALL_CLAUSES, OWN_FACTS } from '../testing/agreements.ts'
import { createTestCrossing } from '../testing/crossing.ts'
import type { TestCrossing } from '../testing/crossing.ts'
import type { Db } from '../platform/db/database.ts'
import { test } from '../testing/database.ts'
import { createSecrets } from '../testing/provider-call.ts'
import { createProviderAdapters } from './index.ts'

const ACCOUNT = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'made-up' }
const NOTE = 'Patient: Maribel Quintanilla, MRN 4482913, phone (212) 555-0142. BP 120/80, metformin 500 mg twice daily.'
const SECRETS = ['Maribel', 'Quintanilla', '4482913', '555-0142']
const TOOLS = [
  {
    type: 'function' as const,
    function: { name: 'find_chart', parameters: { type: 'object', properties: { name: { type: 'string' } } } },
  },
]

interface Kind {
  readonly kind: 'anthropic' | 'bedrock' | 'vertex'
  readonly model: string
  readonly settings: ProviderSettings
  readonly apiKeyFile: string
  /** Vendor and service, as the registry names them, and where the model is served. */
  readonly terms: readonly [vendor: string, service: string, region: string]
  readonly start: () => Promise<ModelServer>
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const FILES = {
  'aws.json': JSON.stringify(ACCOUNT),
  'anthropic.key': 'sk-ant-made-up',
  'google.json': JSON.stringify({
    type: 'service_account',
    client_email: 'a@made-up.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  }),
}
const aws = { region: 'eu-west-1', auth: 'access-key-file' } as const
const startBedrock = async () => startBedrockServer({ region: 'eu-west-1', service: 'bedrock', account: ACCOUNT })
const google = { project: 'clinic-1', location: 'europe-west4' } as const
const startVertex = async () => startVertexServer({ ...google, isToken: () => true })

const KINDS: readonly Kind[] = [
  {
    kind: 'bedrock',
    model: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
    settings: { ...aws, shape: 'converse' },
    terms: ['aws', 'bedrock', 'eu'],
    apiKeyFile: 'aws.json',
    start: startBedrock,
  },
  {
    kind: 'bedrock',
    model: 'anthropic.claude-3-haiku-20240307-v1:0',
    settings: { ...aws, shape: 'invoke' },
    terms: ['aws', 'bedrock', 'eu-west-1'],
    apiKeyFile: 'aws.json',
    start: startBedrock,
  },
  {
    kind: 'anthropic',
    model: 'claude-sonnet-5-5',
    settings: { version: '2023-06-01' },
    terms: ['anthropic', 'api', '*'],
    apiKeyFile: 'anthropic.key',
    start: async () => startAnthropicServer({ apiKey: 'sk-ant-made-up' }),
  },
  {
    kind: 'vertex',
    model: 'gemini-2.5-pro',
    settings: { ...google, auth: 'service-account-file' },
    terms: ['google', 'vertex', 'europe-west4'],
    apiKeyFile: 'google.json',
    start: startVertex,
  },
]

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** The whole server with a row of this kind, and an agreement that covers it in one region. */
async function connect(
  db: Db,
  { kind, model, settings, apiKeyFile, terms, start }: Kind,
): Promise<{ server: ModelServer; crossing: TestCrossing }> {
  const secrets = await createSecrets(FILES)
  const server = await start()
  const adapters = createProviderAdapters({ secretsDir: secrets.path, clock: fixedClock('2026-06-01T12:00:00Z') })
  const crossing = await createTestCrossing(db, { adapters })
  closers.push(
    async () => crossing.close(),
    async () => server.close(),
    async () => secrets.remove(),
  )
  const { app } = crossing
  const admin = { tenant: app.tenant, id: 'admin' }
  const [vendor, service, region] = terms
  await app.services.vendors.import(
    admin,
    OWN_FACTS.map((fact) => ({ ...fact, vendor, service })),
  )
  await app.services.providers.put(admin, {
    id: 'native',
    kind,
    baseUrl: server.url,
    isInternal: true,
    allowedAddresses: ['127.0.0.1'],
    models: [model],
    settings,
    apiKeyFile,
  })
  await app.services.agreements.put(admin, {
    id: 'native',
    kind: 'business-associate',
    provider: 'native',
    endpoints: ['anthropic.messages', 'chat.completions'],
    models: [model],
    purposes: ['TREAT'],
    regions: [region],
    clauses: ALL_CLAUSES,
    incidentNoticeDays: 10,
    effectiveFrom: app.clock.now(),
    effectiveTo: new Date(app.clock.now().getTime() + 86_400_000),
  })
  return { server, crossing }
}

describe.each(KINDS)('a row of kind $kind, model $model', (each) => {
  test('sends no identifier, and gives the caller its own values back, whole and streamed (GW-02, GW-08)', async ({
    db,
  }) => {
    const { server, crossing } = await connect(db, each)
    const { model } = each
    const request = { model, messages: [{ role: 'user' as const, content: NOTE }], tools: TOOLS }

    await crossing.client.chat.completions.create(request)
    const sent = Buffer.from(server.received[0]?.bytes ?? []).toString()
    for (const secret of SECRETS) expect(sent).not.toContain(secret)
    expect(sent).toContain('metformin 500 mg')
    const [token = ''] = sent.match(/\bNAME[0-9BCDFGHJKLMNPQRSTVWXZ]{12}\b/) ?? []
    expect(token).not.toBe('')

    server.say({
      blocks: [
        { kind: 'text', text: `About ${token}. John Smith, SSN 078-05-1120, called.` },
        { kind: 'call', id: 'toolu_01', name: 'find_chart', input: { name: token } },
      ],
      stop: 'call',
      usage: { read: 10, written: 20 },
    })
    const whole = await crossing.client.chat.completions.create(request)
    const message = whole.choices[0]?.message
    expect(message?.content).toContain('About Maribel')
    expect(message?.content).not.toContain('078-05-1120')
    expect(message?.tool_calls?.[0]).toMatchObject({
      function: { name: 'find_chart', arguments: '{"name":"Maribel"}' },
    })
    expect(whole.usage?.total_tokens).toBe(30)

    const streamed = { text: '', arguments: '' }
    for await (const { choices } of await crossing.client.chat.completions.create({ ...request, stream: true })) {
      streamed.text += choices[0]?.delta.content ?? ''
      streamed.arguments += choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? ''
    }
    expect(streamed).toEqual({ text: message?.content, arguments: '{"name":"Maribel"}' })
    expect(server.faults).toEqual([])
  })
})

/** What a token cannot fulfil: none of it may reach a provider that holds its model to it. */
const FORM = {
  type: 'object',
  additionalProperties: false,
  required: ['who', 'mrn', 'phone'],
  properties: {
    who: { type: 'string', maxLength: 12 },
    mrn: { type: 'integer' },
    phone: { type: 'string', pattern: '^\\+1\\d{10}$' },
  },
}
const FULFILLED = { who: 'Maribel', mrn: 4482913, phone: '+12125550142' }

describe.each(KINDS)('the form of an answer, in the words of $kind, model $model', (each) => {
  test('takes tokens there, and is what the caller asked for here, whole and streamed (GW-08)', async ({ db }) => {
    const { server, crossing } = await connect(db, each)
    const { model } = each
    const messages = [{ role: 'user' as const, content: NOTE }]
    const format = { type: 'json_schema' as const, json_schema: { name: 'chart', strict: true, schema: FORM } }
    const tool = { type: 'function' as const, function: { name: 'find_chart', parameters: FORM } }
    const request = { model, messages, response_format: format }
    const calling = { model, messages, tools: [tool] }

    await crossing.client.chat.completions.create(calling)
    const sent = Buffer.from(server.received[0]?.bytes ?? []).toString()
    expect(sent).toMatch(/"mrn\\?":\{\\?"type\\?":\[\\?"integer\\?",\\?"string\\?"\]/)
    expect(sent).not.toMatch(/maxLength|pattern/)
    const find = (word: string): string => sent.match(new RegExp(`\\b${word}[0-9B-DF-HJ-NP-TV-XZ]{12}\\b`))?.[0] ?? ''
    const input = { who: find('NAME'), mrn: find('RECORD'), phone: find('PHONE') }

    server.say({ blocks: [{ kind: 'text', text: JSON.stringify(input) }], stop: 'end', usage: { read: 1, written: 2 } })
    const whole = await crossing.client.chat.completions.create(request)
    expect(JSON.parse(whole.choices[0]?.message.content ?? '')).toEqual(FULFILLED)
    expect(Buffer.from(server.received.at(-1)?.bytes ?? []).toString()).not.toMatch(/maxLength|pattern/)
    let streamed = ''
    for await (const { choices } of await crossing.client.chat.completions.create({ ...request, stream: true }))
      streamed += choices[0]?.delta.content ?? ''
    expect(streamed).toBe(whole.choices[0]?.message.content)

    server.say({
      blocks: [{ kind: 'call', id: 'toolu_01', name: 'find_chart', input }],
      stop: 'call',
      usage: { read: 1, written: 2 },
    })
    const called = await crossing.client.chat.completions.create(calling)
    const [call] = called.choices[0]?.message.tool_calls ?? []
    expect(call?.type === 'function' && JSON.parse(call.function.arguments)).toEqual(FULFILLED)
    expect(server.faults).toEqual([])
  })
})

const [CONVERSE, INVOKE, ANTHROPIC, GEMINI] = KINDS

describe("Anthropic's own client, behind whoever hosts Claude (GW-02)", () => {
  test.for<[string, Kind | undefined, Partial<Kind>]>([
    ['Anthropic', ANTHROPIC, {}],
    ['Bedrock, InvokeModel', INVOKE, {}],
    ['Bedrock, the path of the Messages API', INVOKE, { settings: { ...aws, shape: 'runtime-openai' } }],
    ['Vertex AI', GEMINI, { model: 'claude-sonnet-4-5@20250929' }],
  ])('gets the same message whole and streamed: %s', async ([, base, changes], { db }) => {
    if (!base) throw new Error('no such kind')
    const { server, crossing } = await connect(db, { ...base, ...changes })
    const client = new Anthropic({
      baseURL: 'http://gateway.example.org/anthropic',
      apiKey: crossing.app.tokens.app,
      maxRetries: 0,
      fetch: async (url, init) => crossing.routes.request(url instanceof Request ? url.url : url, init),
    })
    const { model } = { ...base, ...changes }
    const request = { model, max_tokens: 64, messages: [{ role: 'user' as const, content: NOTE }] }

    await client.messages.create(request)
    const sent = Buffer.from(server.received[0]?.bytes ?? []).toString()
    for (const secret of SECRETS) expect(sent).not.toContain(secret)
    const [token = ''] = sent.match(/\bNAME[0-9BCDFGHJKLMNPQRSTVWXZ]{12}\b/) ?? []

    server.say({ blocks: [{ kind: 'text', text: `About ${token}.` }], stop: 'end', usage: { read: 10, written: 20 } })
    const whole = await client.messages.create(request)
    const streamed = await client.messages.stream(request).finalMessage()
    expect(whole.content).toMatchObject([{ type: 'text', text: 'About Maribel.' }])
    expect(streamed.content).toEqual(whole.content)
    expect(streamed.stop_reason).toBe('end_turn')
    expect(server.faults).toEqual([])
  })
})

describe('a model that may be served anywhere (GW-02, GW-05)', () => {
  test.for<[string, Kind | undefined, Partial<Kind>]>([
    ['a profile of Bedrock for the world', CONVERSE, { model: 'global.anthropic.claude-sonnet-4-5-20250929-v1:0' }],
    [
      'an own profile of Bedrock',
      CONVERSE,
      { model: 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc' },
    ],
    ["Vertex's global location", GEMINI, { settings: { ...google, location: 'global', auth: 'service-account-file' } }],
  ])('is not covered by an agreement for one place: %s', async ([, base, changes], { db }) => {
    if (!base) throw new Error('no such kind')
    const { server, crossing } = await connect(db, { ...base, ...changes })
    const { model } = { ...base, ...changes }
    const ask = crossing.client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hello' }] })
    await expect(ask).rejects.toMatchObject({ status: 403, code: 'agreement.none-in-force' })
    expect(server.received).toEqual([])
  })
})
