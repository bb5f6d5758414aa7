import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DocumentGuard } from '../../answer/document-guard.ts'
import { guardStream } from '../../answer/guard-stream.ts'
import { createTally } from '../../guard/step.ts'
import type { GuardTally } from '../../guard/step.ts'
import { createSampleDocuments, createSampleMap } from '../../test-parts.ts'
import { createResponsesDialect } from './dialect.ts'
import { eventsOf as describeEvents, responseOf as describeResponse, toBytes } from './test-parts.ts'
import type { Json } from './test-parts.ts'

const map = createSampleMap()
const [name, odd] = [map.tokenOf('NAME', 'Mara'), map.tokenOf('NAME', 'say "hi"\\\n😀')]
const HELP = `You help ${name}.`
const responseOf = (output: readonly Json[], status?: string): Json => describeResponse(output, status, HELP)
const eventsOf = (output: readonly Json[], cuts: readonly number[]): Json[] => describeEvents(output, cuts, HELP)
const SEALED = Buffer.from(Array.from({ length: 96 }, (_, at) => (at * 151 + 200) % 256)).toString('base64')

const createDocuments = (tally?: GuardTally): DocumentGuard =>
  createSampleDocuments(map, { createDialect: createResponsesDialect, answerId: 'resp_ours', ...(tally && { tally }) })

const TEXT = `Plan for ${name}: rest, then a walk with ${odd} in the garden, as Dr. Zelda Quorn said. Call 555-0142 now.\nGood. See ${name}.`
const AFTER = TEXT.indexOf('See')
const OUTPUT: readonly Json[] = [
  {
    id: 'rs_1',
    type: 'reasoning',
    encrypted_content: SEALED,
    summary: [
      { type: 'summary_text', text: `about ${name} and Dr. Zelda ${name}` },
      { type: 'summary_text', text: 'short' },
    ],
  },
  {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [
      {
        type: 'output_text',
        text: TEXT,
        annotations: [
          {
            type: 'url_citation',
            start_index: AFTER,
            end_index: AFTER + 3,
            title: 'of Dr. Zelda Quorn',
            url: `https://example.org/?q=${name}&m=zelda@example.org`,
          },
        ],
        logprobs: [],
      },
      { type: 'refusal', refusal: `no, ${name}` },
    ],
  },
  {
    id: 'fc_1',
    call_id: 'call_1',
    type: 'function_call',
    name: 'look_up',
    status: 'completed',
    arguments: JSON.stringify({ who: odd, mrn: '1234567', n: 3 }),
  },
]

async function readStream(bytes: Buffer, size: number, documents = createDocuments()): Promise<Json[]> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  const texts = guardStream(chunks(), documents)
  let text = ''
  for (let next = await texts.next(); ; next = await texts.next()) {
    text += next.value
    if (next.done === true) break
  }
  return text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => {
      const [first = '', data = ''] = event.split('\n')
      const document = JSON.parse(data.slice('data: '.length)) as Json
      expect(first).toBe(`event: ${String(document['type'])}`)
      return document
    })
}

const guardWhole = async (response: Json): Promise<Json> =>
  JSON.parse(await createDocuments().guardWhole(JSON.stringify(response))) as Json

/** What a client puts together out of the deltas alone, by place. */
function addUp(events: readonly Json[]): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const event of events) {
    const type = String(event['type'])
    if (!type.endsWith('.delta')) continue
    const index = event['content_index'] ?? event['summary_index'] ?? ''
    const place = `${String(event['output_index'])} ${type} ${JSON.stringify(index)}`
    texts[place] = (texts[place] ?? '') + String(event['delta'])
  }
  return texts
}

/** The same places, as the `done` events tell them. */
function toldAtEnd(events: readonly Json[]): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const event of events) {
    const type = String(event['type'])
    const text = event['text'] ?? event['refusal'] ?? event['arguments']
    if (!type.endsWith('.done') || typeof text !== 'string') continue
    const index = event['content_index'] ?? event['summary_index'] ?? ''
    texts[`${String(event['output_index'])} ${type.replace('.done', '.delta')} ${JSON.stringify(index)}`] = text
  }
  return texts
}

describe('a stream of a response', () => {
  test('says what the whole says, in its pieces, their ends and its last event, at any split (GW-08, LS-02)', async () => {
    const whole = await guardWhole(responseOf(OUTPUT))
    expect(JSON.stringify(whole)).toContain('Mara')
    expect(JSON.stringify(whole)).not.toMatch(/Quorn|zelda@|1234567"/)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(200), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 700 }),
        async (cuts, size) => {
          const events = await readStream(toBytes(eventsOf(OUTPUT, cuts)), size)
          expect(events.at(-1)?.['response']).toEqual(whole)
          expect(addUp(events)).toEqual(toldAtEnd(events))
          const items = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item)
          expect(items).toEqual(whole['output'])
          expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_, at) => at))
          expect(JSON.stringify(events)).not.toMatch(/Quorn|zelda@example/)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('counts what it removed and restored once, however often its events repeat it', async () => {
    const [whole, streamed] = [createTally(), createTally()]
    await createDocuments(whole).guardWhole(JSON.stringify(responseOf(OUTPUT)))
    await readStream(toBytes(eventsOf(OUTPUT, [5])), 1000, createDocuments(streamed))
    expect(streamed).toEqual(whole)
    expect(streamed.removed.get('mrn')).toBe(1)
  })

  test('drops what only keeps the connection alive', async () => {
    const events = eventsOf(OUTPUT, [9])
    const alive = { type: 'keepalive', sequence_number: 3, note: 'Zelda Quorn' }
    const answered = await readStream(toBytes([...events.slice(0, 5), alive, ...events.slice(5)]), 100)
    expect(answered).toEqual(await readStream(toBytes(events), 100))
  })

  test('says at its end what its pieces did not, when it is cut short', async () => {
    const events = eventsOf(OUTPUT, [9])
    const cut = events.findIndex(({ type }) => type === 'response.output_text.done')
    const partial = TEXT.slice(0, 60)
    const message = {
      ...OUTPUT[1],
      status: 'incomplete',
      content: [{ type: 'output_text', text: partial, annotations: [] }],
    }
    const head = events.slice(0, cut).filter(({ type }) => type !== 'response.output_text.annotation.added')
    const said = head.filter(({ type }) => type === 'response.output_text.delta')
    const kept = head.filter((event) => !said.includes(event))
    const pieces = [partial.slice(0, 30), partial.slice(30)].map((delta) => ({ ...said[0], delta }))
    const last = { type: 'response.incomplete', response: responseOf([{ ...OUTPUT[0] }, message], 'incomplete') }
    const answered = await readStream(toBytes([...kept, ...pieces, last]), 100)
    const [, told] = (answered.at(-1) as { response: { output: { content: { text: string }[] }[] } }).response.output
    expect(Object.values(addUp(answered)).at(-1)).toBe(told?.content[0]?.text)
  })

  test('moves the places of a citation to where its words stand in the text that leaves', async () => {
    for (const response of [
      await guardWhole(responseOf(OUTPUT)),
      (await readStream(toBytes(eventsOf(OUTPUT, [4])), 50)).at(-1)?.['response'] as Json,
    ]) {
      const [, message] = response['output'] as { content: { text: string; annotations: Json[] }[] }[]
      const [{ text, annotations } = { text: '', annotations: [] }] = message?.content ?? []
      const [{ start_index, end_index, url } = {}] = annotations
      expect(Array.from(text).slice(Number(start_index), Number(end_index)).join('')).toBe('See')
      expect(url).toBe('https://example.org/')
    }
  })

  const [created, begun, added] = eventsOf(OUTPUT.slice(1), [4])
  const delta = { type: 'response.output_text.delta', output_index: 0, item_id: 'msg_1', content_index: 0 }
  test.for([
    ['an event of an unknown kind', [{ type: 'response.telepathy.delta', delta: 'Zelda' }]],
    [
      'an item of an unknown kind',
      [{ type: 'response.output_item.added', output_index: 1, item: { type: 'hologram', text: 'Zelda' } }],
    ],
    [
      'a part of an unknown kind',
      [
        {
          type: 'response.content_part.added',
          output_index: 0,
          item_id: 'msg_1',
          content_index: 0,
          part: { type: 'smell' },
        },
      ],
    ],
    ['a piece of an item that never came', [{ ...delta, output_index: 7, delta: 'Zelda' }]],
    ['a piece without a place', [{ ...delta, output_index: '0', delta: 'Zelda' }]],
    ['log probabilities', [{ ...delta, delta: 'a', logprobs: [{ token: 'Zelda', logprob: -1 }] }]],
    [
      'an end that says something else',
      [
        { ...delta, delta: 'See Zel' },
        { ...delta, type: 'response.output_text.done', text: 'Zelda' },
      ],
    ],
    [
      'a repetition that says something else',
      [
        { ...delta, type: 'response.output_text.done', text: 'a' },
        {
          type: 'response.content_part.done',
          output_index: 0,
          item_id: 'msg_1',
          content_index: 0,
          part: { type: 'output_text', text: 'Zelda' },
        },
      ],
    ],
    [
      'a text that goes on behind its end',
      [
        { ...delta, type: 'response.output_text.done', text: '078-05-' },
        { ...delta, delta: '1120' },
      ],
    ],
    [
      'a sealed part that can be read',
      [
        {
          type: 'response.output_item.done',
          output_index: 1,
          item: {
            type: 'reasoning',
            summary: [],
            encrypted_content: Buffer.from('Dr. Zelda Quorn said that she is well').toString('base64'),
          },
        },
      ],
    ],
    ['an early end', []],
  ] as const)('with %s ends in an error', async ([, events]) => {
    const reading = readStream(toBytes([created, begun, added, ...events] as Json[]), 64)
    await expect(reading).rejects.toMatchObject({ code: 'provider.invalid-answer' })
  })

  test.for(['error', 'response.failed'])('turns %s of the provider into a code without its text', async (type) => {
    const reading = readStream(toBytes([{ type, message: 'Zelda', response: responseOf([], 'failed') }]), 64)
    await expect(reading).rejects.toMatchObject({ code: 'provider.failed', message: 'the provider failed' })
  })
})
