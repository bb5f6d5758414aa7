import {
  converseAnswer,
  converseEvents,
  createCut,
  cutBytes,
  geminiAnswer,
  geminiEvents,
  llamaAnswer,
  llamaEvents,
  messagesAnswer,
  messagesEvents,
  toEventFrame,
} from '@breakwater/testkit'
import type { ModelBlock, ModelScript } from '@breakwater/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSseDecoder } from '../../platform/http/sse.ts'
import { MESSAGES_DIALECT } from '../anthropic/index.ts'
import { createChunkDecoder } from '../bedrock/chunk-decoder.ts'
import { createFrameDecoder } from '../bedrock/event-stream.ts'
import { LLAMA_DIALECT } from '../bedrock/llama.ts'
import { readConverse } from '../bedrock/read-converse.ts'
import { createConverseReader } from '../bedrock/read-converse-events.ts'
import { GEMINI_DIALECT } from '../vertex/read-gemini.ts'
import type { AnswerDialect } from './answer.ts'
import { assembleCompletion, readSse } from '../../testing/completions.ts'
import type { EventDecoder } from './translate-stream.ts'
import { toChatWire } from './wire.ts'

interface Protocol {
  readonly answers: AnswerDialect
  readonly createDecoder: () => EventDecoder
  readonly whole: (script: ModelScript) => object
  readonly stream: (script: ModelScript, seed: number) => Buffer
  readonly saysTextOnly?: boolean
}

const sse = (documents: readonly object[]): Buffer =>
  Buffer.from(documents.map((document) => `data: ${JSON.stringify(document)}\n\n`).join(''))
const chunks = (documents: readonly object[]): Buffer =>
  Buffer.concat(
    documents.map((document) =>
      toEventFrame('chunk', { bytes: Buffer.from(JSON.stringify(document)).toString('base64') }),
    ),
  )

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  'Messages, in server-sent events': {
    answers: MESSAGES_DIALECT,
    createDecoder: createSseDecoder,
    whole: messagesAnswer,
    stream: (script, seed) => sse(messagesEvents(script, createCut(seed))),
  },
  "Messages, in AWS's frames": {
    answers: MESSAGES_DIALECT,
    createDecoder: createChunkDecoder,
    whole: messagesAnswer,
    stream: (script, seed) => chunks(messagesEvents(script, createCut(seed))),
  },
  Converse: {
    answers: { readWhole: readConverse, createReader: createConverseReader },
    createDecoder: createFrameDecoder,
    whole: converseAnswer,
    stream: (script, seed) =>
      Buffer.concat(converseEvents(script, createCut(seed)).map(([name, event]) => toEventFrame(name, event))),
  },
  "Llama, in AWS's frames": {
    answers: LLAMA_DIALECT,
    createDecoder: createChunkDecoder,
    whole: llamaAnswer,
    stream: (script, seed) => chunks(llamaEvents(script, createCut(seed))),
    saysTextOnly: true,
  },
  Gemini: {
    answers: GEMINI_DIALECT,
    createDecoder: createSseDecoder,
    whole: geminiAnswer,
    stream: (script, seed) => sse(geminiEvents(script, createCut(seed))),
  },
}

const said = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 })
const text = fc.record({ kind: fc.constant('text' as const), text: said })
const thinking = fc.record({ kind: fc.constant('thinking' as const), text: said })
const call = fc.record({
  kind: fc.constant('call' as const),
  id: fc.stringMatching(/^toolu_[A-Za-z0-9]{8}$/),
  name: fc.stringMatching(/^[a-z_]{1,12}$/),
  input: fc.dictionary(said, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }) as fc.Arbitrary<Record<string, unknown>>,
})

const scriptOf = (block: fc.Arbitrary<ModelBlock>): fc.Arbitrary<ModelScript> =>
  fc
    .record({
      blocks: fc.array(block, { maxLength: 4 }),
      stop: fc.constantFrom('end' as const, 'length' as const, 'filtered' as const),
      usage: fc.record({ read: fc.nat(), written: fc.nat() }),
    })
    .map((script) => ({ ...script, stop: script.blocks.some(({ kind }) => kind === 'call') ? 'call' : script.stop }))

async function translate({ answers, createDecoder }: Protocol, pieces: readonly Uint8Array[]): Promise<string> {
  const wire = toChatWire({ answers, createDecoder, model: 'm', request: { includesUsage: true }, sentAt: new Date(0) })
  const bytes: Uint8Array[] = []
  for await (const piece of wire.readStream?.(ReadableStream.from(pieces)) ?? []) bytes.push(piece)
  return Buffer.concat(bytes).toString('utf8')
}

describe.each(Object.entries(PROTOCOLS))('%s (GW-02)', (name, protocol) => {
  const script = scriptOf(protocol.saysTextOnly === true ? text : fc.oneof(text, thinking, call))
  const wire = toChatWire({ ...protocol, model: 'm', request: { includesUsage: true }, sentAt: new Date(0) })

  test('says the same streamed as whole, for every split of deltas and bytes', async () => {
    await fc.assert(
      fc.asyncProperty(script, fc.nat(), fc.integer({ min: 1, max: 200 }), async (says, seed, maxBytes) => {
        const whole = wire.readWhole?.(Buffer.from(JSON.stringify(protocol.whole(says)))) ?? new Uint8Array()
        const streamed = await translate(protocol, cutBytes(protocol.stream(says, seed), seed, maxBytes))
        expect(streamed.endsWith('data: [DONE]\n\n')).toBe(true)
        expect(assembleCompletion(readSse(streamed))).toEqual(JSON.parse(Buffer.from(whole).toString('utf8')))
      }),
    )
  })

  test('never ends in order when it is cut off before its end', async () => {
    const says: ModelScript = {
      blocks: [{ kind: 'text', text: 'Take two.' }],
      stop: 'end',
      usage: { read: 5, written: 3 },
    }
    const bytes = protocol.stream(says, 1)
    // What only counts tokens may be missing.
    const needed = name === 'Converse' ? bytes.indexOf('metadata') - 30 : bytes.length - 1
    for (let end = 0; end < needed; end++) {
      await expect(translate(protocol, [bytes.subarray(0, end)]), `${end} bytes`).rejects.toMatchObject({
        code: 'provider.invalid-answer',
      })
    }
  })
})
