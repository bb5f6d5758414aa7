import { afterEach, describe, expect } from 'vitest'
import { createTestCrossing } from '../../../testing/crossing.ts'
import type { TestCrossing } from '../../../testing/crossing.ts'
import { test } from '../../../testing/database.ts'
import { PREAMBLE } from '../../preamble/add-preamble.ts'
import { eventsOf, responseOf, toBytes } from './test-parts.ts'
import type { Json } from './test-parts.ts'

const NOTE = 'Patient: Maribel Quintanilla, MRN 4482913, seen by Dr. Oskar Lindqvist. BP 120/80. Summarize for Maribel.'
const SECRETS = ['Maribel', 'Quintanilla', '4482913', 'Lindqvist']
const PATH = '/v1/responses'
const SEALED = Buffer.from(Array.from({ length: 96 }, (_, at) => (at * 151 + 200) % 256)).toString('base64')
const TOOL = {
  type: 'function' as const,
  name: 'look_up',
  description: 'Looks a patient up.',
  strict: false,
  parameters: { type: 'object', properties: { who: { type: 'string' } } },
}

let crossing: TestCrossing
afterEach(async () => crossing.close())

function tokensIn(text: string): string[] {
  return [...new Set(text.match(/\b[A-Z]{3,12}[0-9BCDFGHJKLMNPQRSTVWXZ]{12}\b/g) ?? [])]
}

/** A model that names what it was sent, thinks, calls a tool and adds what nobody asked. */
function outputFor(body: unknown): Json[] {
  const tokens = tokensIn(JSON.stringify(body))
  return [
    {
      id: 'rs_1',
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: `On ${tokens[0] ?? ''}.` }],
      encrypted_content: SEALED,
    },
    {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [
        {
          type: 'output_text',
          text: `About ${tokens.join(' and ')}. Also John Smith, SSN 078-05-1120, called.`,
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

function script(isStream: boolean): void {
  crossing.upstream.answer(({ body }) =>
    isStream
      ? { kind: 'stream', pieces: [toBytes(eventsOf(outputFor(body), [3, 9]))] }
      : { kind: 'whole', document: responseOf(outputFor(body)) },
  )
}

describe("OpenAI's client gets a response", () => {
  test('as a whole: nothing identifying goes out, nothing is stored, its own values come back (GW-08, LS-02)', async ({
    db,
  }) => {
    crossing = await createTestCrossing(db)
    script(false)
    const response = await crossing.client.responses.create({
      model: 'scripted',
      instructions: 'Be brief.',
      input: NOTE,
      tools: [TOOL],
      include: ['reasoning.encrypted_content'],
    })
    const [sent] = crossing.upstream.received
    for (const secret of SECRETS) expect(sent?.text).not.toContain(secret)
    expect(sent?.path).toBe('/v1/responses')
    expect(sent?.body).toMatchObject({ store: false, instructions: `${PREAMBLE}\n\nBe brief.`, tools: [TOOL] })
    for (const value of ['Maribel', 'Quintanilla', '4482913']) expect(response.output_text).toContain(value)
    expect(response.output_text).not.toMatch(/Smith|078-05-1120/)
    const [reasoning, , call] = response.output
    expect(reasoning).toMatchObject({ encrypted_content: SEALED })
    expect(call).toMatchObject({ type: 'function_call', call_id: 'call_1', name: 'look_up' })
    expect(SECRETS.some((secret) => JSON.stringify(call).includes(secret))).toBe(true)
    expect(response.id).toMatch(/^resp_[0-9a-f-]{36}$/)
    const [intent, outcome] = await crossing.entries()
    expect(intent).toMatchObject({
      kind: 'crossing.intent',
      endpoint: 'responses',
      features: expect.arrayContaining(['tools']),
    })
    expect(outcome).toMatchObject({ kind: 'crossing.outcome', decision: 'allow' })
    expect(outcome?.counts['removed.ssn']).toBe(1)
  })

  test('as a stream that its own helper puts together: the same text, the same calls', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const request = { model: 'scripted', input: NOTE, tools: [TOOL] }
    script(false)
    const whole = await crossing.client.responses.create(request)
    script(true)
    let text = ''
    const stream = crossing.client.responses.stream(request).on('response.output_text.delta', (event) => {
      text += event.delta
      expect(whole.output_text.startsWith(text)).toBe(true)
    })
    const streamed = await stream.finalResponse()
    expect(text).toBe(whole.output_text)
    expect(streamed.output_text).toBe(whole.output_text)
    expect(streamed.output.map(({ type }) => type)).toEqual(whole.output.map(({ type }) => type))
    expect(streamed.output[2]).toMatchObject({ arguments: (whole.output[2] as { arguments: string }).arguments })
    const outcomes = (await crossing.entries()).filter(({ kind }) => kind === 'crossing.outcome')
    expect(outcomes[1]?.counts).toEqual(outcomes[0]?.counts)
  })

  test('over turns that it keeps itself, with the same tokens for the same values', async ({ db }) => {
    crossing = await createTestCrossing(db)
    script(false)
    const first = await crossing.client.responses.create({ model: 'scripted', input: NOTE, tools: [TOOL] })
    await crossing.client.responses.create({
      model: 'scripted',
      tools: [TOOL],
      input: [
        { role: 'user', content: NOTE },
        ...(first.output as { type: 'reasoning'; id: string; summary: [] }[]),
        {
          type: 'function_call_output',
          call_id: 'call_1',
          output: JSON.stringify({ mrn: '4482913', name: 'Maribel' }),
        },
      ],
    })
    const [one, two] = crossing.upstream.received.map(({ text }) => text)
    for (const secret of SECRETS) expect(two).not.toContain(secret)
    expect(tokensIn(two ?? '')).toEqual(expect.arrayContaining(tokensIn(one ?? '')))
    expect(two).toContain(SEALED)
  })

  test('whose stream fails half-way as a failed response, with nothing that was held back', async ({ db }) => {
    crossing = await createTestCrossing(db)
    crossing.upstream.answer(({ body }) => {
      const events = eventsOf(outputFor(body), [3])
      const at = events.findLastIndex(({ type }) => type === 'response.output_text.delta')
      return {
        kind: 'stream',
        pieces: [toBytes(events.slice(0, at)), 'data: {"type":"error","message":"Mrs. Ada"}\n\n'],
      }
    })
    const answer = await crossing.send(PATH, { model: 'scripted', input: NOTE, stream: true })
    const text = await answer.text()
    const last = text.trim().split('\n').at(-1)?.slice('data: '.length) ?? ''
    expect(JSON.parse(last)).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'server_error', message: 'provider.failed: the provider failed' } },
    })
    expect(text).not.toMatch(/Ada|078-05/)
    const failed = await crossing.client.responses
      .stream({ model: 'scripted', input: NOTE })
      .finalResponse()
      .then(
        ({ status }) => status,
        (error: unknown) => (error instanceof Error ? 'thrown' : 'other'),
      )
    expect(failed).toMatch(/^(?:failed|thrown)$/)
    expect((await crossing.entries()).at(-1)).toMatchObject({
      kind: 'crossing.outcome',
      decision: 'deny',
      codes: ['provider.failed'],
    })
  })
})

describe('a body', () => {
  test("is sent with `store: false` and the house's rules, whatever it says of storing, and otherwise value for value", async ({
    db,
  }) => {
    crossing = await createTestCrossing(db)
    script(false)
    for (const [store, sent] of [
      ['', ',"store":false'],
      [',"store" : true', ',"store" : false'],
      [',"store":null', ',"store":false'],
      [',"store":false', ',"store":false'],
    ]) {
      expect((await crossing.send(PATH, `{"model":"scripted","input":"a","temperature":1.0${store}}`)).status).toBe(200)
      expect(crossing.upstream.received.at(-1)?.text).toBe(
        `{"instructions":${JSON.stringify(PREAMBLE)},"model":"scripted","input":"a","temperature":1.0${sent}}`,
      )
    }
  })

  const item = (more: object): object => ({ model: 'scripted', input: [more] })
  const part = (more: object): object => item({ role: 'user', content: [more] })
  const asked = (more: object): object => ({ model: 'scripted', input: 'a', ...more })
  test.for([
    ['no input', 400, 'body.invalid', { model: 'scripted' }],
    ['an item that says nothing of itself', 400, 'body.invalid', item({ text: 'a' })],
    ['a `store` that is no boolean', 400, 'body.invalid', asked({ store: 'Maribel' })],
    ['an answer that the vendor keeps', 400, 'body.feature-refused', asked({ previous_response_id: 'resp_1' })],
    ['a conversation that the vendor keeps', 400, 'body.feature-refused', asked({ conversation: { id: 'conv_1' } })],
    ['work in the background', 400, 'body.feature-refused', asked({ background: true })],
    ['a stored prompt', 400, 'body.feature-refused', asked({ prompt: { id: 'pmpt_1' } })],
    ['an item that the vendor keeps', 400, 'body.feature-refused', item({ type: 'item_reference', id: 'msg_1' })],
    [
      'web search, which no agreement covers',
      403,
      'agreement.none-in-force',
      asked({ tools: [{ type: 'web_search' }] }),
    ],
    [
      'a remote server',
      403,
      'agreement.none-in-force',
      asked({ tools: [{ type: 'mcp', server_url: 'https://example.org', server_label: 'a' }] }),
    ],
    [
      'a tool that acts on a machine',
      400,
      'body.feature-refused',
      asked({ tools: [{ type: 'computer_use_preview' }] }),
    ],
    ['log probabilities', 400, 'body.feature-refused', asked({ include: ['message.output_text.logprobs'] })],
    ['a cache of a day', 403, 'agreement.none-in-force', asked({ prompt_cache_retention: '24h' })],
    ['another address', 400, 'body.feature-refused', asked({ base_url: 'https://example.org' })],
    ['an image', 415, 'body.media-refused', part({ type: 'input_image', image_url: 'https://example.org/a.png' })],
    ['a file', 415, 'body.media-refused', part({ type: 'input_file', file_data: 'aGVsbG8=' })],
    [
      'a sealed part that can be read',
      400,
      'body.signed-identifies',
      item({ type: 'reasoning', summary: [], encrypted_content: Buffer.from(NOTE).toString('base64') }),
    ],
  ] as const)('with %s is refused: %s %s', async ([, status, code, body], { db }) => {
    crossing = await createTestCrossing(db)
    const answer = await crossing.send(PATH, body)
    expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([status, code])
    expect(await crossing.entries()).toMatchObject([{ kind: 'crossing.refused', endpoint: 'responses', codes: [code] }])
    expect(crossing.upstream.connections()).toBe(0)
  })

  test('needs an agreement that covers this endpoint', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const answer = await crossing.send(PATH, { model: 'demo', input: 'a' })
    expect(answer.status).toBe(403)
  })
})
