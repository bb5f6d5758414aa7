import { serve } from '@hono/node-server'
import { request as httpRequest } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { streamOf } from '@breakwater/testkit'
import type { UpstreamScript } from '@breakwater/testkit'
import { AppError } from '@breakwater/kernel'
import OpenAI from 'openai'
import { afterEach, describe, expect } from 'vitest'
import { createTestCrossing } from '../testing/crossing.ts'
import type { TestCrossing } from '../testing/crossing.ts'
import { test } from '../testing/database.ts'

let crossing: TestCrossing
afterEach(async () => crossing.close())

const PATH = '/v1/chat/completions'
const PLANTED = 'Ada Vance 078-05-1120'
const request = { model: 'scripted', messages: [{ role: 'user' as const, content: 'a' }] }

const FAILURES: readonly (readonly [string, number, string, UpstreamScript])[] = [
  ['400', 400, 'provider.rejected', { kind: 'raw', status: 400, bytes: PLANTED }],
  ['401', 502, 'provider.credentials-refused', { kind: 'raw', status: 401, bytes: PLANTED }],
  ['429', 429, 'provider.rate-limited', { kind: 'raw', status: 429, bytes: PLANTED }],
  ['500', 502, 'provider.failed', { kind: 'raw', status: 500, bytes: PLANTED }],
  [
    'a redirect (GW-04)',
    502,
    'provider.address-refused',
    { kind: 'raw', status: 302, headers: { location: 'http://127.0.0.1:1/' }, bytes: '' },
  ],
  ['garbage', 502, 'provider.invalid-answer', { kind: 'raw', status: 200, bytes: PLANTED }],
  ['another document', 502, 'provider.invalid-answer', { kind: 'whole', document: { text: PLANTED } }],
  ['bytes that are no UTF-8', 502, 'provider.invalid-answer', { kind: 'raw', status: 200, bytes: Uint8Array.of(0xff) }],
  ['no choices', 502, 'provider.invalid-answer', { kind: 'whole', document: { choices: [] } }],
  ['an error in a 200', 502, 'provider.failed', { kind: 'whole', document: { error: { message: PLANTED } } }],
  ['a broken connection', 502, 'provider.failed', { kind: 'drop' }],
  ['a hang', 504, 'provider.timeout', { kind: 'hang' }],
]

describe('when the provider answers with', () => {
  for (const [name, status, code, script] of FAILURES) {
    test(`${name}, the caller gets ${code} and no word of it`, async ({ db }) => {
      crossing = await createTestCrossing(db, { limits: { deadlineMs: 300 } })
      crossing.upstream.answer(script)
      const answer = await crossing.send(PATH, request)
      const text = await answer.text()
      expect(answer.status).toBe(status)
      expect((JSON.parse(text) as { error: { code: string } }).error.code).toBe(code)
      expect(text).not.toMatch(/Vance|078/)
      expect(await crossing.entries()).toMatchObject([
        { kind: 'crossing.intent' },
        { kind: 'crossing.outcome', decision: 'deny', codes: [code] },
      ])
    })
  }
})

const pieces = streamOf([
  'Long enough to be let out before the end comes, as plain words are. ',
  'Ada Vance is',
  ' here',
]).slice(0, -1)

const STREAM_FAILURES: readonly (readonly [string, string, UpstreamScript])[] = [
  ['ends early', 'provider.invalid-answer', { kind: 'stream', pieces: pieces.slice(0, -1) }],
  ['breaks', 'provider.failed', { kind: 'stream', pieces: pieces.slice(0, -1), cuts: true, gapMs: 20 }],
  [
    'turns to garbage',
    'provider.invalid-answer',
    { kind: 'stream', pieces: [...pieces.slice(0, 3), `data: ${PLANTED}\n\n`] },
  ],
  [
    'says an error',
    'provider.failed',
    { kind: 'stream', pieces: [...pieces.slice(0, 3), `data: {"error":"${PLANTED}"}\n\n`] },
  ],
  ['hangs', 'provider.timeout', { kind: 'hang', afterHeaders: true }],
]

describe('when a stream', () => {
  for (const [name, code, script] of STREAM_FAILURES) {
    test(`${name}, it ends in an error event, without [DONE] and without what was held back`, async ({ db }) => {
      crossing = await createTestCrossing(db, { limits: { deadlineMs: 400 } })
      crossing.upstream.answer(script)
      const answer = await crossing.send(PATH, { ...request, stream: true })
      expect(answer.status).toBe(200)
      const text = await answer.text()
      const last = text.trimEnd().split('\n\n').at(-1) ?? ''
      expect(JSON.parse(last.slice('data: '.length))).toMatchObject({ error: { code } })
      expect(text).not.toMatch(/\[DONE\]|Vance|078/)
      expect((await crossing.entries()).at(-1)).toMatchObject({
        kind: 'crossing.outcome',
        decision: 'deny',
        codes: [code],
      })
    })
  }

  test('is no stream, the caller gets an error', async ({ db }) => {
    crossing = await createTestCrossing(db)
    crossing.upstream.answer({ kind: 'whole', document: {} })
    expect((await crossing.send(PATH, { ...request, stream: true })).status).toBe(502)
  })

  test('cannot have its outcome recorded, it ends in an error event', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { ledger } = crossing.app.services
    const deps = {
      ledger: {
        append: async (draft: Parameters<typeof ledger.append>[0]) => {
          if (draft.kind === 'crossing.outcome') throw new AppError('ledger.unavailable', { message: 'planted' })
          return ledger.append(draft)
        },
      },
    }
    await crossing.close()
    crossing = await createTestCrossing(db, deps)
    for (const stream of [true, false]) {
      crossing.upstream.answer(stream ? { kind: 'stream', pieces: streamOf(['fine']) } : { kind: 'drop' })
      const text = await (await crossing.send(PATH, { ...request, model: stream ? 'scripted' : 'demo', stream })).text()
      expect(text).toContain('ledger.unavailable')
      expect(text).not.toMatch(/\[DONE\]|demo model/)
    }
  })

  test('meets a guard that throws, nothing more leaves', async ({ db }) => {
    let calls = 0
    crossing = await createTestCrossing(db, {
      engine: {
        plan: (texts) => {
          if (++calls > 1) throw new Error('planted')
          return texts.map(() => [])
        },
      },
    })
    crossing.upstream.answer({ kind: 'stream', pieces: streamOf(['Ada Vance']) })
    const text = await (await crossing.send(PATH, { ...request, stream: true })).text()
    expect(text).toContain('detector.unavailable')
    expect(text).not.toMatch(/Vance|\[DONE\]/)
  })
})

describe('when the caller leaves', () => {
  /** Over a real socket: only there can a caller leave. */
  async function listen(): Promise<{ client: OpenAI; url: string; close: () => Promise<void> }> {
    const server = serve({ fetch: crossing.routes.fetch, port: 0, hostname: '127.0.0.1' }) as Server
    await new Promise((done) => server.once('listening', done))
    const { port } = server.address() as AddressInfo
    const client = new OpenAI({
      baseURL: `http://127.0.0.1:${port}/v1`,
      apiKey: crossing.app.tokens.app,
      maxRetries: 0,
    })
    return {
      client,
      url: `http://127.0.0.1:${port}`,
      close: async () => {
        server.closeAllConnections()
        await new Promise((done) => server.close(done))
      },
    }
  }

  async function lastCode(): Promise<string | undefined> {
    for (let waited = 0; waited < 3_000; waited += 20) {
      const last = (await crossing.entries()).at(-1)
      if (last?.kind === 'crossing.outcome') return last.codes[0]
      await sleep(20)
    }
    return undefined
  }

  test('a stream, the provider is let go and the ledger says so', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { client, close } = await listen()
    crossing.upstream.answer({
      kind: 'stream',
      pieces: Array.from({ length: 400 }, () => streamOf(['plain words go on and on, '])[1] ?? ''),
      gapMs: 10,
    })
    const stream = await client.chat.completions.create({ ...request, stream: true })
    for await (const _ of stream) break
    stream.controller.abort()
    expect(await lastCode()).toBe('request.aborted')
    await sleep(50)
    expect(crossing.upstream.abandoned()).toBe(1)
    await close()
  })

  test('without closing, the stream ends with its deadline and has one outcome', async ({ db }) => {
    for (const readsBefore of [0, 1]) {
      crossing = await createTestCrossing(db, { limits: { deadlineMs: 100 } })
      const before = (await crossing.entries()).length
      crossing.upstream.answer({ kind: 'stream', pieces })
      const reader = (await crossing.send(PATH, { ...request, stream: true })).body?.getReader()
      for (let read = 0; read < readsBefore; read++) await reader?.read()
      expect(await lastCode()).toBe('request.aborted')
      await reader?.cancel()
      await sleep(50)
      expect((await crossing.entries()).slice(before)).toMatchObject([
        { kind: 'crossing.intent' },
        { kind: 'crossing.outcome', decision: 'deny' },
      ])
      if (readsBefore === 0) await crossing.close()
    }
  })

  test.for([
    ['declared', { 'content-length': '100' }],
    ['open', { 'transfer-encoding': 'chunked' }],
  ] as const)('before the end of a body of %s length, the ledger says so', async ([, headers], { db }) => {
    crossing = await createTestCrossing(db)
    const { url, close } = await listen()
    const authorization = `Bearer ${crossing.app.tokens.app}`
    const sent = httpRequest(url + PATH, { method: 'POST', headers: { ...headers, authorization } })
    sent.on('error', () => undefined)
    sent.write('{"model":')
    await sleep(100)
    sent.destroy()
    for (let waited = 0; waited < 3_000 && (await crossing.entries()).length === 0; waited += 20) await sleep(20)
    expect(await crossing.entries()).toMatchObject([{ kind: 'crossing.refused', codes: ['request.aborted'] }])
    await close()
  })

  test('before a whole answer, the provider is let go and the ledger says so', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { client, close } = await listen()
    crossing.upstream.answer({ kind: 'hang' })
    const abort = new AbortController()
    const asking = client.chat.completions.create(request, { signal: abort.signal }).catch(() => undefined)
    while (crossing.upstream.received.length === 0) await sleep(5)
    abort.abort()
    await asking
    expect(await lastCode()).toBe('request.aborted')
    expect(crossing.upstream.abandoned()).toBe(1)
    await close()
  })
})
