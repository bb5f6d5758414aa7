import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { createTestApp } from '../../testing/app.ts'
import { createBrowser, signInAs } from '../../testing/browser.ts'
import { test } from '../../testing/database.ts'

const SESSIONS = 20
const BOUND_MS = 5_000

test('a session that is revoked on one replica is refused on another within five seconds (AC-15)', async ({ db }) => {
  const app = await createTestApp(db)
  const other = await createTestApp(db, { keyring: app.keyring })
  const browser = await signInAs(app, ['administrator'])
  const policy = { idleSeconds: 900, absoluteSeconds: 3_600, onConcurrentUse: 'end', maxSessions: 20 }
  await browser.call('PUT', '/api/v1/session-policy', policy)
  const there = []
  for (let index = 0; index < SESSIONS - 1; index++) {
    const next = createBrowser(app, {}, browser.authenticator)
    await next.signInByPasskey()
    there.push(createBrowser(other, {}, browser.authenticator, next.cookies))
  }
  for (const each of there) expect((await each.call('GET', '/api/v1/whoami')).status).toBe(200)

  const waits = there.map(async (each) => {
    const startedMs = performance.now()
    while ((await each.call('GET', '/api/v1/whoami')).status === 200) await delay(50)
    return performance.now() - startedMs
  })
  expect((await browser.call('POST', '/api/v1/session/others/end')).status).toBe(200)
  const slowestMs = Math.max(...(await Promise.all(waits)))
  expect(slowestMs).toBeLessThan(BOUND_MS)
})
