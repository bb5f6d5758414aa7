import { startOpenAi, TOO_LONG_WORD } from '@breakwater/testkit'
import type { OpenAiServer } from '@breakwater/testkit'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import type { Db } from '../../platform/db/database.ts'
import { ALL_CLAUSES, OWN_FACTS } from '../../testing/agreements.ts'
import { createTestCrossing } from '../../testing/crossing.ts'
import type { TestCrossing } from '../../testing/crossing.ts'
import { test } from '../../testing/database.ts'
import { askText, createSecrets, targetAt } from '../../testing/provider-call.ts'
import { createProviderAdapters } from '../registry.ts'
import { createOpenAi } from './openai.ts'

const PATH = '/v1/chat/completions'
const ACCOUNT = { organization: 'org-clinic', project: 'proj_ward' }
const UPSTREAM_MODEL = 'gpt-x-2026-01-01'

let openai: OpenAiServer
let secrets: Awaited<ReturnType<typeof createSecrets>>
let crossing: TestCrossing | undefined
beforeAll(async () => {
  secrets = await createSecrets({ 'openai-key': 'made-up-key-1', 'other-key': 'made-up-key-2' })
  openai = await startOpenAi({
    ...ACCOUNT,
    apiKey: 'made-up-key-1',
    models: [UPSTREAM_MODEL],
    says: ['Call Walter ', 'Brandt at 555-0142. ', 'Yours.'],
  })
})
afterEach(async () => crossing?.close())
afterAll(async () => {
  await openai.close()
  await secrets.remove()
})

interface Row {
  readonly apiKeyFile?: string
  readonly settings?: { readonly organization: string; readonly project: string }
  readonly upstreamModel?: string
}

async function start(db: Db, row: Row = {}): Promise<TestCrossing> {
  const { apiKeyFile = 'openai-key', settings = ACCOUNT, upstreamModel = UPSTREAM_MODEL } = row
  crossing = await createTestCrossing(db, { adapters: createProviderAdapters({ secretsDir: secrets.path }) })
  const { services, tenant } = crossing.app
  const by = { tenant, id: 'admin' }
  await services.providers.put(by, {
    id: 'scripted',
    kind: 'openai',
    baseUrl: `${openai.origin}/v1`,
    isInternal: true,
    allowedAddresses: ['127.0.0.1'],
    models: ['scripted'],
    upstreamModels: { scripted: upstreamModel },
    settings,
    apiKeyFile,
  })
  await services.vendors.import(
    by,
    OWN_FACTS.map((fact) => ({ ...fact, vendor: 'openai', service: 'api' })),
  )
  await services.agreements.put(by, {
    id: 'openai',
    kind: 'business-associate',
    provider: 'scripted',
    endpoints: ['chat.completions'],
    models: ['scripted'],
    purposes: ['TREAT'],
    clauses: ALL_CLAUSES,
    incidentNoticeDays: 10,
    effectiveFrom: new Date('2026-01-01T00:00:00.000Z'),
    effectiveTo: new Date('2027-01-01T00:00:00.000Z'),
  })
  return crossing
}

const ask = async (to: TestCrossing, extra: object = {}): Promise<Response> =>
  to.send(PATH, {
    model: 'scripted',
    messages: [{ role: 'user', content: 'Call Mr. Walter Brandt back.' }],
    ...extra,
  })

describe('OpenAI (GW-08, GW-10)', () => {
  test('is spoken to with a key of its organization and project, whole and streamed', async ({ db }) => {
    const to = await start(db)
    const whole = await ask(to)
    expect(whole.status).toBe(200)
    const document = (await whole.json()) as { choices: [{ message: { content: string } }] }
    expect(document).toMatchObject({ model: 'scripted', usage: { total_tokens: 11 } })
    expect(document.choices[0].message.content).toMatch(/^Call .* at .*Yours\.$/)
    expect(document.choices[0].message.content).not.toContain('555-0142')
    const streamed = await (await ask(to, { stream: true })).text()
    expect(streamed.trimEnd().endsWith('data: [DONE]')).toBe(true)
    expect(streamed).toContain('"total_tokens":11')
    expect(streamed).not.toContain('555-0142')
    expect(openai.received.at(-1)?.text).not.toContain('Brandt')
  })

  test.for<[string, object]>([
    ['says nothing of it', {}],
    ['says no', { store: false }],
    ['leaves it open', { store: null }],
    ['says it in its text only', { messages: [{ role: 'user', content: 'what does "store" do?' }] }],
  ])('is told not to store a chat whose caller %s', async ([, extra], { db }) => {
    const to = await start(db)
    const before = openai.stored.length
    expect((await ask(to, extra)).status).toBe(200)
    expect(JSON.parse(openai.received.at(-1)?.text ?? '{}')).toMatchObject({ store: false })
    expect(openai.received.at(-1)?.text.match(/"store":/g)).toHaveLength(1)
    expect(openai.stored.length).toBe(before)
  })

  test.for<[string, number, string, Row, object?]>([
    ['a key that is none', 502, 'provider.credentials-refused', { apiKeyFile: 'other-key' }],
    ['a project of another key', 502, 'provider.credentials-refused', { settings: { ...ACCOUNT, project: 'proj_x' } }],
    ['a model that it does not have', 400, 'provider.rejected', { upstreamModel: 'gpt-none' }],
    ['a parameter that it does not know', 400, 'provider.rejected', {}, { telepathy: true }],
    [
      'a prompt that is too long',
      400,
      'provider.context-exceeded',
      {},
      { messages: [{ role: 'user', content: `Mr. Walter Brandt ${TOO_LONG_WORD}` }] },
    ],
  ])('refuses %s: the caller gets %i and a code, and no word of it', async ([, status, code, row, extra], { db }) => {
    const answer = await ask(await start(db, row), extra)
    const text = await answer.text()
    expect([answer.status, (JSON.parse(text) as { error: { code: string } }).error.code]).toEqual([status, code])
    expect(text).not.toMatch(/Incorrect|header should|does not exist|Unknown parameter|maximum context|Brandt/)
  })
})

test('a server that only speaks like OpenAI gets the body as it is', async () => {
  const target = targetAt(`${openai.origin}/v1`, {
    kind: 'openai-compatible',
    apiKeyFile: 'openai-key',
    settings: ACCOUNT,
  })
  const adapter = createOpenAi(target, { secretsDir: secrets.path })
  const body = `{"model":"${UPSTREAM_MODEL}", "messages":[{"role":"user","content":"hello"}]}`
  await askText(adapter, { model: UPSTREAM_MODEL, body })
  expect(openai.received.at(-1)?.text).toBe(body)
  await adapter.close()
})
