import { setTimeout as sleep } from 'node:timers/promises'
import { startUpstream, streamOf } from '@breakwater/testkit'
import type { ScriptedUpstream, UpstreamScript } from '@breakwater/testkit'
import { afterEach, beforeEach, describe, expect } from 'vitest'
import { createTestCrossing } from '../testing/crossing.ts'
import type { TestCrossing } from '../testing/crossing.ts'
import type { Db } from '../platform/db/database.ts'
import { createProviderAdapters } from '../providers/index.ts'
import type { ProviderAdapters } from '../providers/index.ts'
import type { ProviderAdapter } from '../providers/adapter.ts'
import { failWith } from '../providers/transport/index.ts'
import { test } from '../testing/database.ts'
import type { CrossingDeps } from './deps.ts'

const PATH = '/v1/chat/completions'
const DAY_MS = 86_400_000
const DOWN: UpstreamScript = { kind: 'raw', status: 500, bytes: 'Ada Vance' }

let crossing: TestCrossing
let second: ScriptedUpstream
beforeEach(async () => {
  second = await startUpstream()
})
afterEach(async () => {
  await crossing.close()
  await second.close()
})

interface Set {
  readonly hasAgreement?: boolean
  readonly models?: Readonly<Record<string, string>>
  readonly deadlineMs?: number
  readonly adapters?: CrossingDeps['adapters']
}

/** The scripted provider, whose row names another one, which calls the model `other`. */
async function start(
  db: Db,
  { hasAgreement = true, models = { scripted: 'other' }, deadlineMs, adapters }: Set = {},
): Promise<void> {
  crossing = await createTestCrossing(db, {
    ...(deadlineMs !== undefined && { limits: { deadlineMs } }),
    ...(adapters && { adapters }),
  })
  const { services, clock, tenant } = crossing.app
  const admin = { tenant, id: 'admin' }
  const row = { kind: 'openai-compatible', isInternal: true, allowedAddresses: ['127.0.0.1'] } as const
  await services.providers.put(admin, { ...row, id: 'second', baseUrl: second.baseUrl, models: ['other'] })
  const fallbacks = [{ provider: 'second', models }]
  const { baseUrl } = crossing.upstream
  await services.providers.put(admin, { ...row, id: 'scripted', baseUrl, models: ['scripted'], fallbacks })
  if (!hasAgreement) return
  await services.agreements.put(admin, {
    id: 'second',
    kind: 'internal',
    provider: 'second',
    endpoints: ['chat.completions'],
    models: ['other'],
    purposes: ['TREAT'],
    effectiveFrom: clock.now(),
    effectiveTo: new Date(clock.now().getTime() + DAY_MS),
  })
}

const ask = async (stream = false, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  crossing.send(
    PATH,
    { model: 'scripted', stream, messages: [{ role: 'user', content: 'Call Mr. Walter Brandt back.' }] },
    headers,
  )

describe('where a provider cannot answer', () => {
  test.for([false, true])(
    'the one that its row names does, under its own agreement, and everybody is told; streamed: %s',
    async (stream, { db }) => {
      await start(db)
      crossing.upstream.answer(DOWN)
      if (stream) second.answer({ kind: 'stream', pieces: streamOf(['Fine, ', 'thank you.']) })
      const answer = await ask(stream)
      expect([answer.status, answer.headers.get('breakwater-provider')]).toEqual([200, 'second'])
      expect(await answer.text()).toContain('Fine')
      expect(second.received[0]?.body).toMatchObject({ model: 'other' })
      expect(second.received[0]?.text).not.toContain('Brandt')
      const entries = await crossing.entries()
      expect(entries).toMatchObject([
        { kind: 'crossing.intent', provider: 'scripted', model: 'scripted', codes: [] },
        {
          kind: 'crossing.intent',
          provider: 'second',
          model: 'other',
          agreement: { id: 'second', version: 1 },
          codes: ['crossing.fallback'],
        },
        {
          kind: 'crossing.outcome',
          provider: 'second',
          agreement: { id: 'second', version: 1 },
          decision: 'allow',
          codes: ['crossing.fallback'],
          counts: { 'forward.attempts': 2, 'forward.fallbacks': 1 },
        },
      ])
      expect(new Set(entries.map(({ crossing: id }) => id)).size).toBe(1)
    },
  )

  test.for<[string, Set, Readonly<Record<string, string>>]>([
    ['no agreement covers the other', { hasAgreement: false }, {}],
    ['the agreement of the other is for another purpose', {}, { 'breakwater-purpose': 'HPAYMT' }],
    ['the other does not serve the model', { models: {} }, {}],
  ])('and %s, it gets nothing, and the first failure is the answer', async ([, set, headers], { db }) => {
    await start(db, set)
    crossing.upstream.answer(DOWN)
    const answer = await ask(false, headers)
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({ error: { code: 'provider.failed' } })
    expect(second.connections()).toBe(0)
    expect(await crossing.entries()).toMatchObject([
      { kind: 'crossing.intent', provider: 'scripted' },
      { kind: 'crossing.outcome', provider: 'scripted', codes: ['provider.failed'] },
    ])
  })

  test('and the policy set has a word against the other, it gets nothing', async ({ db }) => {
    await start(db)
    const { policy } = crossing.app.services
    const deps = {
      policy: {
        ...policy,
        decide: async (question: Parameters<typeof policy.decide>[0]) => {
          const decision = await policy.decide(question)
          return question.provider === 'second' ? { ...decision, isAllowed: false } : decision
        },
      },
    }
    await crossing.close()
    crossing = await createTestCrossing(db, deps)
    const { services, tenant } = crossing.app
    await services.providers.put(
      { tenant, id: 'admin' },
      {
        id: 'scripted',
        kind: 'openai-compatible',
        baseUrl: crossing.upstream.baseUrl,
        isInternal: true,
        allowedAddresses: ['127.0.0.1'],
        models: ['scripted'],
        fallbacks: [{ provider: 'second', models: { scripted: 'other' } }],
      },
    )
    crossing.upstream.answer(DOWN)
    expect((await ask()).status).toBe(502)
    expect(second.connections()).toBe(0)
  })

  test('and the other fails as well, the first failure is the answer, and both were intended', async ({ db }) => {
    await start(db)
    crossing.upstream.answer({ kind: 'raw', status: 429, bytes: '' })
    second.answer(DOWN)
    const answer = await ask()
    expect(await answer.json()).toMatchObject({ error: { code: 'provider.rate-limited' } })
    expect(await crossing.entries()).toMatchObject([
      { kind: 'crossing.intent', provider: 'scripted' },
      { kind: 'crossing.intent', provider: 'second' },
      {
        kind: 'crossing.outcome',
        provider: 'scripted',
        codes: ['provider.rate-limited'],
        counts: { 'forward.attempts': 2, 'forward.fallbacks': 1 },
      },
    ])
  })

  test('and egress towards the other is frozen, it gets nothing', async ({ db }) => {
    await start(db)
    const { freezes } = crossing.app.services.access
    const admin = { tenant: crossing.app.tenant, id: 'admin' }
    await freezes.freeze(admin, { scope: 'provider', provider: 'second' }, 'drill')
    crossing.upstream.answer(DOWN)
    expect((await ask()).status).toBe(502)
    expect(second.connections()).toBe(0)
  })
})

test('a provider is asked again only while its agreement still covers the request (GW-05)', async ({ db }) => {
  await start(db)
  crossing.upstream.answer(() => {
    crossing.app.clock.set(new Date(crossing.app.clock.now().getTime() + DAY_MS).toISOString())
    return { kind: 'raw', status: 503, headers: { 'retry-after': '1' }, bytes: '' }
  })
  const answer = await ask()
  expect([answer.status, await answer.json()]).toMatchObject([403, { error: { code: 'agreement.none-in-force' } }])
  expect(crossing.upstream.received).toHaveLength(1)
  expect(await crossing.entries()).toMatchObject([
    { kind: 'crossing.intent' },
    { kind: 'crossing.outcome', codes: ['agreement.none-in-force'], counts: { 'forward.attempts': 1 } },
  ])
})

describe('nobody else is asked', () => {
  test.for<[string, UpstreamScript]>([
    ['refuses the request', { kind: 'raw', status: 400, bytes: '' }],
    ['refuses our key', { kind: 'raw', status: 401, bytes: '' }],
    ['answers with a redirect', { kind: 'raw', status: 307, headers: { location: 'https://example.org/' }, bytes: '' }],
    ['answers with something else', { kind: 'raw', status: 200, bytes: 'Ada Vance' }],
  ])('where a provider %s', async ([, script], { db }) => {
    await start(db)
    crossing.upstream.answer(script)
    expect((await ask()).status).not.toBe(200)
    expect(second.connections()).toBe(0)
  })

  test('after the first byte of a stream', async ({ db }) => {
    await start(db)
    const pieces = streamOf(['a']).slice(0, 2)
    crossing.upstream.answer({ kind: 'stream', pieces, cuts: true, gapMs: 20 })
    const text = await (await ask(true)).text()
    expect(text).toContain('provider.failed')
    expect(second.connections()).toBe(0)
  })

  test('where so little time is left that nobody could answer', async ({ db }) => {
    const late: ProviderAdapter = {
      serves: () => true,
      send: async (_, { deadlineMs }) => {
        // A timer may be early.
        await sleep(deadlineMs - 8)
        throw failWith('provider.timeout')
      },
      close: async () => undefined,
    }
    const real = createProviderAdapters()
    const adapterFor: ProviderAdapters['adapterFor'] = (target) =>
      target.id === 'scripted' ? late : real.adapterFor(target)
    await start(db, { deadlineMs: 300, adapters: { adapterFor } })
    expect((await ask()).status).toBe(504)
    expect(second.connections()).toBe(0)
    await real.close()
  })

  test('after the deadline', async ({ db }) => {
    await start(db, { deadlineMs: 300 })
    crossing.upstream.answer({ kind: 'hang' })
    expect((await ask()).status).toBe(504)
    expect(second.connections()).toBe(0)
  })
})
