import { setTimeout as sleep } from 'node:timers/promises'
import { streamOf } from '@breakwater/testkit'
import { sql } from 'kysely'
import { afterEach, describe, expect } from 'vitest'
import { test } from '../../testing/database.ts'
import { createTestCrossing } from '../../testing/crossing.ts'
import type { TestCrossing } from '../../testing/crossing.ts'
import { addPrincipal, SNAPSHOT_MS } from '../../testing/principals.ts'

const open: TestCrossing[] = []
afterEach(async () => {
  for (const crossing of open.splice(0)) {
    await crossing.close()
    await crossing.app.close()
  }
})

async function start(db: Parameters<typeof createTestCrossing>[0]): Promise<TestCrossing> {
  const crossing = await createTestCrossing(db)
  open.push(crossing)
  return crossing
}

const CHAT = { model: 'scripted', messages: [{ role: 'user', content: 'What is a beta blocker?' }] }

const put = async ({ app }: TestCrossing, id: string, body: object): Promise<Response> =>
  app.call(app.tokens.admin, 'PUT', `/api/v1/limits/${id}`, body)
const ask = async (crossing: TestCrossing, body: object = CHAT): Promise<Response> =>
  crossing.send('/v1/chat/completions', body)
const statusesOf = (answers: readonly Response[]): number[] => answers.map(({ status }) => status)
const count = (answers: readonly Response[], status: number): number =>
  answers.filter((answer) => answer.status === status).length

async function usageOf({ app }: TestCrossing, limit: string): Promise<number | undefined> {
  const answer = await app.call(app.tokens.admin, 'GET', '/api/v1/limits/usage')
  const { usage } = (await answer.json()) as { usage: { limit: string; taken: number }[] }
  return usage.find((row) => row.limit === limit)?.taken
}

function answerWith({ upstream }: TestCrossing, usage: object | undefined, content = 'Fine.'): void {
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
  const document = {
    id: 'x',
    object: 'chat.completion',
    created: 1,
    model: 'scripted',
    choices,
    ...(usage && { usage }),
  }
  upstream.answer({ kind: 'whole', document })
}

describe('limits (GW-12)', () => {
  test('the request after the last of a minute is refused, says when to come again, and is on record (GW-12)', async ({
    db,
  }) => {
    const crossing = await start(db)
    await put(crossing, 'per-minute', { principal: '*', metric: 'requests', span: 'minute', amount: 3 })
    crossing.app.clock.set('2026-06-01T12:00:20.000Z')
    const answers = []
    for (let i = 0; i < 4; i++) answers.push(await ask(crossing))
    expect(statusesOf(answers)).toEqual([200, 200, 200, 429])
    const refused = answers[3]
    expect(refused?.headers.get('retry-after')).toBe('40')
    expect(refused?.headers.get('ratelimit')).toBe('"per-minute";r=0;t=40')
    expect(refused?.headers.get('ratelimit-policy')).toBe('"per-minute";q=3;w=60')
    expect(await refused?.json()).toMatchObject({ error: { code: 'limit.exceeded' } })
    expect(crossing.upstream.received).toHaveLength(3)
    expect((await crossing.entries()).at(-1)).toMatchObject({
      kind: 'crossing.refused',
      principal: 'app',
      decision: 'deny',
      codes: ['limit.exceeded', 'limit:per-minute'],
    })
    crossing.app.clock.set('2026-06-01T12:01:00.000Z')
    expect((await ask(crossing)).status).toBe(200)
  })

  test('counts each principal by itself when it says so, and all together when it does not (GW-12)', async ({ db }) => {
    const crossing = await start(db)
    await put(crossing, 'each', { principal: '*', metric: 'requests', span: 'day', amount: 2 })
    await put(crossing, 'all', { metric: 'requests', span: 'day', amount: 3 })
    const other = await addPrincipal(crossing.app, 'other', {
      kind: 'service',
      roles: ['application'],
      purposes: ['TREAT'],
    })
    const headers = { authorization: `Bearer ${other}`, 'breakwater-purpose': 'TREAT' }
    expect(statusesOf([await ask(crossing), await ask(crossing), await ask(crossing)])).toEqual([200, 200, 429])
    const third = await crossing.send('/v1/chat/completions', CHAT, headers)
    const fourth = await crossing.send('/v1/chat/completions', CHAT, headers)
    expect(statusesOf([third, fourth])).toEqual([200, 429])
    expect((await crossing.entries()).at(-1)?.codes).toEqual(['limit.exceeded', 'limit:all'])
  })

  test('a limit of one purpose or provider leaves others alone (GW-12)', async ({ db }) => {
    const crossing = await start(db)
    await put(crossing, 'payment', { purpose: 'HPAYMT', metric: 'requests', span: 'day', amount: 1 })
    await put(crossing, 'demo', { provider: 'demo', metric: 'requests', span: 'day', amount: 1 })
    expect(statusesOf([await ask(crossing), await ask(crossing)])).toEqual([200, 200])
  })

  test('two replicas admit together exactly what is permitted, however many come at once (GW-12)', async ({ db }) => {
    const first = await start(db)
    const second = await start(db)
    await put(first, 'shared', { metric: 'requests', span: 'day', amount: 25 })
    await sleep(SNAPSHOT_MS)
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => ask(index % 2 === 0 ? first : second)),
    )
    expect([count(answers, 200), count(answers, 429)]).toEqual([25, 35])
    expect(second.upstream.received).toHaveLength(25)
    expect(await usageOf(first, 'shared')).toBe(25)
  })

  test('a larger limit is taken ahead in blocks, never beyond it, and what nobody used comes back (GW-12)', async ({
    db,
  }) => {
    const first = await start(db)
    const second = await start(db)
    await put(first, 'shared', { metric: 'requests', span: 'day', amount: 400 })
    await sleep(SNAPSHOT_MS)
    for (let i = 0; i < 20; i++) await ask(first)
    const before = (await usageOf(first, 'shared')) ?? 0
    expect(before).toBeGreaterThan(20)
    await expect.poll(async () => usageOf(first, 'shared'), { timeout: 5_000 }).toBe(20)
    const answers = await Promise.all(
      Array.from({ length: 420 }, async (_, index) => ask(index % 2 === 0 ? first : second)),
    )
    const admitted = count(answers, 200)
    expect(admitted).toBeLessThanOrEqual(380)
    // The rest lies with a replica that nobody asked any more, for a second.
    expect(admitted).toBeGreaterThan(360)
    const more = []
    for (let i = 0; i < 40 && admitted + count(more, 200) < 380; i++) {
      more.push(await ask(second))
      if (more.at(-1)?.status === 429) await sleep(200)
    }
    expect(admitted + count(more, 200)).toBe(380)
    expect((await ask(first)).status).toBe(429)
  })

  test('tokens are reserved by an estimate and settled by what the provider counted (GW-12)', async ({ db }) => {
    const crossing = await start(db)
    await put(crossing, 'tokens', { principal: '*', metric: 'tokens', span: 'day', amount: 3_000 })
    answerWith(crossing, { prompt_tokens: 700, completion_tokens: 300, total_tokens: 1_000 })
    expect((await ask(crossing)).status).toBe(200)
    await expect.poll(async () => usageOf(crossing, 'tokens'), { timeout: 5_000 }).toBe(1_000)
    // Its 2,500 tokens of answer do not fit any more, and nothing is sent.
    expect((await ask(crossing, { ...CHAT, max_tokens: 2_500 })).status).toBe(429)
    expect((await ask(crossing, { ...CHAT, max_tokens: 1_500 })).status).toBe(200)
    await expect.poll(async () => usageOf(crossing, 'tokens'), { timeout: 5_000 }).toBe(2_000)
  })

  test('what a provider does not count is counted from the answer; a refusal after the limit uses none (GW-12)', async ({
    db,
  }) => {
    const crossing = await start(db)
    await put(crossing, 'tokens', { metric: 'tokens', span: 'day', amount: 100_000 })
    const body = JSON.stringify(CHAT)
    answerWith(crossing, undefined, 'x'.repeat(400))
    await crossing.send('/v1/chat/completions', body)
    const expected = Math.ceil(body.length / 4) + 100
    await expect.poll(async () => usageOf(crossing, 'tokens'), { timeout: 5_000 }).toBe(expected)
    const hidden = { ...CHAT, messages: [{ role: 'user', content: 'a\u{e0041}\u{e0042}' }] }
    expect((await ask(crossing, hidden)).status).toBe(403)
    await sleep(200)
    await expect.poll(async () => usageOf(crossing, 'tokens'), { timeout: 5_000 }).toBe(expected)
  })

  test('a stream is metered by its last event, whatever its texts look like (GW-12)', async ({ db }) => {
    const crossing = await start(db)
    await put(crossing, 'tokens', { metric: 'tokens', span: 'day', amount: 100_000 })
    const usage = { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'scripted', choices: [] }
    const event = `data: ${JSON.stringify({ ...usage, usage: { prompt_tokens: 41, completion_tokens: 9 } })}\n\n`
    const pieces = streamOf(['"completion_tokens": 70000', ' end'])
    crossing.upstream.answer({ kind: 'stream', pieces: [...pieces.slice(0, -1), event, ...pieces.slice(-1)] })
    const answer = await ask(crossing, { ...CHAT, stream: true })
    expect(await answer.text()).toContain('[DONE]')
    await expect.poll(async () => usageOf(crossing, 'tokens'), { timeout: 5_000 }).toBe(50)
  })

  test('cost is counted in the currency of the limit, and a model without a price is refused (GW-12)', async ({
    db,
  }) => {
    const crossing = await start(db)
    await put(crossing, 'cost', { provider: '*', metric: 'cost', span: 'month', amount: 50_000, currency: 'EUR' })
    const unpriced = await ask(crossing)
    expect([unpriced.status, await unpriced.json()]).toMatchObject([403, { error: { code: 'limit.unpriced' } }])
    const price = {
      provider: 'scripted',
      model: 'scripted',
      currency: 'EUR',
      inputMicros: 3_000_000,
      outputMicros: 15_000_000,
    }
    expect((await crossing.app.call(crossing.app.tokens.admin, 'PUT', '/api/v1/prices', price)).status).toBe(200)
    answerWith(crossing, { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000 })
    expect((await ask(crossing)).status).toBe(200)
    // A thousand tokens at 3 and at 15 euros for a million: 18,000 millionths.
    await expect.poll(async () => usageOf(crossing, 'cost'), { timeout: 5_000 }).toBe(18_000)
    expect((await ask(crossing, { ...CHAT, max_tokens: 2_500 })).status).toBe(429)
  })

  test('open streams are limited on all replicas, and each end of a stream frees its place (GW-12)', async ({ db }) => {
    const first = await start(db)
    const second = await start(db)
    await put(first, 'streams', { principal: '*', metric: 'streams', amount: 2 })
    await sleep(SNAPSHOT_MS)
    second.upstream.answer({ kind: 'stream', pieces: streamOf(['a', 'b', 'c']), gapMs: 100 })
    const stream = { ...CHAT, stream: true }
    const [one, two, three] = [await ask(first, stream), await ask(second, stream), await ask(first, stream)]
    expect(statusesOf([one, two, three])).toEqual([200, 200, 429])
    expect(three.headers.get('retry-after')).toBe('1')
    // What is no stream needs no place.
    second.upstream.answer({ kind: 'raw', status: 500, bytes: '' })
    await one.text()
    await two.body?.cancel()
    await expect.poll(async () => usageOf(first, 'streams'), { timeout: 5_000 }).toBe(0)
    // Nor does one that never began hold one.
    expect((await ask(first, stream)).status).toBe(502)
    await expect.poll(async () => usageOf(first, 'streams'), { timeout: 5_000 }).toBe(0)
  })

  test('what a replica held that was killed is free again when its lease is over (GW-12)', async ({ db, migrator }) => {
    const crossing = await start(db)
    await put(crossing, 'streams', { metric: 'streams', amount: 1 })
    // A replica that took the only place and was never heard of again.
    await sql`select * from take_units('default', gen_random_uuid(), 300, array['streams'], array['||'],
      array['epoch'::timestamptz], array[1]::bigint[], array[0]::bigint[])`.execute(db)
    expect(await usageOf(crossing, 'streams')).toBe(1)
    crossing.upstream.answer({ kind: 'stream', pieces: streamOf(['a']) })
    expect((await ask(crossing, { ...CHAT, stream: true })).status).toBe(429)
    await sleep(400)
    expect((await ask(crossing, { ...CHAT, stream: true })).status).toBe(200)
    const { rows } = await sql`select count(*)::int as leases from limit_leases`.execute(migrator)
    expect(rows).toEqual([{ leases: 1 }])
  })

  test('a preview counts as a request and as nothing else (GW-12)', async ({ db }) => {
    const crossing = await start(db)
    await put(crossing, 'requests', { metric: 'requests', span: 'day', amount: 1 })
    await put(crossing, 'tokens', { metric: 'tokens', span: 'day', amount: 1 })
    expect((await crossing.send('/api/v1/preview', CHAT)).status).toBe(200)
    const refused = await crossing.send('/api/v1/preview', CHAT)
    expect([refused.status, refused.headers.get('ratelimit')?.slice(0, 10)]).toEqual([429, '"requests"'])
    expect(refused.headers.get('content-type')).toBe('application/problem+json')
  })
})

describe('records of limits', () => {
  test('change through the API with an entry each, and go on counting what they count', async ({ db }) => {
    const crossing = await start(db)
    const { app } = crossing
    const limit = { principal: '*', metric: 'requests', span: 'day', amount: 2 }
    expect(await (await put(crossing, 'daily', limit)).json()).toEqual({ ...limit, id: 'daily', version: 1 })
    expect(await (await put(crossing, 'daily', { ...limit, amount: 5 })).json()).toMatchObject({
      version: 2,
      amount: 5,
    })
    expect((await put(crossing, 'daily', { ...limit, metric: 'tokens' })).status).toBe(409)
    expect((await put(crossing, 'odd', { metric: 'streams', span: 'day', amount: 1 })).status).toBe(400)
    expect((await put(crossing, 'odd', { metric: 'cost', span: 'day', amount: 1 })).status).toBe(400)
    expect((await app.call(app.tokens.admin, 'POST', '/api/v1/limits/daily/end')).status).toBe(204)
    expect((await app.call(app.tokens.admin, 'POST', '/api/v1/limits/daily/end')).status).toBe(404)
    const entries = (await app.readLedger()).map(({ entry }) => entry).filter(({ kind }) => kind.startsWith('limit.'))
    expect(entries.map(({ kind, endpoint, counts }) => [kind, endpoint, counts])).toEqual([
      ['limit.put', 'daily', { version: 1, amount: 2 }],
      ['limit.put', 'daily', { version: 2, amount: 5 }],
      ['limit.ended', 'daily', { version: 2 }],
    ])
    const listed = (await (await app.call(app.tokens.admin, 'GET', '/api/v1/limits')).json()) as { limits: object[] }
    expect(listed.limits).toMatchObject([{ id: 'daily', endedAt: '2026-06-01T12:00:00.000Z' }])
  })

  test('are for those who manage providers', async ({ db }) => {
    const { app } = await start(db)
    const body = { metric: 'requests', span: 'day', amount: 2 }
    expect((await app.call(app.tokens.app, 'PUT', '/api/v1/limits/daily', body)).status).toBe(403)
  })
})
