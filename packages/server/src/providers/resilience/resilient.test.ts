import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { startUpstream, streamOf } from '@breakwater/testkit'
import type { ScriptedUpstream, UpstreamScript } from '@breakwater/testkit'
import { AppError } from '@breakwater/kernel'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ProviderAdapter, SendOptions, UpstreamAnswer } from '../adapter.ts'
import { createOpenAi } from '../openai/openai.ts'
import { createBreaker } from './breaker.ts'
import { withResilience } from './resilient.ts'
import type { ResilienceOptions } from './resilient.ts'

let upstream: ScriptedUpstream
let adapter: ProviderAdapter | undefined
beforeAll(async () => {
  upstream = await startUpstream()
})
afterEach(async () => {
  await adapter?.close()
  adapter = undefined
  upstream.clear()
})
afterAll(async () => upstream.close())

function create(options: ResilienceOptions = {}, baseUrl = upstream.baseUrl): ProviderAdapter {
  const row = { tenant: 'acme', id: 'p', version: 1, isInternal: true, allowedAddresses: ['127.0.0.1'] }
  adapter = withResilience(createOpenAi({ ...row, kind: 'openai-compatible', baseUrl }), options)
  return adapter
}

async function send(to: ProviderAdapter, options: Partial<SendOptions> = {}): Promise<UpstreamAnswer> {
  return to.send(
    { endpoint: 'chat.completions', model: 'm', body: '{}' },
    { isStream: false, signal: new AbortController().signal, deadlineMs: 5_000, ...options },
  )
}

const refusal = (status: number, retryAfter?: string): UpstreamScript => ({
  kind: 'raw',
  status,
  bytes: '',
  ...(retryAfter !== undefined && { headers: { 'retry-after': retryAfter } }),
})

/** The scripts one after the other; from then on a fine answer. */
function answerInTurn(...scripts: UpstreamScript[]): void {
  let at = 0
  upstream.answer(() => scripts[at++] ?? { kind: 'whole', document: {} })
}

describe('a request is sent again', () => {
  test.for([429, 503])('after a %i that says when to come again', async (status) => {
    answerInTurn(refusal(status, '0'), refusal(status, '0'))
    const attempts: string[] = []
    expect((await send(create(), { onAttempt: (attempt) => attempts.push(attempt) })).kind).toBe('whole')
    expect(upstream.received).toHaveLength(3)
    expect(attempts).toEqual(['sent', 'sent', 'sent'])
  })

  test('in a stream too, before its first byte', async () => {
    answerInTurn(refusal(503, '0'), { kind: 'stream', pieces: streamOf(['a']) })
    expect((await send(create(), { isStream: true })).kind).toBe('stream')
    expect(upstream.received).toHaveLength(2)
  })

  test('when nobody took the connection, and then somebody does', async () => {
    const place = createServer()
    place.listen(0, '127.0.0.1')
    await once(place, 'listening')
    const { port } = place.address() as AddressInfo
    place.close()
    await once(place, 'close')
    const attempts: string[] = []
    const sent = send(create({}, `http://127.0.0.1:${port}/v1`), { onAttempt: (attempt) => attempts.push(attempt) })
    await expect(sent).rejects.toMatchObject({ code: 'provider.failed' })
    expect(attempts).toHaveLength(3)
  })
})

describe('a request is sent once only', () => {
  test.for<[string, string, UpstreamScript]>([
    ['a 500, which may have been worked on', 'provider.failed', refusal(500, '0')],
    ['a 503 that says nothing more', 'provider.failed', refusal(503)],
    ['a 429 that says nothing more', 'provider.rate-limited', refusal(429)],
    ['a 429 that says an hour', 'provider.rate-limited', refusal(429, '3600')],
    ['a broken connection', 'provider.failed', { kind: 'drop' }],
    ['a 400', 'provider.rejected', refusal(400)],
    ['a redirect', 'provider.address-refused', refusal(307, '0')],
  ])('after %s', async ([, code, script]) => {
    upstream.answer(script)
    await expect(send(create())).rejects.toMatchObject({ code })
    expect(upstream.received).toHaveLength(1)
  })

  test('where waiting would outlast the deadline', async () => {
    upstream.answer(refusal(503, '1'))
    await expect(send(create(), { deadlineMs: 900 })).rejects.toMatchObject({ code: 'provider.failed' })
    expect(upstream.received).toHaveLength(1)
  })

  test('once its answer has begun', async () => {
    upstream.answer({ kind: 'stream', pieces: streamOf(['a']).slice(0, 1), cuts: true, gapMs: 20 })
    const answer = await send(create(), { isStream: true })
    const read = async (): Promise<void> => {
      if (answer.kind === 'stream') for await (const _ of answer.chunks);
    }
    await expect(read()).rejects.toMatchObject({ code: 'provider.failed' })
    expect(upstream.received).toHaveLength(1)
  })

  test('when the caller leaves, or egress is frozen, while it waits', async () => {
    upstream.answer(refusal(503, '2'))
    const abort = new AbortController()
    const sent = send(create(), { signal: abort.signal })
    setTimeout(() => abort.abort(new AppError('egress.frozen', { message: 'frozen' })), 50)
    await expect(sent).rejects.toMatchObject({ code: 'egress.frozen' })
    expect(upstream.received).toHaveLength(1)
  })
})

describe('a provider that fails', () => {
  test('is left alone after failures in a row, tried once later, and well when that is', async () => {
    let nowMs = 0
    const to = create({ maxFailures: 2, openMs: 1_000, elapsedMs: () => nowMs })
    upstream.answer(refusal(500))
    for (let i = 0; i < 2; i++) await expect(send(to)).rejects.toMatchObject({ code: 'provider.failed' })
    const attempts: string[] = []
    const kept = send(to, { onAttempt: (attempt) => attempts.push(attempt) })
    await expect(kept).rejects.toMatchObject({ code: 'provider.unavailable', wait: { seconds: 1 } })
    expect([upstream.received.length, attempts]).toEqual([2, ['kept-back']])

    nowMs = 1_001
    await expect(send(to)).rejects.toMatchObject({ code: 'provider.failed' })
    await expect(send(to)).rejects.toMatchObject({ code: 'provider.unavailable' })
    nowMs = 2_002
    upstream.answer({ kind: 'whole', document: {} })
    const [tried, waits] = await Promise.allSettled([send(to), send(to)])
    expect([tried.status, waits.status]).toEqual(['fulfilled', 'rejected'])
    expect((await send(to)).kind).toBe('whole')
  })

  test('is not one that refuses, nor one whose caller leaves', () => {
    const breaker = createBreaker({ maxFailures: 1, elapsedMs: () => 0 })
    breaker.enter()('neither')
    breaker.enter()('well')
    expect(() => breaker.enter()('failed')).not.toThrow()
    expect(() => breaker.enter()).toThrow('left alone')
  })

  test('is tried again when the trial ended without a word', () => {
    let nowMs = 0
    const breaker = createBreaker({ maxFailures: 1, openMs: 10, elapsedMs: () => nowMs })
    breaker.enter()('failed')
    nowMs = 11
    breaker.enter()('neither')
    breaker.enter()('well')
    expect(() => breaker.enter()).not.toThrow()
  })
})
