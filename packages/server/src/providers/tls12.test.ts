import { once } from 'node:events'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import type { Db } from '../platform/db/database.ts'
import { makeIdentity } from '../platform/tls/make-identity.ts'
import { startSweeper } from '../startup/sweeper.ts'
import { createTestApp } from '../testing/app.ts'
import type { TestApp } from '../testing/app.ts'
import { test as base } from '../testing/database.ts'

const DAY_MS = 86_400_000
const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'old-1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
}

/** A provider that speaks TLS 1.2 and nothing newer. */
interface OldProvider {
  readonly baseUrl: string
  readonly ca: string
  readonly versions: string[]
}

const test = base.extend<{ old: OldProvider }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names out of the pattern
  old: async ({}, use) => {
    const now = Date.now()
    const { ca, certificate, key } = await makeIdentity({
      notBefore: new Date(now - DAY_MS),
      notAfter: new Date(now + DAY_MS),
    })
    const versions: string[] = []
    const server: Server = createServer(
      { cert: certificate, key, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' },
      (request, response) => {
        request.resume()
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(ANSWER))
      },
    )
    server.on('secureConnection', (socket) => versions.push(`${socket.getProtocol()}`))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await use({ baseUrl: `https://localhost:${port}/v1`, ca, versions })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  },
})

const ADMIN = { tenant: 'default', id: 'admin' }
const caller = (id: string) =>
  ({ tenant: 'default', id, kind: 'human', roles: ['security-officer'], purposes: [], mayRestore: false }) as const

/** The whole server with its own connections, and a row that wishes TLS 1.2. */
async function connect(db: Db, { baseUrl, ca }: OldProvider): Promise<TestApp> {
  const app = await createTestApp(db, { providerCa: ca, now: new Date().toISOString() })
  const now = app.clock.now()
  await app.services.providers.put(ADMIN, {
    id: 'old',
    kind: 'openai-compatible',
    baseUrl,
    isInternal: true,
    allowedAddresses: ['127.0.0.1', '::1'],
    models: ['old-1'],
    allowsTls12: true,
  })
  await app.services.agreements.put(ADMIN, {
    id: 'old',
    kind: 'internal',
    provider: 'old',
    endpoints: ['chat.completions'],
    models: ['old-1'],
    purposes: ['TREAT'],
    effectiveFrom: now,
    effectiveTo: new Date(now.getTime() + DAY_MS),
  })
  return app
}

async function except(app: TestApp, seconds: number): Promise<void> {
  const row = await app.services.access.exceptions.propose(caller('ann'), {
    kind: 'tls-1.2',
    subject: 'old',
    owner: 'ann',
    justification: 'the vendor replaces its balancer next month',
    seconds,
  })
  await app.services.access.exceptions.approve(caller('bob'), row.id)
}

const send = async (app: TestApp): Promise<number> =>
  (
    await app.request('/v1/chat/completions', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${app.tokens.app}`,
        'content-type': 'application/json',
        'breakwater-purpose': 'TREAT',
      },
      body: JSON.stringify({ model: 'old-1', messages: [{ role: 'user', content: 'hello' }] }),
    })
  ).status

/** Waits until the reporter has run, as it does in the gateway: within five seconds. */
async function readEvents(app: TestApp, kind: string): Promise<readonly object[]> {
  const reporter = startSweeper([async () => app.reportHandshakes()], () => undefined, 2_000)
  const untilMs = performance.now() + 5_000
  try {
    while (performance.now() < untilMs) {
      const found = (await app.readLedger()).filter(({ entry }) => entry.kind === kind)
      if (found.length > 0)
        return found.map(({ entry: { provider, decision, counts } }) => ({ provider, decision, counts }))
      await delay(100)
    }
    return []
  } finally {
    await reporter.stop()
  }
}

describe('a provider that speaks TLS 1.2 only (EN-09, EN-11)', { timeout: 20_000 }, () => {
  test('is refused while no exception is on record, and that is an event within five seconds', async ({ db, old }) => {
    const app = await connect(db, old)
    expect(await send(app)).toBe(502)
    expect(await readEvents(app, 'handshake.failed')).toEqual([
      { provider: 'old', decision: 'deny', counts: { 'tls.version': 1 } },
    ])
    expect(app.logged).toContainEqual({ event: 'handshake-failed', fields: { provider: 'old', 'tls.version': 1 } })
    expect(old.versions).toEqual([])
    await app.close()
  })

  test('is answered while an exception is in force, and that is an event too', async ({ db, old }) => {
    const app = await connect(db, old)
    await except(app, 3_600)
    expect(await send(app)).toBe(200)
    expect(old.versions).toEqual(['TLSv1.2'])
    expect(await readEvents(app, 'handshake.older')).toEqual([
      { provider: 'old', decision: 'allow', counts: { 'tls.1.2': 1 } },
    ])
    await app.close()
  })

  test('is refused again the second the exception has expired, open connections included', async ({ db, old }) => {
    const app = await connect(db, old)
    await except(app, 3_600)
    expect(await send(app)).toBe(200)
    app.clock.set(new Date(app.clock.now().getTime() + 3_600_000).toISOString())
    expect(await send(app)).toBe(502)
    expect(await readEvents(app, 'handshake.failed')).toEqual([
      { provider: 'old', decision: 'deny', counts: { 'tls.version': 1 } },
    ])
    expect(old.versions).toEqual(['TLSv1.2'])
    await app.close()
  })
})
