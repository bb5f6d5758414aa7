import { freezePreviewSchema, freezeSchema } from '@breakwater/contract'
import { streamOf } from '@breakwater/testkit'
import { afterEach, describe, expect } from 'vitest'
import { createTestApp } from '../../testing/app.ts'
import type { TestApp } from '../../testing/app.ts'
import { createTestCrossing } from '../../testing/crossing.ts'
import { signInAs } from '../../testing/browser.ts'
import type { TestCrossing } from '../../testing/crossing.ts'
import { test } from '../../testing/database.ts'
import { addPrincipal, codesOf, SNAPSHOT_MS } from '../../testing/principals.ts'

const CHAT = { model: 'scripted', messages: [{ role: 'user', content: 'Summarise the ward rules.' }] }
const PATH = '/v1/chat/completions'
const FREEZES = '/api/v1/freezes'
/** What the issue asks: effective on every replica. */
const LIMIT_MS = 5_000

let crossing: TestCrossing
afterEach(async () => crossing.close())

async function freeze(app: TestApp, target: object, token = app.tokens.admin): Promise<string> {
  const answer = await app.call(token, 'POST', FREEZES, { reason: 'incident', target })
  expect(answer.status).toBe(200)
  return freezeSchema.parse(await answer.json()).id
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('a freeze', () => {
  test('made on one replica stops the other within five seconds, before the first byte', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const other = await createTestApp(db)
    expect((await crossing.send(PATH, CHAT)).status).toBe(200)
    const frozenMs = performance.now()
    await freeze(other, { scope: 'tenant' })
    let refused = await crossing.send(PATH, CHAT)
    while (refused.status === 200) refused = await crossing.send(PATH, CHAT)
    expect(performance.now() - frozenMs).toBeLessThan(LIMIT_MS)
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ error: { code: 'egress.frozen' } })
    const reached = crossing.upstream.received.length
    await crossing.send(PATH, CHAT)
    expect(crossing.upstream.received.length).toBe(reached)
    const [intent, outcome] = (await crossing.entries()).slice(-2)
    expect(intent).toMatchObject({ kind: 'crossing.intent', decision: 'allow' })
    expect(outcome).toMatchObject({ kind: 'crossing.outcome', decision: 'deny', codes: ['egress.frozen'] })
  })

  test('cuts a stream under way on another replica within five seconds, with the error of its dialect', async ({
    db,
  }) => {
    crossing = await createTestCrossing(db)
    const other = await createTestApp(db)
    const words = Array.from({ length: 200 }, (_, n) => `word${n} `)
    crossing.upstream.answer({ kind: 'stream', pieces: streamOf(words), gapMs: 100 })
    const answer = await crossing.send(PATH, { ...CHAT, stream: true })
    const reader = (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader()
    let text = (await reader.read()).value ?? ''
    const frozenMs = performance.now()
    await freeze(other, { scope: 'provider', provider: 'scripted' })
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) text += piece.value
    const tookMs = performance.now() - frozenMs
    expect(tookMs).toBeLessThan(LIMIT_MS)
    expect(text).toContain('"code":"egress.frozen"')
    expect(text).not.toContain('[DONE]')
    expect((await crossing.entries()).at(-1)).toMatchObject({ kind: 'crossing.outcome', codes: ['egress.frozen'] })
    await sleep(50)
    expect(crossing.upstream.abandoned()).toBe(1)
  })

  test('cuts a whole answer that is still awaited', async ({ db }) => {
    crossing = await createTestCrossing(db)
    crossing.upstream.answer({ kind: 'hang' })
    const pending = crossing.send(PATH, CHAT)
    while (crossing.upstream.received.length === 0) await sleep(10)
    const frozenMs = performance.now()
    await freeze(crossing.app, { scope: 'all' })
    const answer = await pending
    expect(performance.now() - frozenMs).toBeLessThan(LIMIT_MS)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ error: { code: 'egress.frozen' } })
  })

  test('of one provider leaves the others open; it outlives the process that made it', async ({ db }) => {
    crossing = await createTestCrossing(db)
    await freeze(crossing.app, { scope: 'provider', provider: 'demo' })
    expect((await crossing.send(PATH, CHAT)).status).toBe(200)
    expect((await crossing.send(PATH, { ...CHAT, model: 'demo' })).status).toBe(503)
    const restarted = await createTestApp(db)
    const refused = await restarted.call(restarted.tokens.app, 'POST', PATH, { ...CHAT, model: 'demo' })
    expect(refused.status).toBe(503)
  })

  test('of the tenant does not stop another tenant; of everything does, and only the home makes it', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { app } = crossing
    const { freezes } = app.services.access
    const boss = { tenant: 'globex', id: 'boss' }
    await app.services.principals.ensureTenant(boss)
    const theirs = { tenant: 'globex', provider: 'any' }
    await freeze(app, { scope: 'tenant' })
    expect(await freezes.requireOpen(theirs)).toBeUndefined()
    await freeze(app, { scope: 'all' })
    await expect(freezes.requireOpen(theirs)).rejects.toMatchObject({ code: 'egress.frozen' })
    await expect(freezes.freeze(boss, { scope: 'all' }, 'drill')).rejects.toMatchObject({ code: 'policy.denied' })
  })

  test('is refused for a provider nobody knows, and for whoever may not', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { app } = crossing
    const body = { reason: 'drill', target: { scope: 'provider', provider: 'nobody' } }
    expect((await app.call(app.tokens.admin, 'POST', FREEZES, body)).status).toBe(404)
    expect((await app.call(app.tokens.app, 'POST', FREEZES, body)).status).toBe(403)
  })

  test('raises an alert, and its dry run says what would stop and stops nothing', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { app } = crossing
    const body = { reason: 'incident', target: { scope: 'provider', provider: 'scripted' } }
    crossing.upstream.answer({ kind: 'hang' })
    const pending = crossing.send(PATH, CHAT)
    while (crossing.upstream.received.length === 0) await sleep(10)
    const preview = await app.call(app.tokens.admin, 'POST', `${FREEZES}/preview`, body)
    expect(freezePreviewSchema.parse(await preview.json())).toEqual({
      target: body.target,
      providers: [{ id: 'scripted', models: ['scripted'], isFrozen: false }],
      underWay: 1,
    })
    const id = await freeze(app, body.target)
    await pending
    const alerts = await (await app.call(app.tokens.admin, 'GET', '/api/v1/alerts')).json()
    expect(alerts).toMatchObject({ alerts: [{ kind: 'egress-frozen', object: id }] })
    expect(app.logged.map(({ event }) => event)).toContain('egress-frozen')
  })
})

describe('lifting a freeze', () => {
  test('takes two people, and then it leaves again on every replica', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { app } = crossing
    const sia = await addPrincipal(app, 'sia', { roles: ['security-officer'] })
    for (const _ of [1, 2]) await signInAs(app, ['administrator'])
    const id = await freeze(app, { scope: 'all' })
    const act = async (token: string, what: string): Promise<number> =>
      (await app.call(token, 'POST', `${FREEZES}/${id}/${what}`)).status
    expect(await act(sia, 'lift')).toBe(409)
    expect(await act(sia, 'propose-lift')).toBe(204)
    expect(await act(sia, 'lift')).toBe(403)
    expect((await crossing.send(PATH, CHAT)).status).toBe(503)
    expect(await act(app.tokens.admin, 'lift')).toBe(204)
    await sleep(SNAPSHOT_MS)
    expect((await crossing.send(PATH, CHAT)).status).toBe(200)
    const entries = (await app.readLedger()).map(({ entry }) => entry).filter(({ kind }) => kind.startsWith('egress.'))
    expect(entries.map((entry) => [entry.kind, entry.actor.id, codesOf(entry)])).toEqual([
      ['egress.frozen', 'admin', ['incident']],
      ['egress.lift-proposed', 'sia', []],
      ['egress.lifted', 'admin', []],
    ])
  })

  test('is one person’s only when there was one administrator as it was frozen, and the ledger says so', async ({
    db,
  }) => {
    crossing = await createTestCrossing(db)
    const { app } = crossing
    const alone = await freeze(app, { scope: 'tenant' })
    for (const what of ['propose-lift', 'lift']) {
      expect((await app.call(app.tokens.admin, 'POST', `${FREEZES}/${alone}/${what}`)).status).toBe(204)
    }
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({
      kind: 'egress.lifted',
      codes: expect.arrayContaining(['same-person']),
    })
    const [, second] = [await signInAs(app, ['administrator']), await signInAs(app, ['administrator'])]
    const withTwo = await freeze(app, { scope: 'tenant' })
    // The other administrator is put out of the way: that makes nobody the second person.
    await app.call(app.tokens.admin, 'POST', `/api/v1/principals/${second.id}/disable`)
    await app.call(app.tokens.admin, 'POST', `${FREEZES}/${withTwo}/propose-lift`)
    expect((await app.call(app.tokens.admin, 'POST', `${FREEZES}/${withTwo}/lift`)).status).toBe(403)
  })
})
