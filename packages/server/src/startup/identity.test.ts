import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { once } from 'node:events'
import { Agent, get } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { fixedClock } from '@breakwater/testkit'
import { AppError } from '@breakwater/kernel'
import { describe, expect, test as plain } from 'vitest'
import { readConfig } from '../config.ts'
import { startTlsServer } from '../platform/http/server.ts'
import type { RunningServer } from '../platform/http/server.ts'
import { makeIdentity } from '../platform/tls/make-identity.ts'
import { createIdentityWatch, readIdentity } from './identity.ts'
import type { Process } from './process.ts'

const DAY_MS = 86_400_000
const LOAD_MS = 5

async function makeServerIdentity(days = 90) {
  const now = Date.now()
  const made = await makeIdentity({ notBefore: new Date(now - 9 * DAY_MS), notAfter: new Date(now + days * DAY_MS) })
  return { ...made, caFile: '' }
}

const test = plain.extend<{ first: Awaited<ReturnType<typeof makeServerIdentity>>; server: RunningServer }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names out of the pattern
  first: async ({}, use) => use(await makeServerIdentity()),
  server: async ({ first }, use) => {
    const fetch = async (): Promise<Response> => new Response('ok')
    const server = await startTlsServer({ fetch, hostname: '127.0.0.1', port: 0, ...first })
    await use(server)
    await server.drain(0)
  },
})

async function shake(server: RunningServer, maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false, maxVersion })
  try {
    await once(socket, 'secureConnect')
    return `${socket.getProtocol()} ${socket.getPeerX509Certificate()?.fingerprint256}`
  } catch {
    return 'refused'
  } finally {
    socket.destroy()
  }
}

describe('a server does not start', () => {
  test.for<[string, () => Promise<{ certificate: string; key: string }>, string]>([
    ['with a certificate that has expired (MO-04)', async () => makeServerIdentity(-1), 'has expired'],
    [
      'with the key of another certificate',
      async () => ({ ...(await makeServerIdentity()), key: (await makeServerIdentity()).key }),
      'does not go with its key',
    ],
    ['with a file that is no certificate', async () => ({ certificate: 'x', key: 'y' }), 'does not go with its key'],
  ])('%s', async ([, make, told]) => {
    const home = await mkdtemp(join(tmpdir(), 'identity-'))
    try {
      const { certificate, key } = await make()
      const files = { BREAKWATER_TLS_CERT_FILE: join(home, 'cert.pem'), BREAKWATER_TLS_KEY_FILE: join(home, 'key.pem') }
      await writeFile(files.BREAKWATER_TLS_CERT_FILE, certificate)
      await writeFile(files.BREAKWATER_TLS_KEY_FILE, key)
      const own = { config: readConfig(files), home, clock: { now: () => new Date() } } as unknown as Process
      await expect(readIdentity(own)).rejects.toMatchObject({
        code: 'config.invalid',
        message: expect.stringContaining(told),
      })
    } finally {
      await rm(home, { recursive: true })
    }
  })
})

describe('the certificate of a server that runs', () => {
  test('is renewed under load without a failed request (EN-09)', async ({ first, server }) => {
    const second = await makeServerIdentity()
    let placed = first
    const logged: string[] = []
    const watch = createIdentityWatch(
      {
        read: async () => placed,
        server,
        allowsTls12: async () => false,
        clock: { now: () => new Date() },
        log: (event) => logged.push(event),
      },
      { ...first, allowsTls12: false },
    )
    const results: boolean[] = []
    const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: false })]
    let isDone = false
    const load = agents.map(async (agent) => {
      while (!isDone) {
        results.push(await ask(server, agent, first.ca + second.ca))
        await sleep(LOAD_MS)
      }
    })
    await sleep(100)
    placed = second
    await watch()
    const renewed = await shake(server, 'TLSv1.3')
    await sleep(100)
    isDone = true
    await Promise.all(load)
    for (const agent of agents) agent.destroy()
    expect(results.length).toBeGreaterThan(20)
    expect(results.every(Boolean)).toBe(true)
    expect(renewed).not.toBe('refused')
    expect(logged).toEqual(['certificate-renewed'])
    await watch()
    expect(logged).toHaveLength(1)
  })

  test('stays when what was put in its place cannot be used', async ({ first, server }) => {
    const before = await shake(server, 'TLSv1.3')
    const logged: string[] = []
    const read = async (): Promise<never> => {
      throw new AppError('config.invalid', { message: 'no certificate' })
    }
    await createIdentityWatch(
      {
        read,
        server,
        allowsTls12: async () => false,
        clock: { now: () => new Date() },
        log: (event) => logged.push(event),
      },
      { ...first, allowsTls12: false },
    )()
    expect(logged).toEqual(['certificate-refused'])
    expect(await shake(server, 'TLSv1.3')).toBe(before)
  })

  test('that expires while it is in use is an alert each minute (MO-04)', async ({ first, server }) => {
    const logged: unknown[] = []
    const clock = fixedClock(new Date(Date.now() + 91 * DAY_MS).toISOString())
    await createIdentityWatch(
      {
        read: async () => first,
        server,
        allowsTls12: async () => false,
        clock,
        log: (event, fields) => logged.push([event, fields]),
      },
      { ...first, allowsTls12: false },
    )()
    expect(logged).toEqual([['alert', { code: 'certificate.expired' }]])
  })

  test('is spoken for in TLS 1.2 while an exception is in force, and in 1.3 alone before and after (EN-09)', async ({
    first,
    server,
  }) => {
    let isInForce: boolean | Error = false
    const allowsTls12 = async (): Promise<boolean> => {
      if (isInForce instanceof Error) throw isInForce
      return isInForce
    }
    const watch = createIdentityWatch(
      { read: async () => first, server, allowsTls12, clock: { now: () => new Date() }, log: () => undefined },
      { ...first, allowsTls12: false },
    )
    const seen: string[] = []
    for (const state of [false, true, new Error('the register cannot be read'), true, false]) {
      isInForce = state
      await watch()
      seen.push((await shake(server, 'TLSv1.2')).split(' ')[0] ?? '')
    }
    expect(seen).toEqual(['refused', 'TLSv1.2', 'refused', 'TLSv1.2', 'refused'])
    expect(await shake(server, 'TLSv1.3')).toMatch(/^TLSv1\.3 /)
  })
})

function ask(server: RunningServer, agent: Agent, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = get({ agent, host: '127.0.0.1', servername: 'localhost', port: server.port, ca }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode === 200))
    })
    sent.on('error', () => resolve(false))
  })
}
