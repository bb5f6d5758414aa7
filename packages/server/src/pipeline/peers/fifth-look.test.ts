import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect } from 'vitest'
import { test } from '../../testing/database.ts'
import { openWorld } from '../../testing/peers-world.ts'
import type { PeersWorld } from '../../testing/peers-world.ts'
import { tokensIn } from '../../testing/tokens.ts'
import { messageOf } from '../endpoints/anthropic-messages/test-parts.ts'
import { responseOf } from '../endpoints/responses/test-parts.ts'
import { chat, COLUMNS, messages, PROTOCOLS, responses } from './protocols.ts'

// What stands where only some clients and servers put it: ids, names of settings, places in documents, errors beside answers.
let world: PeersWorld
afterEach(async () => world.crossing.close())

const tokenOf = (body: string, word: string): string => tokensIn(body).find((token) => token.startsWith(word)) ?? ''

/** Names of settings and of parameters, of which a model that learned from notes takes some for somebody's. */
const NAMES =
  'top_k min_p tfs_z mirostat_tau chat_template_kwargs kwargs md5 sha256 crc32 p50 z y2 fp16 q4_0 Q4_K_M kl_div num_layers'.split(
    ' ',
  )

/** What schemas of real tools say besides. */
const BOUNDS = {
  limit: { type: 'integer', minimum: 1, maximum: 1000000, default: 10000000 },
  int: { type: 'integer', minimum: -2147483648, maximum: 2147483647 },
  bytes: { type: 'integer', maximum: 5242880, exclusiveMaximum: 4294967296 },
  zone: { type: 'string', enum: ['America/Los_Angeles', 'Asia/Kolkata', 'UTC'] },
  locale: { type: 'string', enum: ['en-US', 'ja-JP', 'sr-Latn-RS'] },
  colour: { type: 'string', description: 'A color: #ff0000 or #00ff00' },
  unit: { type: 'string', enum: ['mg/dL', 'mEq/L', 'x10^9/L'] },
  kind: { type: 'object', discriminator: { propertyName: 'kind', mapping: { a: '#/$defs/A' } } },
}

test.for(PROTOCOLS.map((protocol) => [protocol.name, protocol] as const))(
  'names of settings and of parameters are nobody: %s (GW-08)',
  async ([, protocol], { db }) => {
    world = await openWorld(db, protocol, false)
    const schema = {
      type: 'object',
      properties: Object.fromEntries(NAMES.map((name) => [name, { type: 'number' }])),
      required: NAMES,
    }
    Object.assign(schema.properties, BOUNDS)
    const tool = { name: 'look_up', parameters: schema }
    const tools =
      protocol === chat
        ? [{ type: 'function', function: tool }]
        : protocol === responses
          ? [{ type: 'function', ...tool }]
          : [{ name: 'look_up', input_schema: schema }]
    const settings = { min_p: 0.05, tfs_z: 1, mirostat_tau: 5, chat_template_kwargs: { enable_thinking: false } }
    const { status, text } = await world.send({ user: 'Hello.', more: { tools, ...settings, top_k: 40 } })
    expect([status, status === 200 ? '' : text]).toEqual([200, ''])
    expect(world.received[0]).toContain(JSON.stringify(schema))
    expect(world.received[0]).toContain(JSON.stringify(settings).slice(1, -1))
  },
)

test.for(PROTOCOLS.map((protocol) => [protocol.name, protocol] as const))(
  'what only programs write stays, asked and answered: %s (GW-08)',
  async ([, protocol], { db }) => {
    world = await openWorld(db, protocol, false)
    for (const said of [
      'Use int x = 2147483647; as the bound, or 0 to 4294967295.',
      'Is CVE-2024-3094 mended in xz?',
      'Set tz to America/Los_Angeles or Europe/London.',
      '.btn { background: #1a2b3c; color: #fff; border: 1px solid #e2e8f0 }',
    ]) {
      world.answer(() => ({ content: said }))
      expect((await world.ask({ user: said })).content).toBe(said)
      expect(world.received.at(-1)).toContain(said)
    }
  },
)

test('a surname as the name of a member is somebody (GW-08)', async ({ db }) => {
  world = await openWorld(db, chat, false)
  for (const name of ['zelda_kowalczyk', 'ngozi_okonkwo', 'mara_quintanilla']) {
    const { status } = await world.send({ user: 'Hello.', more: { extra: { [name]: 1 } } })
    expect([name, Math.floor(status / 100)]).toEqual([name, 4])
  }
  expect(world.received).toEqual([])
})

const RECORD = 'Mrs. Quintanilla \u{1f600}, MRN 4482913, SSN 219-09-9999, phone (212) 555-0142, slept well. She ate.'
const DOCUMENT = (data: string): object => ({
  type: 'document',
  source: { type: 'text', media_type: 'text/plain', data },
  citations: { enabled: true },
})

test.for([true, false])(
  "places in the caller's documents are places in the documents that he has, streamed: %s (GW-08)",
  async (isStream, { db }) => {
    world = await openWorld(db, messages, isStream)
    const content = [DOCUMENT('Nothing here.'), { type: 'text', text: 'Sum up.' }, DOCUMENT(RECORD)]
    const spans = ['slept well.', 'phone', 'Mrs. T', 'She ate.']
    world.answer((body) => {
      const { messages: sent } = JSON.parse(body) as { messages: { content: { source: { data: string } }[] }[] }
      const data = Array.from(sent[0]?.content[2]?.source.data ?? '')
      const citations = spans.map((span) => {
        const cited = span.replace('T', tokenOf(body, 'NAME'))
        const start = Array.from(data.join('').split(cited)[0] ?? '').length
        const end = start + cited.length
        return {
          type: 'char_location',
          cited_text: cited,
          document_index: 1,
          start_char_index: start,
          end_char_index: end,
        }
      })
      if (!isStream) return JSON.stringify(messageOf([{ type: 'text', text: 'So.', citations }]))
      const at = (type: string, more: object): string =>
        `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
      return [
        at('message_start', { message: { ...Object(messageOf([])), stop_reason: null } }),
        at('content_block_start', { index: 0, content_block: { type: 'text', text: '', citations: [] } }),
        ...citations.map((citation) =>
          at('content_block_delta', { index: 0, delta: { type: 'citations_delta', citation } }),
        ),
        at('content_block_stop', { index: 0 }),
        at('message_stop', {}),
      ].join('')
    })
    const { text } = await world.send({ user: '', more: { messages: [{ role: 'user', content }] } })
    const places = Array.from(text.matchAll(/"start_char_index":(\d+),"end_char_index":(\d+)/g), ([, start, end]) =>
      Array.from(RECORD).slice(Number(start), Number(end)).join(''),
    )
    expect(places).toEqual(['slept well.', 'phone', 'Mrs. Quintanilla', 'She ate.'])
  },
)

test('a thought that vLLM tells as a part of its own is guarded and restored (GW-08)', async ({ db }) => {
  world = await openWorld(db, responses, true)
  world.answer((body) => {
    const text = `About ${tokenOf(body, 'NAME')}, SSN 219-09-9999.`
    const at = { output_index: 0, item_id: 'rs_1', content_index: 0 }
    const thought = { type: 'reasoning', id: 'rs_1', summary: [], status: 'in_progress' }
    const part = { type: 'reasoning_text', text }
    const events = [
      { type: 'response.created', response: responseOf([], 'in_progress') },
      { type: 'response.output_item.added', output_index: 0, item: thought },
      { type: 'response.reasoning_part.added', ...at, part: { ...part, text: '' } },
      { type: 'response.reasoning_text.delta', ...at, delta: text.slice(0, 12) },
      { type: 'response.reasoning_text.delta', ...at, delta: text.slice(12) },
      { type: 'response.reasoning_text.done', ...at, text },
      { type: 'response.reasoning_part.done', ...at, part },
      { type: 'response.output_item.done', output_index: 0, item: { ...thought, content: [part] } },
      { type: 'response.completed', response: responseOf([{ ...thought, content: [part] }]) },
    ]
    return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
  })
  const { text } = await world.send({ user: 'About Mrs. Quintanilla.' })
  expect(text).toContain('response.completed')
  expect(text.split('"text":"About Quintanilla, SSN [SSN]."')).toHaveLength(5)
  expect(text).not.toContain('9999')
})

const CHUNK = { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm' }
const ERROR = { code: 502, message: 'Mrs. Zelda Kowalczyk is not there' }

test.for([true, false])(
  'an error that a router says beside the choices ends the answer, in our words, streamed: %s (GW-08)',
  async (isStream, { db }) => {
    world = await openWorld(db, chat, isStream)
    const choice = { index: 0, [isStream ? 'delta' : 'message']: { content: 'Well' }, finish_reason: 'error' }
    const document = JSON.stringify({ ...CHUNK, error: ERROR, choices: [choice] })
    world.answer(() => (isStream ? `data: ${document}\n\ndata: [DONE]\n\n` : document))
    const { text } = await world.send({ user: 'Hello.' })
    expect(text).toMatch(/provider\.failed/)
    expect(text).not.toMatch(/Well|there|DONE/)
    expect((await world.outcome()).codes).toContain('provider.failed')
  },
)

test('the end mark of a stream needs no blank line behind it; any other event does (GW-08)', async ({ db }) => {
  world = await openWorld(db, chat, true)
  const chunk = JSON.stringify({ ...CHUNK, choices: [{ index: 0, delta: { content: 'Well' }, finish_reason: null }] })
  const ask = async (end: string): Promise<string> => {
    world.answer(() => `data: ${chunk}\n\n${end}`)
    return (await world.send({ user: 'Hello.' })).text
  }
  for (const end of ['data: [DONE]', 'data: [DONE]\n', 'data:[DONE]\r\n']) {
    const text = await ask(end)
    expect(text).toContain('Well')
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  }
  for (const end of ['', 'data: [DON', `data: ${chunk}`, 'event: x\ndata: [DONE]'])
    expect(await ask(end)).toContain('provider.invalid-answer')
})

test('what servers say of speed and of public sources stays (GW-08)', async ({ db }) => {
  world = await openWorld(db, chat, false)
  const message = { role: 'assistant', content: 'Aspirin [1].' }
  const beside = '"citations":["https://www.nih.gov/a"],"timings":{"predicted_per_second":1000000.0}'
  world.answer(() =>
    JSON.stringify({ ...CHUNK, choices: [{ index: 0, message, finish_reason: 'stop' }] }).replace('{', `{${beside},`),
  )
  expect((await world.send({ user: 'Hello.' })).text).toContain(beside)
})

describe.each(COLUMNS.filter(([, , isStream]) => !isStream))('a body of %s', (_, protocol) => {
  test('that is compressed is refused as a medium, whatever it holds (issue 2)', async ({ db }) => {
    world = await openWorld(db, protocol, false)
    const sent = gzipSync(JSON.stringify(protocol.request({ user: 'Mrs. Quintanilla' }, false)))
    for (const coding of ['gzip', 'br, gzip']) {
      const answer = await world.crossing.send(protocol.path, sent, { 'content-encoding': coding })
      expect(answer.status).toBe(415)
      expect(await answer.json()).toMatchObject({ error: { code: 'body.media-refused', param: 'Content-Encoding' } })
    }
    const plain = protocol.request({ user: 'Hello.' }, false)
    expect((await world.crossing.send(protocol.path, plain, { 'content-encoding': 'identity' })).status).toBe(200)
  })

  test('with a number that no reader reads alike is refused, and any other keeps its digits (issue 2)', async ({
    db,
  }) => {
    world = await openWorld(db, protocol, false)
    const sendWith = async (number: string): Promise<number> => {
      const body = JSON.stringify(protocol.request({ user: 'Hello.' }, false))
      return (await world.crossing.send(protocol.path, `{"temperature":${number},${body.slice(1)}`)).status
    }
    for (const number of ['1e400', '-1E+999', `1${'0'.repeat(309)}`, 'NaN', 'Infinity', '01', '+1', '.5', '1.'])
      expect([number, await sendWith(number)]).toEqual([number, 400])
    expect(world.received).toEqual([])
    for (const number of ['-0', '0.10000000000000000555', '1e-400', '1E0']) {
      expect([number, await sendWith(number)]).toEqual([number, 200])
      expect(world.received.at(-1)).toContain(`"temperature":${number},`)
    }
  })
})

test.for([true, false])(
  'an address goes out in its parts, and answers may want one; hours of the day stay, streamed: %s (GW-08)',
  async (isStream, { db }) => {
    world = await openWorld(db, chat, isStream, { size: 4 })
    const text = { type: 'string' }
    const schema = {
      type: 'object',
      properties: {
        street: text,
        zip: { ...text, pattern: String.raw`^\d{5}$` },
        at: { ...text, pattern: String.raw`^\d\d:\d\d$` },
      },
      required: ['street', 'zip', 'at'],
      additionalProperties: false,
    }
    const more = { response_format: { type: 'json_schema', json_schema: { name: 'r', strict: true, schema } } }
    world.answer((body) => ({
      content: JSON.stringify({ street: tokenOf(body, 'STREET'), zip: tokenOf(body, 'ZIP'), at: '08:30' }),
    }))
    const asked = { user: 'Mrs. Quintanilla lives at 1280 Kestrel Road, Springfield, IL 62704.' }
    expect(JSON.parse((await world.ask({ ...asked, more })).content ?? '')).toEqual({
      street: '1280 Kestrel Road',
      zip: '62704',
      at: '08:30',
    })
    expect(world.received[0]).not.toMatch(/1280|Kestrel|Springfield|62704/)
    world.answer((body) => ({
      content: `${tokenOf(body, 'NAME')}: take it at 08:00 and 20:30, at ${tokenOf(body, 'STREET')}.`,
    }))
    expect((await world.ask(asked)).content).toBe('Quintanilla: take it at 08:00 and 20:30, at 1280 Kestrel Road.')
  },
)

test('a place for a small number holds no large one that could be somebody’s, a seed may be any (GW-08)', async ({
  db,
}) => {
  const schema = (bounds: object): object => ({ type: 'object', properties: { a: { type: 'string', ...bounds } } })
  const tool = { name: 'look_up' }
  for (const [protocol, more, small] of [
    [
      chat,
      (n: number) => ({ tools: [{ type: 'function', function: { ...tool, parameters: schema({ minLength: n }) } }] }),
      7,
    ],
    [responses, (n: number) => ({ tools: [{ type: 'function', ...tool, parameters: schema({ maxLength: n }) }] }), 1e6],
    [messages, (n: number) => ({ top_k: n }), 40],
    [messages, (n: number) => ({ thinking: { type: 'enabled', budget_tokens: n } }), 32_000],
  ] as const) {
    world = await openWorld(db, protocol, false)
    const { text } = await world.send({ user: 'Hello.', more: more(219099999) })
    expect(text).toContain('body.number-identifies')
    expect(text).not.toContain('219')
    expect(world.received).toEqual([])
    expect((await world.send({ user: 'Hello.', more: more(small) })).status).toBe(200)
    await world.crossing.close()
  }
  world = await openWorld(db, chat, false)
  expect((await world.send({ user: 'Hello.', more: { seed: 219099999 } })).status).toBe(200)
})

test('a limit of tokens is no place for a number of somebody’s (GW-08)', async ({ db }) => {
  world = await openWorld(db, chat, false)
  for (const max_tokens of [219099999, -219099999]) {
    const { status, text } = await world.send({ user: 'Hello.', more: { max_tokens } })
    expect([status, text.includes('219')]).toEqual([400, false])
  }
  expect((await world.send({ user: 'Hello.', more: { max_tokens: -1 } })).status).toBe(200)
})
