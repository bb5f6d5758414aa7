import Anthropic from '@anthropic-ai/sdk'
import { afterEach, describe, expect } from 'vitest'
import type { ProviderAdapter } from '../../../providers/adapter.ts'
import { createTestCrossing } from '../../../testing/crossing.ts'
import type { TestCrossing } from '../../../testing/crossing.ts'
import type { Db } from '../../../platform/db/database.ts'
import { test } from '../../../testing/database.ts'
import { eventsOf, messageOf, SIGNATURE } from './test-parts.ts'
import type { Block } from './test-parts.ts'

const NOTE = 'Patient: Maribel Quintanilla, MRN 4482913, seen by Dr. Oskar Lindqvist. Summarize for Maribel.'
const SECRETS = ['Maribel', 'Quintanilla', '4482913', 'Lindqvist']
const PATH = '/anthropic/v1/messages'
const TOOL = {
  name: 'look_up',
  description: 'Looks a patient up.',
  input_schema: { type: 'object' as const, properties: { who: { type: 'string' } } },
}
const REQUEST = { model: 'scripted', max_tokens: 200, messages: [{ role: 'user' as const, content: NOTE }] }

let crossing: TestCrossing
let received: string[]
afterEach(async () => crossing.close())

/** A model that names what it was sent, thinks, calls a tool and adds what nobody asked. */
function contentFor(body: string): Block[] {
  const tokens = [...new Set(body.match(/\b[A-Z]{3,12}[0-9BCDFGHJKLMNPQRSTVWXZ]{12}\b/g) ?? [])]
  return [
    { type: 'thinking', thinking: `About ${tokens[0] ?? ''}.`, signature: SIGNATURE },
    { type: 'text', text: `On ${tokens.join(' and ')}. Also John Smith, SSN 078-05-1120, called.` },
    { type: 'tool_use', id: 'toolu_1', name: 'look_up', input: { who: tokens[0] } },
  ]
}

async function open(db: Db): Promise<Anthropic> {
  received = []
  const adapter: ProviderAdapter = {
    serves: () => true,
    async send({ body }, { isStream }) {
      received.push(body)
      const content = contentFor(body)
      if (!isStream) return { kind: 'whole', bytes: Buffer.from(JSON.stringify(messageOf(content))) }
      async function* chunks(): AsyncGenerator<Uint8Array> {
        yield Buffer.from(eventsOf(content, [3, 11]))
      }
      return { kind: 'stream', chunks: chunks() }
    },
    close: async () => undefined,
  }
  crossing = await createTestCrossing(db, { adapters: { adapterFor: () => adapter } })
  return new Anthropic({
    baseURL: 'http://gateway.example.org/anthropic',
    apiKey: crossing.app.tokens.app,
    maxRetries: 0,
    fetch: async (url, init) => crossing.routes.request(url instanceof Request ? url.url : url, init),
  })
}

const textOf = (content: readonly { type: string }[]): string => JSON.stringify(content)

describe("Anthropic's client gets a message", () => {
  test('whole: nothing identifying goes out, its own values come back, the model brings none (GW-08, LS-02)', async ({
    db,
  }) => {
    const client = await open(db)
    const message = await client.messages.create({ ...REQUEST, tools: [TOOL] })
    for (const secret of SECRETS) expect(received[0]).not.toContain(secret)
    const [thinking, text, call] = message.content
    expect(thinking).toEqual(contentFor(received[0] ?? '')[0])
    for (const secret of SECRETS) expect(textOf(text ? [text] : [])).toContain(secret)
    expect(textOf(message.content)).not.toMatch(/John|Smith|078-05/)
    expect(call).toMatchObject({ type: 'tool_use', name: 'look_up', input: { who: expect.stringMatching(/^\S+$/) } })
    expect(message.id).toMatch(/^msg_[0-9a-f-]{36}$/)
    const [intent, outcome] = await crossing.entries()
    expect(intent).toMatchObject({
      kind: 'crossing.intent',
      endpoint: 'anthropic.messages',
      features: expect.arrayContaining(['tools']),
    })
    expect(outcome).toMatchObject({ kind: 'crossing.outcome', decision: 'allow' })
  })

  test('streamed: the same message (GW-08, LS-02)', async ({ db }) => {
    const client = await open(db)
    const whole = await client.messages.create({ ...REQUEST, tools: [TOOL] })
    const streamed = await client.messages.stream({ ...REQUEST, tools: [TOOL] }).finalMessage()
    expect(streamed.content).toEqual(whole.content)
    expect(streamed.usage.output_tokens).toBe(34)
  })

  test('on the next turn with signed thinking, its call and the result: the same tokens, the signed part byte for byte (GW-08)', async ({
    db,
  }) => {
    const client = await open(db)
    const first = await client.messages.create({ ...REQUEST, tools: [TOOL] })
    const result = [
      { type: 'tool_result' as const, tool_use_id: 'toolu_1', content: '{"found":"Maribel Quintanilla"}' },
    ]
    await client.messages.create({
      ...REQUEST,
      tools: [TOOL],
      messages: [...REQUEST.messages, { role: 'assistant', content: first.content }, { role: 'user', content: result }],
    })
    const [before = '', after = ''] = received
    for (const secret of SECRETS) expect(after).not.toContain(secret)
    expect(after).toContain(JSON.stringify(contentFor(before)[0]).slice(1, -1))
    expect(after).toContain(JSON.stringify({ who: before.match(/[A-Z]{3,12}[0-9BCDFGHJKLMNPQRSTVWXZ]{12}/)?.[0] }))
  })
})

describe('a request in that namespace', () => {
  test.for([
    [
      'an image',
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }],
          },
        ],
      },
      'body.media-refused',
    ],
    ["a tool of the vendor's", { tools: [{ type: 'bash_20250124', name: 'bash' }] }, 'body.feature-refused'],
    [
      'a remote server of tools',
      { mcp_servers: [{ type: 'url', url: 'https://tools.example.org', name: 'x' }] },
      'body.feature-refused',
    ],
    ['a container', { container: 'container_1' }, 'body.feature-refused'],
    [
      'a signed part that identifies',
      {
        messages: [
          {
            role: 'assistant',
            content: [{ type: 'thinking', thinking: 'Maribel Quintanilla, MRN 4482913.', signature: SIGNATURE }],
          },
        ],
      },
      'body.signed-identifies',
    ],
  ] as const)(
    'with %s is refused, in the words of its clients, and nothing is sent',
    async ([, changes, code], { db }) => {
      await open(db)
      const answer = await crossing.send(PATH, { ...REQUEST, ...changes })
      expect(await answer.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error', code } })
      expect(received).toEqual([])
    },
  )

  test('with two credentials is refused', async ({ db }) => {
    await open(db)
    const answer = await crossing.send(PATH, REQUEST, { 'x-api-key': crossing.app.tokens.app })
    expect(answer.status).toBe(401)
    expect(received).toEqual([])
  })

  test('takes x-api-key for a token there, and nowhere else', async ({ db }) => {
    await open(db)
    const headers = { 'x-api-key': crossing.app.tokens.app, 'content-type': 'application/json' }
    const send = async (path: string): Promise<number> =>
      (await crossing.routes.request(path, { method: 'POST', headers, body: JSON.stringify(REQUEST) })).status
    expect(await send(PATH)).toBe(200)
    expect(await send('/v1/chat/completions')).toBe(401)
  })

  test('to an undeclared path is refused and recorded', async ({ db }) => {
    await open(db)
    const answer = await crossing.send('/anthropic/v1/files', {})
    expect(answer.status).toBe(404)
    expect((await crossing.entries()).at(-1)).toMatchObject({ kind: 'crossing.refused', codes: ['route.unknown'] })
  })
})
