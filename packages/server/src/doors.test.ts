import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:https'
import type { RequestOptions } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '@breakwater/kernel'
import { describe, expect } from 'vitest'
import { startTlsServer } from './platform/http/server.ts'
import type { RunningServer } from './platform/http/server.ts'
import { ensureServerIdentity } from './platform/tls/local-ca.ts'
import type { ProviderAdapter } from './providers/adapter.ts'
import { createTestApp } from './testing/app.ts'
import type { TestApp } from './testing/app.ts'
import { test } from './testing/database.ts'

const CHAT = '/v1/chat/completions'
const body = (extra: object = {}): string =>
  JSON.stringify({
    model: 'demo',
    messages: [{ role: 'user', content: 'Mr. John Smith slept well.' }],
    ...extra,
  })

interface Sent {
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly method?: string
  readonly path?: string
  readonly body: string
  readonly isChunked?: boolean
}

interface Received {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: string
}

interface Doors {
  readonly app: TestApp
  readonly taken: () => number
  readonly ports: readonly number[]
  readonly ca: Buffer
  /** Through the door, and through the router alone. */
  readonly send: (sent: Sent) => Promise<readonly [Received, Received]>
}

async function withDoors(app: TestApp, use: (doors: Doors) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'breakwater-doors-'))
  const { certificate, key, caFile } = await ensureServerIdentity(dir, { now: () => new Date() })
  const ca = await readFile(caFile)
  await rm(dir, { recursive: true })
  let taken = 0
  const door: TestApp['door'] = (incoming, outgoing) => {
    const isTaken = app.door(incoming, outgoing)
    if (isTaken) taken++
    return isTaken
  }
  const options = { fetch: app.fetch, hostname: '127.0.0.1', port: 0, certificate, key }
  const servers = await Promise.all([startTlsServer({ ...options, door }), startTlsServer(options)])
  try {
    await use({
      app,
      taken: () => taken,
      ports: servers.map(({ port }) => port),
      ca,
      async send(sent) {
        const [first, second] = servers
        return [await exchange(first, ca, sent), await exchange(second, ca, sent)]
      },
    })
  } finally {
    await Promise.all(servers.map(async (server) => server.drain(0)))
  }
}

async function exchange({ port }: RunningServer, ca: Buffer, sent: Sent): Promise<Received> {
  const length: Record<string, string> = sent.isChunked
    ? { 'transfer-encoding': 'chunked' }
    : { 'content-length': String(Buffer.byteLength(sent.body)) }
  const options: RequestOptions = {
    host: '127.0.0.1',
    servername: 'localhost',
    port,
    ca,
    method: sent.method ?? 'POST',
    path: sent.path ?? CHAT,
    headers: { ...length, ...sent.headers },
    agent: false,
  }
  const outgoing = request(options)
  outgoing.end(sent.body)
  const [incoming] = await once(outgoing, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  // What differs from one answer to the next says nothing about the door.
  const names = Object.entries(incoming.headers as Record<string, string>)
    .filter(([name]) => name !== 'date')
    .map(([name, value]) => (name === 'breakwater-receipt' || name === 'content-length' ? name : `${name}: ${value}`))
  return { status: incoming.statusCode, headers: names.toSorted(), body: Buffer.concat(chunks).toString() }
}

/** Ids and times of an answer, which are new each time. */
const settle = (text: string): string =>
  text.replace(/chatcmpl-[0-9a-f-]{36}/g, 'ID').replace(/"created":\d+/g, '"created":0')

const bearer = (token: string): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${token}`,
  'breakwater-purpose': 'TREAT',
})
const long = 'x'.repeat(1_100_000)

describe('the direct door and the router', () => {
  test.for([
    ['a whole answer', (token) => ({ headers: bearer(token), body: body() }), 200, true],
    ['a stream', (token) => ({ headers: bearer(token), body: body({ stream: true }) }), 200, true],
    ['no credential', () => ({ body: body() }), 401, true],
    ['a token that is none', () => ({ headers: bearer('bw_default_none'), body: body() }), 401, true],
    ['an invented tenant', () => ({ headers: bearer(`bw_nowhere_${'a'.repeat(43)}`), body: body() }), 401, true],
    ['a body that is no JSON', (token) => ({ headers: bearer(token), body: '{"model":' }), 400, true],
    ['a model that nobody serves', (token) => ({ headers: bearer(token), body: body({ model: 'none' }) }), 404, true],
    ['media', (token) => ({ headers: bearer(token), body: body({ audio: {} }) }), 400, true],
    ['a body over the limit', (token) => ({ headers: bearer(token), body: body({ user: long }) }), 413, false],
    [
      'a body of no declared length',
      (token) => ({ headers: bearer(token), body: body(), isChunked: true }),
      200,
      false,
    ],
    ['a query', (token) => ({ headers: bearer(token), path: `${CHAT}?a=1`, body: body() }), 200, false],
    ['another method', (token) => ({ headers: bearer(token), method: 'PUT', body: body() }), 404, false],
    [
      'two credentials',
      (token) => ({ headers: { authorization: [`Bearer ${token}`, `Bearer ${token}`] }, body: body() }),
      401,
      false,
    ],
    ['a strange host', (token) => ({ headers: { ...bearer(token), host: 'a b' }, body: body() }), 400, false],
  ] satisfies readonly (readonly [string, (token: string) => Sent, number, boolean])[])(
    'answer alike: %s',
    async ([, make, status, isTaken], { db }) => {
      const app = await createTestApp(db)
      await withDoors(app, async ({ send, taken }) => {
        const [direct, routed] = await send(make(app.tokens.app))
        expect(taken()).toBe(isTaken ? 1 : 0)
        expect(direct.status).toBe(status)
        expect({ ...direct, body: settle(direct.body) }).toEqual({ ...routed, body: settle(routed.body) })
      })
    },
  )

  test('count refusals together, and hold the address up alike', async ({ db }) => {
    const app = await createTestApp(db, { maxRefusalsPerMinute: 2 })
    await withDoors(app, async ({ send }) => {
      const sent = { headers: bearer('bw_default_none'), body: body() }
      const answers = [...(await send(sent)), ...(await send(sent))]
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 429, 429])
      expect(answers[2]?.headers.filter((header) => header.startsWith('retry-after'))).toHaveLength(1)
      expect(answers[2]?.headers).toEqual(answers[3]?.headers)
      // Whoever works here is not held up by it.
      const [direct] = await send({ headers: bearer(app.tokens.app), body: body() })
      expect(direct.status).toBe(200)
    })
  })

  test.for([
    ['while the provider is at work', body()],
    ['before all of its body was sent', body().slice(0, -20)],
  ])('end a crossing whose caller leaves %s', async ([, sent], { db }) => {
    const send: ProviderAdapter['send'] = async (_body, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new AppError('request.aborted', { message: 'left' })))
      })
    const adapter = { serves: () => true, send, close: async () => undefined }
    const app = await createTestApp(db, { adapters: { adapterFor: () => adapter, close: async () => undefined } })
    await withDoors(app, async ({ ports, ca }) => {
      for (const port of ports) {
        const headers = { ...bearer(app.tokens.app), 'content-length': String(Buffer.byteLength(body())) }
        const outgoing = request({
          host: '127.0.0.1',
          servername: 'localhost',
          port,
          ca,
          path: CHAT,
          method: 'POST',
          headers,
        })
        outgoing.on('error', () => undefined)
        outgoing.write(sent)
        await delay(300)
        outgoing.destroy()
      }
      await expect
        .poll(async () => {
          const entries = await app.readLedger()
          return entries.filter(({ entry }) => entry.codes.includes('request.aborted')).length
        })
        .toBe(2)
    })
  })

  test('leave the same entries', async ({ db }) => {
    const app = await createTestApp(db)
    await withDoors(app, async ({ send }) => {
      await send({ headers: bearer(app.tokens.app), body: body() })
      await send({ headers: bearer(app.tokens.app), body: body({ model: 'none' }) })
      const entries = (await app.readLedger())
        .map(({ entry }) => entry)
        .filter(({ kind }) => kind.startsWith('crossing.'))
      const told = entries.map(({ time: _time, crossing: _crossing, ...rest }) => rest)
      expect(told).toHaveLength(6)
      expect(told.slice(0, 2)).toEqual(told.slice(2, 4))
      expect(told[4]).toEqual(told[5])
    })
  })
})
