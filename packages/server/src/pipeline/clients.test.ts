import { createOpenAI } from '@ai-sdk/openai'
import { ChatOpenAI } from '@langchain/openai'
import { tool as langchainTool } from '@langchain/core/tools'
import { OpenAI as LlamaOpenAI } from '@llamaindex/openai'
import { generateText, jsonSchema, streamText } from 'ai'
import type { ToolSet } from 'ai'
import { afterEach, describe, expect } from 'vitest'
import { z } from 'zod'
import { createTestCrossing } from '../testing/crossing.ts'
import type { TestCrossing } from '../testing/crossing.ts'
import { test } from '../testing/database.ts'
import type { Db } from '../platform/db/database.ts'

const NOTE = 'Patient: Maribel Quintanilla, MRN 4482913. Look the record of Maribel up.'
const SECRETS = ['Maribel', 'Quintanilla', '4482913']
const BROUGHT = /John Smith|078-05-1120/
const BASE_URL = 'http://gateway.example.org/v1'
const TOKEN = /\b[A-Z]{3,12}[0-9BCDFGHJKLMNPQRSTVWXZ]{12}\b/g

let crossing: TestCrossing
afterEach(async () => crossing.close())

type Fetch = typeof globalThis.fetch

interface Message {
  readonly content: string
  readonly tool_calls: readonly {
    readonly id: string
    readonly type: 'function'
    readonly function: { readonly name: string; readonly arguments: string }
  }[]
}

/** Says what it was sent, adds somebody nobody named, and calls the tool. */
function messageFor(text: string): Message {
  const tokens = [...new Set(text.match(TOKEN) ?? [])]
  return {
    content: `On ${tokens.join(' and ')}. Also John Smith, SSN 078-05-1120, called.`,
    tool_calls: [
      { id: 'call_1', type: 'function', function: { name: 'look_up', arguments: JSON.stringify({ who: tokens[0] }) } },
    ],
  }
}

const HEAD = { id: 'chatcmpl-upstream', created: 1, model: 'scripted' }
const USAGE = { prompt_tokens: 9, completion_tokens: 9, total_tokens: 18 }

function toStream({ content, tool_calls: calls }: Message): string {
  const event = (delta: unknown, reason: string | null = null): string =>
    `data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`
  const pieces = (text: string, length: number): string[] =>
    Array.from({ length: Math.ceil(text.length / length) }, (_, at) => text.slice(at * length, (at + 1) * length))
  const events = [
    event({ role: 'assistant', content: '' }),
    ...pieces(content, 5).map((piece) => event({ content: piece })),
  ]
  for (const [index, call] of calls.entries()) {
    events.push(event({ tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: '' } }] }))
    for (const piece of pieces(call.function.arguments, 4)) {
      events.push(event({ tool_calls: [{ index, function: { arguments: piece } }] }))
    }
  }
  const usage = `data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices: [], usage: USAGE })}\n\n`
  return [...events, event({}, 'tool_calls'), usage, 'data: [DONE]\n\n'].join('')
}

async function open(db: Db): Promise<{ apiKey: string; fetch: Fetch }> {
  crossing = await createTestCrossing(db)
  crossing.upstream.answer(({ body, text }) => {
    const message = messageFor(text)
    if ((body as { stream?: boolean }).stream === true) return { kind: 'stream', pieces: [toStream(message)] }
    const choices = [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'tool_calls' }]
    return { kind: 'whole', document: { ...HEAD, object: 'chat.completion', choices, usage: USAGE } }
  })
  const fetch: Fetch = async (url, init) =>
    crossing.routes.request(url instanceof Request ? url.url : String(url), init)
  return { apiKey: crossing.app.tokens.app, fetch }
}

/** Both halves: what the caller sent is back, what the model brought is gone, and nothing of it went out. */
function expectBothHalves(text: string, who: unknown): void {
  for (const secret of SECRETS) expect(text).toContain(secret)
  expect(text).not.toMatch(BROUGHT)
  expect(SECRETS).toContain(who)
  for (const { text: sent } of crossing.upstream.received)
    for (const secret of SECRETS) expect(sent).not.toContain(secret)
}

describe('LangChain, as it is (GW-08)', () => {
  const lookUp = langchainTool(({ who }) => who, {
    name: 'look_up',
    description: 'Looks a patient up.',
    schema: z.object({ who: z.string() }),
  })

  async function createModel(db: Db): Promise<ReturnType<ChatOpenAI['bindTools']>> {
    const { apiKey, fetch } = await open(db)
    const configuration = { baseURL: BASE_URL, fetch }
    return new ChatOpenAI({
      model: 'scripted',
      apiKey,
      maxRetries: 0,
      configuration,
      useResponsesApi: false,
    }).bindTools([lookUp])
  }

  test('gets a whole answer with a call of a tool', async ({ db }) => {
    const answer = await (await createModel(db)).invoke(NOTE)
    expectBothHalves(answer.text, answer.tool_calls?.[0]?.args['who'])
  })

  test('gets a streamed answer with a call of a tool', async ({ db }) => {
    let whole: Awaited<ReturnType<Awaited<ReturnType<typeof createModel>>['invoke']>> | undefined
    for await (const chunk of await (await createModel(db)).stream(NOTE)) whole = whole ? whole.concat(chunk) : chunk
    expectBothHalves(whole?.text ?? '', whole?.tool_calls?.[0]?.args['who'])
  })
})

describe('the AI SDK of Vercel, as it is (GW-08)', () => {
  const inputSchema = jsonSchema({ type: 'object', properties: { who: { type: 'string' } }, required: ['who'] })
  const tools: ToolSet = { look_up: { description: 'Looks a patient up.', inputSchema } }

  test('gets a whole answer with a call of a tool', async ({ db }) => {
    const model = createOpenAI({ baseURL: BASE_URL, ...(await open(db)) }).chat('scripted')
    const { text, toolCalls } = await generateText({ model, prompt: NOTE, tools, maxRetries: 0 })
    expectBothHalves(text, (toolCalls[0]?.input as { who: string } | undefined)?.who)
  })

  test('gets a streamed answer with a call of a tool', async ({ db }) => {
    const model = createOpenAI({ baseURL: BASE_URL, ...(await open(db)) }).chat('scripted')
    const { text, toolCalls } = streamText({ model, prompt: NOTE, tools, maxRetries: 0 })
    expectBothHalves(await text, ((await toolCalls)[0]?.input as { who: string } | undefined)?.who)
  })
})

describe('LlamaIndex, as it is (GW-08)', () => {
  const messages = [{ role: 'user' as const, content: NOTE }]

  test('gets a whole and a streamed answer', async ({ db }) => {
    const { apiKey, fetch } = await open(db)
    const llm = new LlamaOpenAI({
      model: 'scripted',
      apiKey,
      maxRetries: 0,
      baseURL: BASE_URL,
      additionalSessionOptions: { fetch },
    })
    const { message } = await llm.chat({ messages })
    let streamed = ''
    for await (const { delta } of await llm.chat({ messages, stream: true })) streamed += delta
    expect(streamed).toBe(message.content)
    expectBothHalves(streamed, 'Maribel')
  })
})
