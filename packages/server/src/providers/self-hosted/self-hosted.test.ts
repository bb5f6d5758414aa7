import { startUpstream } from '@breakwater/testkit'
import type { ScriptedUpstream, UpstreamScript } from '@breakwater/testkit'
import fc from 'fast-check'
import { afterEach, describe, expect } from 'vitest'
import { createTestCrossing } from '../../testing/crossing.ts'
import type { TestCrossing } from '../../testing/crossing.ts'
import type { Db } from '../../platform/db/database.ts'
import { test } from '../../testing/database.ts'
import { fillToolCallIdsOfStream } from './tool-call-ids.ts'

const PATH = '/v1/chat/completions'
const KINDS = ['vllm', 'ollama', 'llama-cpp'] as const
const tools = [{ type: 'function', function: { name: 'lookup', parameters: { type: 'object', properties: {} } } }]

let crossing: TestCrossing
let other: ScriptedUpstream | undefined
afterEach(async () => {
  await crossing.close()
  await other?.close()
  other = undefined
})

async function start(db: Db, kind: (typeof KINDS)[number], changes: object = {}): Promise<void> {
  crossing = await createTestCrossing(db)
  const { services, tenant } = crossing.app
  await services.providers.put(
    { tenant, id: 'admin' },
    {
      id: 'scripted',
      kind,
      baseUrl: crossing.upstream.baseUrl,
      isInternal: true,
      allowedAddresses: ['127.0.0.1'],
      models: ['scripted'],
      upstreamModels: { scripted: 'meta-llama/Llama-3.1-8B' },
      ...changes,
    },
  )
}

const ask = async (stream = false): Promise<Response> =>
  crossing.send(PATH, {
    model: 'scripted',
    stream,
    tools,
    messages: [{ role: 'user', content: 'Call Mr. Walter Brandt back.' }],
  })

const call = (id?: string) => ({
  ...(id !== undefined && { id }),
  type: 'function',
  function: { name: 'lookup', arguments: '{}' },
})
const event = (delta: object, reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`

describe('a model server of our own (GW-03)', { timeout: 20_000 }, () => {
  test.for(KINDS)(
    'of kind %s has the ids of tool calls filled in, and what it thinks guarded',
    async (kind, { db }) => {
      await start(db, kind)
      const message = {
        role: 'assistant',
        content: null,
        reasoning_content: 'Ada Vance comes to mind.',
        tool_calls: [call(), call('')],
      }
      const document = {
        id: 'x',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
      }
      crossing.upstream.answer({ kind: 'whole', document })
      const answered = await (await ask()).text()
      expect(answered.match(/"id":"call_[a-p]{32}"/g)).toHaveLength(2)
      expect(answered).not.toContain('Vance')
      expect(crossing.upstream.received[0]?.body).toMatchObject({ model: 'meta-llama/Llama-3.1-8B' })
      expect(crossing.upstream.received[0]?.text).not.toContain('Brandt')

      const pieces = [
        event({ role: 'assistant', reasoning_content: 'Ada Vance comes to mind.' }),
        event({ tool_calls: [{ index: 0, ...call() }] }),
        event({ tool_calls: [{ index: 0, function: { arguments: ' ' } }] }),
        event({ tool_calls: [{ index: 1, ...call('call_theirs') }] }),
        event({}, 'tool_calls'),
        'data: [DONE]\n\n',
      ]
      crossing.upstream.answer({ kind: 'stream', pieces })
      const streamed = await (await ask(true)).text()
      expect(streamed.match(/"id":"call_[a-p]{32}"/g)).toHaveLength(1)
      expect(streamed).toContain('"id":"call_theirs"')
      expect(streamed).not.toContain('Vance')
      expect(streamed.trimEnd().endsWith('[DONE]')).toBe(true)
    },
  )

  test.for<[string, object]>([
    ['an address of this machine that is not listed', { allowedAddresses: ['127.0.0.2'] }],
    ['a name whose address is not listed', { baseUrl: 'https://localhost:8443/v1', allowedAddresses: ['10.20.30.40'] }],
    ['a public address', { baseUrl: 'https://192.0.2.7/v1', allowedAddresses: ['10.0.0.0/8'] }],
  ])('is not dialled at %s, and the ledger says so', async ([, changes], { db }) => {
    await start(db, 'vllm', changes)
    const refused = await ask()
    expect([refused.status, ((await refused.json()) as { error: { code: string } }).error.code]).toEqual([
      502,
      'provider.address-refused',
    ])
    expect(crossing.upstream.connections()).toBe(0)
    expect((await crossing.entries()).at(-1)).toMatchObject({
      kind: 'crossing.outcome',
      provider: 'scripted',
      decision: 'deny',
      codes: ['provider.address-refused'],
    })
  })

  test.for([301, 302, 303, 307, 308])(
    'that answers with a %i to another host sends nobody there (GW-04)',
    async (status, { db }) => {
      await start(db, 'vllm')
      other = await startUpstream()
      const script: UpstreamScript = {
        kind: 'raw',
        status,
        headers: {
          location: `${other.baseUrl.replace('127.0.0.1', 'localhost')}/chat/completions`,
          'retry-after': '0',
        },
        bytes: '',
      }
      crossing.upstream.answer(script)
      for (const stream of [false, true]) expect((await ask(stream)).status).toBe(502)
      expect(crossing.upstream.received).toHaveLength(2)
      expect(other.connections()).toBe(0)
    },
  )
})

describe('the ids of tool calls in a stream', () => {
  test('are the same wherever its bytes are cut', async ({ db }) => {
    await start(db, 'vllm')
    const bytes = Buffer.from(
      event({ content: 'é' }) + event({ tool_calls: [{ ...call() }] }) + event({}, 'tool_calls') + 'data: [DONE]\n\n',
    )
    const read = async (cuts: readonly number[]): Promise<string> => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
      async function* split(): AsyncGenerator<Uint8Array> {
        for (let at = 1; at < places.length; at++) yield bytes.subarray(places[at - 1], places[at])
      }
      let text = ''
      for await (const piece of fillToolCallIdsOfStream(split())) text += Buffer.from(piece).toString('utf8')
      return text.replace(/call_[a-p]{32}/, 'ID')
    }
    const whole = await read([])
    expect(whole).toContain('"id":"ID"')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 6 }), async (cuts) => {
        expect(await read(cuts)).toBe(whole)
      }),
    )
  })
})
