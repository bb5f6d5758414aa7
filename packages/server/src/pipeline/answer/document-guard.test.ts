import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSampleDocuments, createSampleMap } from '../test-parts.ts'
import { createChatDialect } from '../endpoints/chat-completions/dialect.ts'
import type { DocumentGuard } from './document-guard.ts'
import { guardStream } from './guard-stream.ts'

const map = createSampleMap()
const [name, odd] = [map.tokenOf('NAME', 'Mara'), map.tokenOf('NAME', 'say "hi"\\\n😀')]
const isEgress = (tool: string | undefined): boolean => tool !== 'look_up'
const createDocuments = (): DocumentGuard =>
  createSampleDocuments(map, { createDialect: createChatDialect, answerId: 'chatcmpl-ours', isEgress })

interface Message {
  content?: string
  refusal?: string
  reasoning_content?: string
  invented?: string
  tool_calls?: { id?: string; index?: number; type?: string; function: { name?: string; arguments: string } }[]
}

/** What a client puts together out of a guarded stream, by choice. */
async function readStream(bytes: readonly Uint8Array[]): Promise<Message[]> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield* bytes
  }
  const messages: Message[] = []
  for await (const text of guardStream(chunks(), createDocuments())) {
    for (const line of text.split('\n\n').filter((part) => part !== '')) {
      const event = JSON.parse(line.slice('data: '.length)) as { choices: { index: number; delta: Message }[] }
      for (const { index, delta } of event.choices) merge((messages[index] ??= {}), delta)
    }
  }
  return messages
}

function merge(message: Message, delta: Message): void {
  for (const field of ['content', 'refusal', 'reasoning_content', 'invented'] as const) {
    const piece = delta[field]
    if (piece) message[field] = (message[field] ?? '') + piece
  }
  for (const { index = 0, ...call } of delta.tool_calls ?? []) {
    const known = ((message.tool_calls ??= [])[index] ??= { function: { arguments: '' } })
    known.id ??= call.id ?? ''
    known.function.name ??= call.function.name ?? ''
    known.function.arguments += call.function.arguments
  }
}

const TEXTS = [
  `Plan for ${name}: rest, then a walk with ${odd} in the garden, as Dr. Zelda Quorn said. Call 555-0142 now.\nGood.`,
  `😀 ${odd}`,
  '',
]
const ARGUMENTS = [JSON.stringify({ who: odd, mrn: '1234567', n: 3 }), '{}', 'no json']

function wholeOf(choice: number): Message {
  return {
    content: TEXTS[choice % 3] ?? '',
    refusal: choice === 2 ? `no, ${name}` : '',
    reasoning_content: `about ${name}`,
    invented: `seen by Dr. Zelda ${name}`,
    tool_calls: [0, 1].map((index) => ({
      id: `call_${index}`,
      type: 'function',
      function: { name: 'look_up', arguments: ARGUMENTS[(choice + index) % 3] ?? '' },
    })),
  }
}

async function guardWhole(): Promise<Message[]> {
  const choices = [0, 1, 2].map((index) => ({ index, message: wholeOf(index), finish_reason: 'stop' }))
  const text = await createDocuments().guardWhole(JSON.stringify({ id: 'x', choices, model: 'other' }))
  const parsed = JSON.parse(text) as { choices: { message: Message }[] }
  return parsed.choices.map(({ message }) => message)
}

/** Interleaves three choices, each cut at its own places, as events. */
function eventsOf(cuts: readonly number[]): string {
  const events: unknown[] = []
  let turn = 0
  const cut = (text: string): string[] => {
    const size = 1 + ((cuts[turn++ % Math.max(1, cuts.length)] ?? 7) % 23)
    const pieces: string[] = []
    for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size))
    return pieces
  }
  const queues = [0, 1, 2].map((index) => {
    const { tool_calls = [], ...texts } = wholeOf(index)
    const deltas: Message[] = []
    for (const [field, text] of Object.entries(texts)) for (const piece of cut(text)) deltas.push({ [field]: piece })
    for (const [at, { id, function: call }] of tool_calls.entries()) {
      deltas.push({
        tool_calls: [{ index: at, ...(id && { id }), type: 'function', function: { name: 'look_up', arguments: '' } }],
      })
      for (const piece of cut(call.arguments))
        deltas.push({ tool_calls: [{ index: at, function: { arguments: piece } }] })
    }
    return deltas
  })
  for (let at = 0; queues.some((queue) => at < queue.length); at++) {
    for (const [index, queue] of queues.entries()) {
      const delta = queue[at]
      if (delta) events.push({ choices: [{ index, delta, finish_reason: null }] })
    }
  }
  for (const index of [2, 0, 1]) events.push({ choices: [{ index, delta: {}, finish_reason: 'stop' }] })
  events.push({ choices: [], usage: { total_tokens: 12345678 } })
  return `${events.map((event) => `data: ${JSON.stringify({ id: 'x', created: 9, ...Object(event) })}`).join('\n\n')}\n\ndata: [DONE]\n\n`
}

describe('a stream', () => {
  test('says what the whole answer says, with three choices, tools and any split of deltas and bytes', async () => {
    const whole = await guardWhole()
    const expected = whole.map(({ refusal, content, ...rest }) => ({
      ...rest,
      ...(refusal && { refusal }),
      ...(content && { content }),
      tool_calls: rest.tool_calls?.map(({ id, function: call }) => ({ id, function: call })),
    }))
    expect(JSON.stringify(expected)).toContain('Mara')
    expect(JSON.stringify(expected)).not.toContain('Quorn')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(200), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 400 }),
        async (cuts, size) => {
          const bytes = Buffer.from(eventsOf(cuts))
          const pieces: Uint8Array[] = []
          for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size))
          expect(await readStream(pieces)).toEqual(expected)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('is read with CR, LF, CRLF, comments, a byte order mark and data over several lines', async () => {
    const event = '{"choices":[{"index":0,\ndata: "delta":{"content":"fine"},"finish_reason":"stop"}]}'
    for (const line of ['\n', '\r', '\r\n']) {
      const stream = `\ufeff: hello\nretry: 1\ndata: ${event}\n\ndata: [DONE]\n\n\n`.replaceAll('\n', line)
      const bytes = Buffer.from(stream)
      expect(await readStream(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual([{ content: 'fine' }])
    }
  })

  test.for([
    ['garbage', 'data: not json\n\n'],
    ['an event of an unknown kind', 'event: other\ndata: {"choices":[]}\n\n'],
    ['a document of an unknown kind', 'data: {"text":"Zelda"}\n\n'],
    ['log probabilities', 'data: {"choices":[{"index":0,"delta":{},"logprobs":{"content":[]}}]}\n\n'],
    ['bytes that are no UTF-8', 'data: \u00ff'],
    ['an early end', 'data: {"choices":[{"index":0,"delta":{"content":"Zelda"}}]}\n\n'],
    ['an event without end', `data: ${'x'.repeat(1_100_000)}`],
  ] as const)('with %s ends in an error and lets nothing pending out', async ([, text]) => {
    const seen: Message[] = []
    const reading = readStream([Buffer.from(text, 'latin1')]).then((messages) => seen.push(...messages))
    await expect(reading).rejects.toMatchObject({ code: 'provider.invalid-answer' })
    expect(JSON.stringify(seen)).not.toContain('Zelda')
  })

  test('sends no event that says nothing, and keeps those that bring a role, an end or a count', async () => {
    const documents = createDocuments()
    const event = async (choice: object, rest: object = {}): Promise<unknown[]> => {
      const data = JSON.stringify({ choices: [{ index: 0, ...choice }], ...rest })
      const { text: released } = await documents.guardEvent({ name: 'message', data })
      return released
        .split('\n\n')
        .filter((text) => text !== '')
        .map((text) => JSON.parse(text.slice('data: '.length)) as unknown)
    }
    expect(await event({ delta: { role: 'assistant', content: 'a' } })).toHaveLength(1)
    expect(await event({ delta: { content: 'b' } })).toEqual([])
    expect(await event({ delta: { content: 'c' } }, { usage: { total_tokens: 1 } })).toHaveLength(1)
    expect(await event({ delta: { content: 'd' }, finish_reason: 'stop' })).toMatchObject([
      { choices: [{ delta: { content: 'abcd' } }] },
    ])
    expect(await event({ delta: {} })).toHaveLength(1)
  })

  const END_CUT = [
    ['another event', [[{ content: 'SSN 078-05-' }], [{ content: '1120' }]]],
    ['the same event', [[{ content: 'SSN 078-05-' }, { content: '1120' }]]],
    [
      'the same list',
      [[{ tool_calls: ['"078-05-', '1120"'].map((text) => ({ index: 0, function: { arguments: text } })) }]],
    ],
  ] as const
  test.for(END_CUT)('lets nothing follow behind the end of a text, in %s', async ([, events]) => {
    const seen: Message[] = []
    const text = events.map((deltas) => {
      const choices = deltas.map((delta) => ({ index: 0, delta, finish_reason: 'stop' }))
      return `data: ${JSON.stringify({ choices })}\n\n`
    })
    const reading = readStream([Buffer.from(`${text.join('')}data: [DONE]\n\n`)]).then((all) => seen.push(...all))
    await expect(reading).rejects.toMatchObject({ code: 'provider.invalid-answer' })
    expect(JSON.stringify(seen)).not.toContain('1120')
  })

  test('may say nothing behind its end, as servers do that send the usage last', async () => {
    const choices = (content: string, reason: string | null): unknown => ({
      choices: [{ index: 0, delta: { content }, finish_reason: reason }],
    })
    const events = [choices('fine', 'stop'), choices('', null), '[DONE]']
    const text = events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
    expect(await readStream([Buffer.from(text.join(''))])).toEqual([{ content: 'fine' }])
  })

  test('says kinds that each event repeats once for each event, beside a text in pieces', async () => {
    const pieces = [`of ${name.slice(0, 9)}`, `${name.slice(9)} and`, ' more']
    const events = pieces.map((text) => ({
      choices: [{ index: 0, delta: { reasoning_details: [{ index: 0, type: 'reasoning.text', text }] } }],
    }))
    const last = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
    const bytes = [...events, last].map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${bytes}data: [DONE]\n\n`)
    }
    let said = ''
    for await (const text of guardStream(chunks(), createDocuments())) said += text
    expect(said).not.toContain('reasoning.textreasoning')
    expect(Array.from(said.matchAll(/"text":"([^"]*)"/g), ([, text]) => text).join('')).toBe('of Mara and more')
  })

  test('is read to its last line, when that ends in CR and nothing follows', async () => {
    const stream =
      'data: {"choices":[{"index":0,"delta":{"content":"fine"},"finish_reason":"stop"}]}\r\rdata: [DONE]\r\r'
    expect(await readStream([Buffer.from(stream)])).toEqual([{ content: 'fine' }])
  })

  test("turns the provider's error event into a code without its text", async () => {
    const reading = readStream([Buffer.from('data: {"error":{"message":"about Zelda Quorn"}}\n\n')])
    await expect(reading).rejects.toMatchObject({ code: 'provider.failed', message: 'the provider failed' })
  })
})

describe('a whole answer', () => {
  const guard = async (answer: unknown): Promise<string> => createDocuments().guardWhole(JSON.stringify(answer))
  const choices = [{ index: 0, message: { role: 'assistant', content: 'fine' }, finish_reason: 'stop' }]

  test('carries our id and the model of the request, and nothing undeclared unscanned', async () => {
    const guarded = await guard({
      id: 'Zelda Quorn',
      model: 'other',
      system_fingerprint: 'fp Zelda',
      choices,
      extra: ['Quorn', { deep: 'zelda@example.org', n: 780511200 }],
      usage: { prompt_tokens: 1234567, total_tokens: 1 },
    })
    expect(JSON.parse(guarded)).toEqual({
      id: 'chatcmpl-ours',
      model: 'm',
      system_fingerprint: 'fp [NAME]',
      choices,
      extra: ['[NAME]', { deep: '[EMAIL]', n: null }],
      usage: { prompt_tokens: 1234567, total_tokens: 1 },
    })
  })

  test('has addresses at places that nobody declared guarded as addresses', async () => {
    const url = `https://news.example.org/?of=${name}`
    const message = { role: 'assistant', content: 'fine', images: [{ image_url: { url } }] }
    const guarded = await guard({ choices: [{ ...choices[0], message }], sources: [{ link: url, note: `On ${name}` }] })
    expect(JSON.parse(guarded)).toMatchObject({
      choices: [{ message: { images: [{ image_url: { url } }] } }],
      sources: [{ link: url, note: 'On Mara' }],
    })
  })

  test('is blocked when a name in it identifies', async () => {
    await expect(guard({ choices, 'Zelda Quorn': 1 })).rejects.toMatchObject({ code: 'guard.output-blocked' })
  })

  test('keeps the id of a tool call, which the client sends back, unless it identifies', async () => {
    const call = (id: string): unknown => ({ id, type: 'function', function: { name: 'look_up', arguments: '{}' } })
    const answer = await guard({ choices: [{ index: 0, message: { tool_calls: [call('call_a1'), call('Zelda')] } }] })
    expect(answer).toContain('"call_a1"')
    expect(answer).not.toContain('Zelda')
  })
})
