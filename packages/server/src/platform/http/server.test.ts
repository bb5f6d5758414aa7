import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { ensureServerIdentity } from '../tls/local-ca.ts'
import type { RunningServer } from './server.ts'
import { startTlsServer } from './server.ts'

const encoder = new TextEncoder()

/** A server whose answers are streams that the test feeds. */
async function withStreams(
  work: (server: RunningServer, open: () => Promise<IncomingMessage>, feed: Feed) => Promise<void>,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'breakwater-drain-'))
  try {
    const { certificate, key, caFile } = await ensureServerIdentity(dir, { now: () => new Date() })
    const ca = await readFile(caFile)
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const feed = writable.getWriter()
    const fetch = (): Response => new Response(readable)
    const server = await startTlsServer({ fetch, hostname: '127.0.0.1', port: 0, certificate, key })
    const open = async (): Promise<IncomingMessage> => {
      const sent = request({ host: '127.0.0.1', servername: 'localhost', port: server.port, ca, agent: false })
      sent.end()
      const [response]: IncomingMessage[] = await once(sent, 'response')
      if (!response) throw new Error('no response')
      return response
    }
    await work(server, open, feed)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
type Feed = WritableStreamDefaultWriter<Uint8Array>

async function readAll(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return text
}

describe('drain', () => {
  test('lets a stream come to its end and takes no new connection', async () => {
    await withStreams(async (server, open, feed) => {
      const first = feed.write(encoder.encode('one '))
      const response = await open()
      const text = readAll(response)
      await first
      const drained = server.drain(10_000)
      await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      await feed.write(encoder.encode('two'))
      await feed.close()
      expect(await text).toBe('one two')
      await drained
    })
  })

  test('cuts off what does not end within the limit', async () => {
    await withStreams(async (server, open, feed) => {
      const first = feed.write(encoder.encode('one '))
      const response = await open()
      const text = readAll(response)
      await first
      await Promise.all([server.drain(50), expect(text).rejects.toMatchObject({ code: 'ECONNRESET' })])
    })
  })
})

test('a port that is taken is named as the setting it is', async () => {
  await withStreams(async (server) => {
    const dir = await mkdtemp(join(tmpdir(), 'breakwater-drain-'))
    const { certificate, key } = await ensureServerIdentity(dir, { now: () => new Date() })
    await rm(dir, { recursive: true })
    const fetch = (): Response => new Response('')
    const taken = startTlsServer({ fetch, hostname: '127.0.0.1', port: server.port, certificate, key })
    await expect(taken).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringMatching(/^BREAKWATER_PORT/),
    })
    await server.drain(0)
  })
})

describe('TLS 1.2, where an exception is on record', () => {
  async function shake(allowsTls12: boolean, ciphers: string): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), 'breakwater-tls12-'))
    const { certificate, key, caFile } = await ensureServerIdentity(dir, { now: () => new Date() })
    const ca = await readFile(caFile)
    await rm(dir, { recursive: true })
    const fetch = (): Response => new Response('')
    const server = await startTlsServer({ fetch, hostname: '127.0.0.1', port: 0, certificate, key, allowsTls12 })
    const socket = connect({
      host: '127.0.0.1',
      servername: 'localhost',
      port: server.port,
      ca,
      ciphers,
      maxVersion: 'TLSv1.2',
    })
    try {
      await once(socket, 'secureConnect')
      return socket.getCipher().name
    } catch {
      return 'refused'
    } finally {
      socket.destroy()
      await server.drain(0)
    }
  }

  test.for([
    [true, 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
    [true, 'ECDHE-ECDSA-AES256-SHA384', 'refused'],
    [false, 'ECDHE-ECDSA-AES256-GCM-SHA384', 'refused'],
  ] as const)('exception %s, client with %s: %s (EN-09)', async ([allowsTls12, ciphers, outcome]) => {
    expect(await shake(allowsTls12, ciphers)).toBe(outcome)
  })
})
