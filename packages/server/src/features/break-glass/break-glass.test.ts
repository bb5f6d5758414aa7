import { setTimeout as sleep } from 'node:timers/promises'
import { breakGlassSchema } from '@breakwater/contract'
import { sql } from 'kysely'
import { afterEach, describe, expect } from 'vitest'
import { z } from 'zod'
import type { Caller } from '../../platform/http/env.ts'
import { signInAs } from '../../testing/browser.ts'
import { createTestCrossing } from '../../testing/crossing.ts'
import type { TestCrossing } from '../../testing/crossing.ts'
import { test } from '../../testing/database.ts'
import { addPrincipal, loggedIn, SNAPSHOT_MS } from '../../testing/principals.ts'
import type { BreakGlassWish } from './types.ts'

const PATH = '/v1/chat/completions'
const CHAT = { model: 'scripted', messages: [{ role: 'user', content: 'Summarise the ward rules.' }] }
const CLINICIAN = { roles: ['clinician'], purposes: ['TREAT'] } as const
const WISH: BreakGlassWish = {
  reason: 'emergency-treatment',
  justification: 'unconscious on arrival and the chart is closed to this ward',
  seconds: 3_600,
  control: 'review',
}

let crossing: TestCrossing
afterEach(async () => crossing.close())

interface Emergency {
  readonly nia: Caller
  readonly niaToken: string
  readonly privacy: string
  readonly cross: () => Promise<Response>
}

/** Nia is a clinician; the provider's agreement covers emergencies unless it is said otherwise. */
async function createEmergency(isCovered = true): Promise<Emergency> {
  const { app } = crossing
  const niaToken = await addPrincipal(app, 'nia', CLINICIAN)
  const privacy = await addPrincipal(app, 'pat', { roles: ['privacy-officer'] })
  if (isCovered) {
    await app.services.agreements.put(
      { tenant: 'default', id: 'admin' },
      {
        id: 'emergencies',
        kind: 'internal',
        provider: 'scripted',
        endpoints: ['chat.completions'],
        models: ['scripted'],
        purposes: ['ETREAT'],
        effectiveFrom: app.clock.now(),
        effectiveTo: new Date(app.clock.now().getTime() + 30 * 86_400_000),
      },
    )
  }
  return {
    nia: loggedIn(app, 'nia', CLINICIAN),
    niaToken,
    privacy,
    cross: async () =>
      crossing.send(PATH, CHAT, { authorization: `Bearer ${niaToken}`, 'breakwater-purpose': 'ETREAT' }),
  }
}

async function codeOf(answer: Response): Promise<string> {
  const { error } = z.object({ error: z.object({ code: z.string() }) }).parse(await answer.json())
  return error.code
}

describe('over HTTP, with a session of a passkey', () => {
  test('asks for the factors anew, then lets emergency treatment cross until it is closed (AC-03, AC-09)', async ({
    db,
  }) => {
    crossing = await createTestCrossing(db)
    const { app } = crossing
    await createEmergency()
    const nia = await signInAs(app, ['clinician'])
    const cross = async (): Promise<Response> => nia.call('POST', PATH, CHAT, { 'breakwater-purpose': 'ETREAT' })
    expect(await codeOf(await cross())).toBe('purpose.not-permitted')
    app.clock.set('2026-06-01T12:05:01.000Z')
    const refused = await nia.call('POST', '/api/v1/break-glass', WISH)
    expect([refused.status, await refused.text()]).toEqual([401, expect.stringContaining('auth.step-up-required')])
    expect((await nia.stepUpByPasskey()).status).toBe(204)
    const opened = await nia.call('POST', '/api/v1/break-glass', WISH)
    expect(opened.status).toBe(200)
    const { id } = breakGlassSchema.parse(await opened.json())
    expect((await cross()).status).toBe(200)
    expect(await app.services.access.alerts.list('default')).toMatchObject([{ kind: 'break-glass-opened', object: id }])
    expect((await nia.call('POST', `/api/v1/break-glass/${id}/close`)).status).toBe(204)
    await sleep(SNAPSHOT_MS)
    expect(await codeOf(await cross())).toBe('purpose.not-permitted')
  })
})

describe('a broken glass', () => {
  test('lets emergency treatment cross until its last second, each crossing marked (AC-09)', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { app } = crossing
    const { nia, cross } = await createEmergency()
    expect(await codeOf(await cross())).toBe('purpose.not-permitted')
    const { id } = await app.services.access.breakGlass.open(nia, WISH)
    app.clock.set('2026-06-01T12:59:59.999Z')
    expect((await cross()).status).toBe(200)
    app.clock.set('2026-06-01T13:00:00.000Z')
    expect(await codeOf(await cross())).toBe('purpose.not-permitted')
    const crossings = (await crossing.entries()).filter(({ purpose }) => purpose === 'ETREAT')
    expect(crossings.map(({ kind, codes }) => [kind, codes])).toEqual([
      ['crossing.intent', ['break-glass', `break-glass:${id}`]],
      ['crossing.outcome', ['break-glass', `break-glass:${id}`]],
    ])
  })

  test('is told at once: in the log, in the ledger, and as an alert (AC-09)', async ({ db, migrator }) => {
    crossing = await createTestCrossing(db)
    const { app } = crossing
    const { nia, privacy } = await createEmergency()
    const { id } = await app.services.access.breakGlass.open(nia, WISH)
    expect(app.logged.at(-1)).toMatchObject({
      event: 'break-glass-opened',
      fields: { principal: 'nia', breakGlass: id },
    })
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({
      kind: 'break-glass.opened',
      principal: 'nia',
      codes: expect.arrayContaining(['emergency-treatment', 'review']),
      features: [`break-glass:${id}`],
      counts: { seconds: 3_600 },
    })
    const alerts = z
      .object({ alerts: z.array(z.object({ id: z.string(), kind: z.string(), object: z.string() })) })
      .parse(await (await app.call(privacy, 'GET', '/api/v1/alerts')).json())
    expect(alerts.alerts).toMatchObject([{ kind: 'break-glass-opened', object: id }])
    const acknowledge = `/api/v1/alerts/${alerts.alerts[0]?.id}/acknowledge`
    expect((await app.call(privacy, 'POST', acknowledge)).status).toBe(204)
    expect((await app.call(privacy, 'POST', acknowledge)).status).toBe(404)
    const { rows } = await sql<{ text: string }>`select string_agg(convert_from(entry, 'UTF8'), ' ') as text
      from ledger_entries`.execute(migrator)
    expect(rows[0]?.text).not.toContain('unconscious')
    expect(JSON.stringify(app.logged)).not.toContain('unconscious')
  })

  test('needs factors shown within five minutes; a token or a service does not open it (AC-09)', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { app } = crossing
    const { nia, niaToken } = await createEmergency()
    const { breakGlass } = app.services.access
    const { control: _control, ...body } = WISH
    expect((await app.call(niaToken, 'POST', '/api/v1/break-glass', body)).status).toBeGreaterThanOrEqual(401)
    app.clock.set('2026-06-01T12:05:00.001Z')
    await expect(breakGlass.open(nia, WISH)).rejects.toMatchObject({ code: 'auth.step-up-required' })
    const { session: _session, ...without } = nia
    await expect(breakGlass.open(without, WISH)).rejects.toMatchObject({ code: 'auth.step-up-required' })
    await expect(breakGlass.open({ ...nia, kind: 'service' }, WISH)).rejects.toMatchObject({
      code: 'auth.step-up-required',
    })
  })

  test('never goes past agreements: what none covers does not cross (AC-09)', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { nia, cross } = await createEmergency(false)
    await crossing.app.services.access.breakGlass.open(nia, WISH)
    expect(await codeOf(await cross())).toBe('agreement.none-in-force')
    expect(crossing.upstream.received).toEqual([])
  })

  test('never goes past the ledger: without it nothing opens and nothing crosses (AC-09)', async ({ db, migrator }) => {
    crossing = await createTestCrossing(db)
    const { app } = crossing
    const { nia, cross } = await createEmergency()
    const { breakGlass } = app.services.access
    const forbid = async (role: 'grant' | 'revoke'): Promise<unknown> =>
      role === 'revoke'
        ? sql`revoke insert on ledger_entries from breakwater_app`.execute(migrator)
        : sql`grant insert on ledger_entries to breakwater_app`.execute(migrator)
    await forbid('revoke')
    try {
      await expect(breakGlass.open(nia, WISH)).rejects.toMatchObject({ code: 'ledger.unavailable' })
      expect(await breakGlass.list('default')).toEqual([])
      await forbid('grant')
      await breakGlass.open(nia, WISH)
      await forbid('revoke')
      expect((await cross()).status).toBe(503)
      expect(crossing.upstream.received).toEqual([])
    } finally {
      await forbid('grant')
    }
  })

  test('with two-person control opens when another person confirms, not before (AC-09)', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { app } = crossing
    const { nia, privacy, cross } = await createEmergency()
    const { breakGlass } = app.services.access
    const { id } = await breakGlass.open(nia, { ...WISH, control: 'second-person' })
    expect((await cross()).status).toBe(403)
    const approver = { ...nia, roles: ['privacy-officer'] }
    await expect(breakGlass.confirm(approver, id)).rejects.toMatchObject({ code: 'access.not-second-person' })
    expect((await app.call(privacy, 'POST', `/api/v1/break-glass/${id}/confirm`)).status).toBe(204)
    expect((await cross()).status).toBe(200)
  })

  test('is closed by who opened it, once, and nobody else; while it is open there is no second', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { app } = crossing
    const { nia, niaToken, privacy, cross } = await createEmergency()
    const { breakGlass } = app.services.access
    const { id } = await breakGlass.open(nia, WISH)
    await expect(breakGlass.open(nia, WISH)).rejects.toMatchObject({ code: 'resource.conflict' })
    const close = `/api/v1/break-glass/${id}/close`
    expect((await app.call(privacy, 'POST', close)).status).toBe(404)
    expect((await app.call(niaToken, 'POST', close)).status).toBe(204)
    expect((await app.call(niaToken, 'POST', close)).status).toBe(409)
    expect((await cross()).status).toBe(403)
    await expect(breakGlass.open(nia, WISH)).resolves.toBeDefined()
  })

  test('serves a service that is proven to act for that person, not one that only says so (AC-09)', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { app } = crossing
    const { nia } = await createEmergency()
    const { id } = await app.services.access.breakGlass.open(nia, WISH)
    const robot: Caller = { ...nia, id: 'robot', kind: 'service' }
    const { breakGlass } = app.services.access
    expect(await breakGlass.enrich({ ...robot, actor: { id: 'nia', assurance: 'verified' } })).toMatchObject({
      breakGlass: id,
      purposes: ['TREAT', 'ETREAT'],
    })
    expect(await breakGlass.enrich({ ...robot, actor: { id: 'nia', assurance: 'asserted' } })).not.toHaveProperty(
      'breakGlass',
    )
  })
})

describe('the review of a broken glass', () => {
  test('is another person’s, after it is over, once (AC-09)', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { app } = crossing
    const { nia, privacy } = await createEmergency()
    const { breakGlass } = app.services.access
    const { id } = await breakGlass.open(nia, WISH)
    const review = async (): Promise<number> =>
      (await app.call(privacy, 'POST', `/api/v1/break-glass/${id}/review`, { finding: 'justified' })).status
    expect(await review()).toBe(409)
    app.clock.set('2026-06-01T13:00:00.000Z')
    await expect(breakGlass.review(nia, id, 'justified')).rejects.toMatchObject({ code: 'access.not-second-person' })
    expect(await review()).toBe(204)
    expect(await review()).toBe(409)
    expect((await app.readLedger()).at(-2)?.entry).toMatchObject({
      kind: 'break-glass.reviewed',
      principal: 'nia',
      actor: { id: 'pat' },
      codes: expect.arrayContaining(['justified']),
    })
  })

  test('that is overdue after 72 hours is flagged in the list, and an alert once (AC-09)', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { app } = crossing
    const { nia, privacy } = await createEmergency()
    await app.services.access.breakGlass.open(nia, WISH)
    const list = async (): Promise<unknown> => {
      const answer = await (await app.call(privacy, 'GET', '/api/v1/break-glass')).json()
      return z.object({ breakGlass: z.array(breakGlassSchema) }).parse(answer).breakGlass
    }
    app.clock.set('2026-06-04T11:59:59.999Z')
    expect(await list()).toMatchObject([{ state: 'closed', isReviewOverdue: false }])
    expect(await app.services.access.breakGlass.sweep('default')).toBe(0)
    app.clock.set('2026-06-04T12:00:00.000Z')
    expect(await list()).toMatchObject([{ isReviewOverdue: true }])
    expect(await app.services.access.breakGlass.sweep('default')).toBe(1)
    expect(await app.services.access.breakGlass.sweep('default')).toBe(0)
    const { kind } = (await app.readLedger()).at(-1)?.entry ?? {}
    expect(kind).toBe('break-glass.overdue')
    const alerts = await (await app.call(privacy, 'GET', '/api/v1/alerts')).text()
    expect(alerts).toContain('break-glass-review-overdue')
  })
})
