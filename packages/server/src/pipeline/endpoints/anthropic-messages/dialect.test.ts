import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DocumentGuard } from '../../answer/document-guard.ts'
import { guardStream } from '../../answer/guard-stream.ts'
import { createSampleDocuments, createSampleMap } from '../../test-parts.ts'
import { createMessagesDialect } from './dialect.ts'
import { eventsOf, joinEvents, messageOf, SIGNATURE } from './test-parts.ts'
import type { Block } from './test-parts.ts'

const map = createSampleMap()
const [name, odd] = [map.tokenOf('NAME', 'Mara'), map.tokenOf('NAME', 'say "hi"\\\n😀')]
const createDocuments = (): DocumentGuard =>
  createSampleDocuments(map, { createDialect: createMessagesDialect, answerId: 'msg_ours' })

const BLOCKS: readonly Block[] = [
  { type: 'thinking', thinking: `The caller asks about ${name}.`, signature: SIGNATURE },
  { type: 'redacted_thinking', data: SIGNATURE },
  {
    type: 'text',
    text: `Plan for ${name}: rest, then a walk with ${odd}, as Dr. Zelda Quorn said. Call 555-0142 now.`,
  },
  { type: 'tool_use', id: 'toolu_1', name: 'look_up', input: { who: odd, mrn: '1234567', n: 3, deep: [{ ok: true }] } },
  { type: 'text', text: '😀' },
]

interface Message {
  readonly id: string
  readonly model: string
  readonly content: readonly Record<string, unknown>[]
}

async function guardWhole(content: readonly Block[]): Promise<Message> {
  return JSON.parse(await createDocuments().guardWhole(JSON.stringify(messageOf(content)))) as Message
}

/** The texts that came out, with the end that waits for the outcome. */
async function readStream(bytes: Uint8Array, size = bytes.length): Promise<string> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  const stream = guardStream(chunks(), createDocuments())
  let text = ''
  let next = await stream.next()
  for (; next.done !== true; next = await stream.next()) text += next.value
  return text + next.value
}

describe('a message', () => {
  test("gives the caller's values back in texts and inputs, removes what the model brought, and keeps what is signed", async () => {
    const { id, model, content } = await guardWhole(BLOCKS)
    expect({ id, model }).toEqual({ id: 'msg_ours', model: 'm' })
    expect(content[0]).toEqual(BLOCKS[0])
    expect(content[1]).toEqual(BLOCKS[1])
    expect(content[2]?.['text']).toMatch(/^Plan for Mara: rest.*say "hi".*\[NAME\].*\[PHONE\] now\.$/s)
    expect(content[3]?.['input']).toEqual({ who: 'say "hi"\\\n😀', mrn: '[MRN]', n: 3, deep: [{ ok: true }] })
  })

  test('is blocked when a signed part identifies: it can neither be changed nor let through', async () => {
    const thinking = { type: 'thinking', thinking: 'So Dr. Zelda Quorn said.', signature: SIGNATURE }
    await expect(guardWhole([thinking])).rejects.toMatchObject({ code: 'guard.output-blocked' })
    await expect(readStream(Buffer.from(eventsOf([thinking], [5])))).rejects.toMatchObject({
      code: 'guard.output-blocked',
    })
  })

  test.for([
    ['no message', { type: 'completion' }, 'provider.invalid-answer'],
    ['an error', { type: 'error', error: { type: 'overloaded_error', message: 'Zelda' } }, 'provider.failed'],
    [
      'a seal that reads as text',
      messageOf([{ type: 'redacted_thinking', data: 'Zelda Quorn' }]),
      'provider.invalid-answer',
    ],
  ] as const)('that is %s is refused', async ([, document, code]) => {
    await expect(createDocuments().guardWhole(JSON.stringify(document))).rejects.toMatchObject({ code })
  })
})

describe('a stream of a message', () => {
  test('says what the whole message says, at every split of deltas and bytes', async () => {
    const { content } = await guardWhole(BLOCKS)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 400 }),
        async (lengths, size) => {
          expect(joinEvents(await readStream(Buffer.from(eventsOf(BLOCKS, lengths)), size))).toEqual(content)
        },
      ),
      { numRuns: 60 },
    )
  })

  test.for([
    ['an event of an unknown kind', 'event: surprise\ndata: {"type":"surprise"}\n\n'],
    ['an event that is not what its name says', 'event: message_stop\ndata: {"type":"message_start"}\n\n'],
    [
      'a delta of an unknown kind',
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"odd_delta","x":"Zelda"}}\n\n',
    ],
    ['an early end', eventsOf([{ type: 'text', text: 'Zelda' }], [9]).split('event: content_block_stop')[0] ?? ''],
  ] as const)('with %s ends in an error and lets nothing pending out', async ([, text]) => {
    await expect(readStream(Buffer.from(text))).rejects.toMatchObject({ code: 'provider.invalid-answer' })
  })

  test('waits with its last event for the outcome', async () => {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(eventsOf([{ type: 'text', text: 'fine' }], [9]))
    }
    const stream = guardStream(chunks(), createDocuments())
    const { value } = await stream.next()
    expect(value).not.toContain('message_stop')
    expect((await stream.next()).value).toBe('event: message_stop\ndata: {"type":"message_stop"}\n\n')
  })
})
