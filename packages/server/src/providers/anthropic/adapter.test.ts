import { fixedClock, startAnthropicServer } from '@breakwater/testkit'
import type { ModelServer } from '@breakwater/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { completionOf, CONVERSATION, SAID, SCHEMA_FORMAT, SENT_AT, TOOLS } from '../../testing/conversations.ts'
import { askCompletion, askText, createSecrets, targetAt } from '../../testing/provider-call.ts'
import { createAnthropic } from './index.ts'

const MODEL = 'claude-sonnet-5-5'
const MODES = [false, true]
const EVENTS = { 'content-type': 'text/event-stream' }

let server: ModelServer
let secrets: Awaited<ReturnType<typeof createSecrets>>
beforeAll(async () => {
  server = await startAnthropicServer({ apiKey: 'sk-ant-made-up' })
  secrets = await createSecrets({ 'anthropic.key': 'sk-ant-made-up\n', 'other.key': 'sk-ant-other' })
})
beforeEach(() => server.clear())
afterAll(async () => {
  await server.close()
  await secrets.remove()
})

interface Row {
  readonly apiKeyFile?: string
  readonly betas?: string[]
  readonly version?: string
}

const adapterFor = ({ apiKeyFile = 'anthropic.key', betas, version = '2023-06-01' }: Row = {}) =>
  createAnthropic(
    targetAt(server.url, {
      kind: 'anthropic',
      apiKeyFile,
      settings: { version, ...(betas && { betas }) },
    }),
    { secretsDir: secrets.path, clock: fixedClock(SENT_AT) },
  )

const FULL = {
  model: MODEL,
  messages: CONVERSATION,
  tools: TOOLS,
  tool_choice: 'required',
  parallel_tool_calls: false,
  max_tokens: 300,
  temperature: 1,
  top_p: 0.9,
  stop: 'END',
  safety_identifier: 'IDENTIFIER0123456789BC',
  stream_options: { include_usage: true },
}
const BRIEF = { model: MODEL, messages: [{ role: 'user', content: 'hello' }] }
const START = { type: 'message_start', message: { usage: { input_tokens: 5, output_tokens: 1 } } }
const sse = (...events: readonly object[]): string =>
  events.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join('')

describe("chat completions through Anthropic's Messages API (GW-02)", () => {
  test('everything that has a place is carried to it', async () => {
    await askText(adapterFor({ betas: ['context-1m-2025-08-07'] }), { model: MODEL, body: FULL })
    expect(server.faults).toEqual([])
    const [received] = server.received
    expect(received?.headers).toMatchObject({
      'x-api-key': 'sk-ant-made-up',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'context-1m-2025-08-07',
    })
    expect(received?.body).toMatchObject({
      model: MODEL,
      max_tokens: 300,
      system: [
        { type: 'text', text: 'You are brief.' },
        { type: 'text', text: 'Answer in English.' },
      ],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      stop_sequences: ['END'],
      metadata: { user_id: 'IDENTIFIER0123456789BC' },
    })
    expect(Buffer.from(received?.bytes ?? []).toString()).toContain('"input":{"dose":1.0,"id":12345678901234567890}')
  })

  test.each(MODES)('thought, text and calls come back, streamed: %s', async (isStream) => {
    server.say(SAID)
    for (const seed of [1, 2, 3]) {
      server.cutBy(seed)
      expect(await askCompletion(adapterFor(), { model: MODEL, body: FULL, isStream })).toEqual(completionOf(MODEL))
    }
    expect(server.faults).toEqual([])
  })

  test('of the version of 2026, sampling is refused by its name, and what asks for the default is left out', async () => {
    const adapter = adapterFor({ version: '2026-10-21' })
    for (const member of ['temperature', 'top_p']) {
      const ask = askText(adapter, { model: MODEL, body: { ...BRIEF, [member]: 0.5 } })
      await expect(ask).rejects.toMatchObject({ code: 'body.feature-refused', field: `/${member}` })
    }
    server.say(SAID)
    const { temperature: _default, top_p: _topP, ...kept } = FULL
    const body = { ...kept, temperature: 1, reasoning_effort: 'high' }
    for (const isStream of MODES) {
      expect(await askCompletion(adapter, { model: MODEL, body, isStream })).toEqual(completionOf(MODEL))
    }
    expect(server.faults).toEqual([])
    expect(server.received[0]?.headers['anthropic-version']).toBe('2026-10-21')
    expect(server.received[0]?.body).toMatchObject({ output_config: { effort: 'high' } })
  })

  test('a version whose rules are not known makes no adapter', () => {
    expect(() => adapterFor({ version: '2027-01-01' })).toThrow(expect.objectContaining({ code: 'provider.rejected' }))
  })

  test('a limit is always sent, since the vendor demands one', async () => {
    await askText(adapterFor(), { model: MODEL, body: { ...BRIEF, response_format: SCHEMA_FORMAT } })
    expect(server.received[0]?.body).toMatchObject({
      max_tokens: 4_096,
      output_config: { format: { type: 'json_schema', schema: SCHEMA_FORMAT.json_schema.schema } },
    })
  })

  test.each([
    ['refusal', 'filtered', 'content_filter'],
    ['max_tokens', 'length', 'length'],
    ['end_turn', 'end', 'stop'],
  ] as const)('%s ends as %s does in chat', async (_reason, stop, finish_reason) => {
    server.say({ ...SAID, blocks: [SAID.blocks[1]], stop })
    for (const isStream of MODES) {
      expect(await askCompletion(adapterFor(), { model: MODEL, body: BRIEF, isStream })).toMatchObject({
        choices: [{ finish_reason }],
      })
    }
  })

  test.each([
    ['an event', { type: 'message_thought' }],
    ['a block', { type: 'content_block_start', index: 0, content_block: { type: 'server_tool_use', id: 'a' } }],
    [
      'a caller',
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'tool_use', id: 'a', name: 'b', caller: { type: 'code_execution_20260120' } },
      },
    ],
    ['a reason to end', { type: 'message_delta', delta: { stop_reason: 'pause_turn' } }],
    ['a delta', { type: 'content_block_delta', index: 0, delta: { type: 'citations_delta' } }],
  ])('%s of a kind that is not known ends the stream', async (_what, event) => {
    const block = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }
    const begun = event.type === 'content_block_delta' ? [START, block] : [START]
    server.answer({ status: 200, headers: EVENTS, bytes: sse(...begun, event) })
    await expect(askText(adapterFor(), { model: MODEL, body: BRIEF, isStream: true })).rejects.toMatchObject({
      code: 'provider.invalid-answer',
    })
  })

  test('a block of a kind that is not known is no answer, whole', async () => {
    const message = { type: 'message', content: [{ type: 'web_search_tool_result' }], stop_reason: 'end_turn' }
    server.answer({ status: 200, headers: { 'content-type': 'application/json' }, bytes: JSON.stringify(message) })
    await expect(askText(adapterFor(), { model: MODEL, body: BRIEF })).rejects.toMatchObject({
      code: 'provider.invalid-answer',
    })
  })
})

describe("Anthropic's own dialect (GW-02)", () => {
  const endpoint = 'anthropic.messages'
  const body = (isStream: boolean): string =>
    `{"model":"${MODEL}", "max_tokens":64,"stream":${isStream},"messages":[{"role":"user","content":"a"},{"role":"assistant",` +
    `"content":[{"type":"thinking","thinking":"\\u0061\\/b","signature":"EqQB+/=="}]},{"role":"user","content":"c"}]}`

  test.each(MODES)('passes to the byte, signed blocks included, streamed: %s', async (isStream) => {
    server.say(SAID)
    const text = await askText(adapterFor(), { model: MODEL, body: body(isStream), isStream, endpoint })
    expect(server.faults).toEqual([])
    expect(Buffer.from(server.received[0]?.bytes ?? []).toString()).toBe(body(isStream))
    expect(text).toContain('"signature":"EqQBCkYIARgCKkBQ=="')
    if (isStream) expect(text.endsWith('event: message_stop\ndata: {"type":"message_stop"}\n\n')).toBe(true)
  })

  test('an error inside a stream becomes a code, and its text stays', async () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: "vendor's text" } }
    server.answer({ status: 200, headers: EVENTS, bytes: sse(START, { type: 'ping' }, error) })
    for (const of of [endpoint, 'chat.completions'] as const) {
      const ask = askText(adapterFor(), {
        model: MODEL,
        body: { ...BRIEF, max_tokens: 5 },
        isStream: true,
        endpoint: of,
      })
      await expect(ask).rejects.toMatchObject({ code: 'provider.rate-limited' })
      await expect(ask).rejects.not.toThrow(/vendor/)
    }
  })

  test('a stream without its end is no answer', async () => {
    server.answer({ status: 200, headers: EVENTS, bytes: sse(START) })
    const ask = askText(adapterFor(), { model: MODEL, body: body(true), isStream: true, endpoint })
    await expect(ask).rejects.toMatchObject({ code: 'provider.invalid-answer' })
  })
})

describe('what Anthropic refuses (GW-02)', () => {
  test.each([
    [529, 'overloaded_error', 'provider.rate-limited'],
    [500, 'api_error', 'provider.failed'],
    [400, 'invalid_request_error', 'provider.rejected'],
    [400, 'billing_error', 'provider.credentials-refused'],
    [504, 'timeout_error', 'provider.timeout'],
  ])('%i %s is %s, in no words of its own', async (status, type, code) => {
    const bytes = JSON.stringify({ type: 'error', error: { type, message: "vendor's text" } })
    server.answer({ status, headers: { 'content-type': 'application/json' }, bytes })
    for (const isStream of MODES) {
      const ask = askText(adapterFor(), { model: MODEL, body: BRIEF, isStream })
      await expect(ask).rejects.toMatchObject({ code })
      await expect(ask).rejects.not.toThrow(/vendor/)
    }
  })

  test('another key is refused by the service', async () => {
    const ask = askText(adapterFor({ apiKeyFile: 'other.key' }), { model: MODEL, body: BRIEF })
    await expect(ask).rejects.toMatchObject({ code: 'provider.credentials-refused' })
  })

  test.each(['files-api-2025-04-14', 'code-execution-2025-08-25', 'mcp-client-2025-11-20', 'x'])(
    'a beta that is not on the list is none: %s',
    (beta) => {
      expect(() => adapterFor({ betas: [beta] })).toThrow(expect.objectContaining({ code: 'body.feature-refused' }))
    },
  )
})
