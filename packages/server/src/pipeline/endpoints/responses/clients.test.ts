import { createOpenAI } from '@ai-sdk/openai'
import { ChatOpenAI } from '@langchain/openai'
import { generateText, jsonSchema, streamText } from 'ai'
import type { ToolSet } from 'ai'
import { afterEach, expect } from 'vitest'
import { createTestCrossing } from '../../../testing/crossing.ts'
import type { TestCrossing } from '../../../testing/crossing.ts'
import { test } from '../../../testing/database.ts'
import { eventsOf, responseOf, toBytes } from './test-parts.ts'
import type { Json } from './test-parts.ts'

const NOTE = 'Patient: Maribel Quintanilla, MRN 4482913. Summarize for Maribel.'
const SECRETS = ['Maribel', 'Quintanilla', '4482913']
const TOKEN = /\b[A-Z]{3,12}[0-9BCDFGHJKLMNPQRSTVWXZ]{12}\b/g

let crossing: TestCrossing
afterEach(async () => crossing.close())

function outputFor(body: unknown): Json[] {
  const tokens = [...new Set(JSON.stringify(body).match(TOKEN) ?? [])]
  return [
    {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [
        {
          type: 'output_text',
          text: `About ${tokens.join(' and ')}. Mr. John Smith called.`,
          annotations: [],
          logprobs: [],
        },
      ],
    },
    {
      id: 'fc_1',
      call_id: 'call_1',
      type: 'function_call',
      name: 'look_up',
      status: 'completed',
      arguments: JSON.stringify({ who: tokens[0] }),
    },
  ]
}

/** Whole or streamed, as each request asks. */
function answerAsAsked(): void {
  crossing.upstream.answer(({ body }) =>
    (body as { stream?: boolean }).stream === true
      ? { kind: 'stream', pieces: [toBytes(eventsOf(outputFor(body), [4, 7]))] }
      : { kind: 'whole', document: responseOf(outputFor(body)) },
  )
}

const fetchHere: typeof fetch = async (url, init) =>
  crossing.routes.request(url instanceof Request ? url.url : String(url), init)

function expectRestored(text: string): void {
  for (const secret of SECRETS) expect(text).toContain(secret)
  expect(text).not.toContain('Smith')
  for (const { text: sent } of crossing.upstream.received)
    for (const secret of SECRETS) expect(sent).not.toContain(secret)
}

test("Vercel's AI SDK reads responses whole and streamed, calls of tools too", async ({ db }) => {
  crossing = await createTestCrossing(db)
  answerAsAsked()
  const openai = createOpenAI({
    baseURL: 'http://gateway.example.org/v1',
    apiKey: crossing.app.tokens.app,
    fetch: fetchHere,
  })
  const inputSchema = jsonSchema({ type: 'object', properties: { who: { type: 'string' } } })
  const tools: ToolSet = { look_up: { description: 'Looks up.', inputSchema } as ToolSet[string] }
  const request = { model: openai('scripted'), prompt: NOTE, tools }
  const whole = await generateText(request)
  expectRestored(whole.text)
  const streamed = streamText(request)
  let text = ''
  for await (const piece of streamed.textStream) text += piece
  expect(text).toBe(whole.text)
  expect((await streamed.toolCalls).map(({ input }) => input)).toEqual(whole.toolCalls.map(({ input }) => input))
})

test('LangChain reads responses whole and streamed, calls of tools too', async ({ db }) => {
  crossing = await createTestCrossing(db)
  answerAsAsked()
  const model = new ChatOpenAI({
    model: 'scripted',
    apiKey: crossing.app.tokens.app,
    useResponsesApi: true,
    maxRetries: 0,
    configuration: { baseURL: 'http://gateway.example.org/v1', fetch: fetchHere },
  }).bindTools([{ type: 'function', function: { name: 'look_up', parameters: { type: 'object', properties: {} } } }])
  const whole = await model.invoke(NOTE)
  expectRestored(whole.text)
  let text = ''
  let calls = ''
  for await (const piece of await model.stream(NOTE)) {
    text += piece.text
    for (const { args } of piece.tool_call_chunks ?? []) calls += args ?? ''
  }
  expect(text).toBe(whole.text)
  expect(JSON.parse(calls)).toEqual(whole.tool_calls?.[0]?.args)
})
