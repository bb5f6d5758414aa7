import { recertificationItemSchema, recertificationSchema } from '@breakwater/contract'
import type { RecertificationItem } from '@breakwater/contract'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { createTestApp } from '../../testing/app.ts'
import type { Caller } from '../../platform/http/env.ts'
import type { TestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { addPrincipal, codesOf, loggedIn } from '../../testing/principals.ts'

const CAMPAIGNS = '/api/v1/recertifications'
const LEDGER = '/api/v1/ledger/entries'
const DUE = '2026-06-08T12:00:00.000Z'
const BEFORE_DUE = '2026-06-08T11:59:59.999Z'

interface Office {
  readonly aud: string
  readonly pat: string
  readonly sia: string
}

/** Aud audits; Pat and Sia review. */
async function createOffice(app: TestApp): Promise<Office> {
  return {
    aud: await addPrincipal(app, 'aud', { roles: ['auditor'] }),
    pat: await addPrincipal(app, 'pat', { roles: ['privacy-officer'] }),
    sia: await addPrincipal(app, 'sia', { roles: ['security-officer'] }),
  }
}

async function start(app: TestApp, token: string, scope: readonly string[]): Promise<string> {
  const body = { scope, reviewers: ['pat', 'sia'], dueAt: DUE }
  const answer = await app.call(token, 'POST', CAMPAIGNS, body)
  expect(answer.status).toBe(200)
  return recertificationSchema.parse(await answer.json()).id
}

async function listItems(app: TestApp, token: string, id: string): Promise<readonly RecertificationItem[]> {
  const answer = await (await app.call(token, 'GET', `${CAMPAIGNS}/${id}`)).json()
  return z.object({ items: z.array(recertificationItemSchema) }).parse(answer).items
}

async function answer(app: TestApp, token: string, id: string, subject: string, word: string): Promise<Response> {
  const item = (await listItems(app, token, id)).find((one) => one.subject === subject)
  return app.call(token, 'POST', `${CAMPAIGNS}/${id}/items/${item?.id}/answer`, { answer: word })
}

/** Aud gets the role of an application for eight hours, given by Pat. */
async function giveGrant(app: TestApp, seconds: number): Promise<string> {
  const { grants } = app.services.access
  const request = await grants.request(loggedIn(app, 'aud', { roles: ['auditor'] }), {
    kind: 'exception',
    roles: ['billing-specialist'],
    purposes: [],
    seconds,
    reason: 'coverage',
    justification: 'the billing desk is short of hands',
  })
  return (await grants.approve(loggedIn(app, 'pat', { roles: ['privacy-officer'] }), request.id)).id
}

describe('what nobody confirmed', () => {
  test('is in force no more from the due second on, before any sweep has run (AC-10)', async ({ db }) => {
    const app = await createTestApp(db)
    const { aud, pat } = await createOffice(app)
    await start(app, pat, ['principal'])
    app.clock.set(BEFORE_DUE)
    expect((await app.call(aud, 'GET', LEDGER)).status).toBe(200)
    app.clock.set(DUE)
    expect((await app.call(aud, 'GET', LEDGER)).status).toBe(403)
    expect(await (await app.call(aud, 'GET', '/api/v1/whoami')).json()).toMatchObject({ roles: [], purposes: [] })
  })

  test('is then disabled where it is kept, with an entry for each, once on however many replicas (AC-10)', async ({
    db,
  }) => {
    const app = await createTestApp(db)
    const other = await createTestApp(db)
    const { pat, sia } = await createOffice(app)
    const id = await start(app, pat, ['principal'])
    for (const subject of ['pat', 'admin']) expect((await answer(app, sia, id, subject, 'keep')).status).toBe(204)
    expect((await answer(app, pat, id, 'sia', 'keep')).status).toBe(204)
    for (const one of [app, other]) one.clock.set(DUE)
    const counts = await Promise.all(
      [app, other, app].map(async (one) => one.services.access.recertification.sweep('default')),
    )
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3)
    expect(await app.services.access.recertification.sweep('default')).toBe(0)
    const listed = await app.services.principals.list('default')
    expect(listed.filter(({ isDisabled }) => isDisabled).map((one) => one.id)).toEqual(['app', 'aud'])
    const entries = (await app.readLedger()).map(({ entry }) => entry)
    const lapsed = entries.filter(({ kind }) => kind === 'recertification.lapsed')
    expect(lapsed.map(({ principal }) => principal).toSorted()).toEqual(['app', 'aud'])
    expect(entries.filter(({ kind }) => kind === 'principal.disabled')).toHaveLength(2)
    expect(entries.filter(({ kind }) => kind === 'recertification.closed')).toHaveLength(1)
  })

  test('as a token opens no door, while another token of the same principal does (AC-10)', async ({ db }) => {
    const app = await createTestApp(db)
    const { aud, pat } = await createOffice(app)
    const admin = { tenant: 'default', id: 'admin' }
    const kept = await app.services.principals.issueToken(admin, 'aud', { ttlSeconds: 30 * 86_400, isSeed: true })
    const id = await start(app, pat, ['token'])
    expect((await answer(app, pat, id, kept.sha256, 'keep')).status).toBe(204)
    app.clock.set(DUE)
    expect((await app.call(aud, 'GET', LEDGER)).status).toBe(401)
    expect((await app.call(kept.token, 'GET', LEDGER)).status).toBe(200)
  })

  test('as a client of a service is nobody, and the client is disabled (AC-10)', async ({ db }) => {
    const app = await createTestApp(db)
    const { pat } = await createOffice(app)
    const { access, services: clients } = app.services
    await clients.put({ tenant: 'default', id: 'admin' }, 'app', {
      scopes: ['cross'],
      certificates: ['A'.repeat(43)],
      certificateUris: [],
    })
    await start(app, pat, ['client'])
    const robot: Caller = {
      tenant: 'default',
      id: 'app',
      kind: 'service',
      roles: ['application'],
      purposes: [],
      mayRestore: false,
      credential: { kind: 'client', id: 'app' },
    }
    expect(await access.enrich(robot)).toMatchObject({ roles: ['application'] })
    app.clock.set(DUE)
    await expect(access.enrich(robot)).rejects.toMatchObject({ code: 'auth.invalid' })
    await access.recertification.sweep('default')
    expect(await clients.find('default', 'app')).toBeUndefined()
  })

  test('as a grant adds nothing, and ends (AC-10)', async ({ db }) => {
    const app = await createTestApp(db)
    const { aud, pat } = await createOffice(app)
    const grant = await giveGrant(app, 20 * 86_400)
    await start(app, pat, ['grant'])
    const whoami = async (): Promise<unknown> => (await app.call(aud, 'GET', '/api/v1/whoami')).json()
    app.clock.set(BEFORE_DUE)
    expect(await whoami()).toMatchObject({ roles: ['auditor', 'billing-specialist'] })
    app.clock.set(DUE)
    expect(await whoami()).toMatchObject({ roles: ['auditor'] })
    await app.services.access.recertification.sweep('default')
    expect((await app.readLedger()).map(({ entry }) => entry).find(({ kind }) => kind === 'grant.ended')).toMatchObject(
      {
        codes: ['recertification'],
        features: expect.arrayContaining([`grant:${grant}`]),
      },
    )
  })
})

describe('an answer', () => {
  test('revoke takes effect at once; keep lasts past the due date; both are in the ledger (AC-10)', async ({ db }) => {
    const app = await createTestApp(db)
    const { aud, pat, sia } = await createOffice(app)
    const id = await start(app, pat, ['principal'])
    expect((await answer(app, sia, id, 'pat', 'keep')).status).toBe(204)
    expect((await app.call(aud, 'GET', LEDGER)).status).toBe(200)
    expect((await answer(app, pat, id, 'aud', 'revoke')).status).toBe(204)
    expect((await app.call(aud, 'GET', LEDGER)).status).toBe(403)
    const entries = (await app.readLedger()).map(({ entry }) => entry)
    const answers = entries.filter(({ kind }) => kind === 'recertification.answered')
    expect(answers.map((entry) => [entry.actor.id, entry.principal, codesOf(entry)])).toEqual([
      ['sia', 'pat', ['keep']],
      ['pat', 'aud', ['revoke']],
    ])
    app.clock.set(DUE)
    expect((await app.call(pat, 'GET', LEDGER)).status).toBe(200)
    await app.services.access.recertification.sweep('default')
    expect((await app.call(pat, 'GET', LEDGER)).status).toBe(200)
    expect((await app.call(aud, 'GET', LEDGER)).status).toBe(401)
  })

  test('is given by a reviewer, never about himself, once, and before it is due (AC-10)', async ({ db }) => {
    const app = await createTestApp(db)
    const { pat, sia } = await createOffice(app)
    const id = await start(app, pat, ['principal'])
    expect((await answer(app, pat, id, 'pat', 'keep')).status).toBe(403)
    expect((await answer(app, app.tokens.admin, id, 'aud', 'keep')).status).toBe(403)
    expect((await answer(app, sia, id, 'aud', 'keep')).status).toBe(204)
    expect((await answer(app, sia, id, 'aud', 'revoke')).status).toBe(409)
    expect((await answer(app, sia, id, 'pat', 'keep')).status).toBe(204)
    expect((await answer(app, pat, id, 'sia', 'keep')).status).toBe(204)
    app.clock.set(DUE)
    expect((await answer(app, sia, id, 'app', 'keep')).status).toBe(409)
  })
})

describe('a campaign', () => {
  test('counts what waits, was kept, revoked and lapsed (AC-10)', async ({ db }) => {
    const app = await createTestApp(db)
    const { pat, sia } = await createOffice(app)
    const id = await start(app, pat, ['principal'])
    await answer(app, sia, id, 'pat', 'keep')
    await answer(app, pat, id, 'sia', 'keep')
    await answer(app, pat, id, 'app', 'revoke')
    const counts = async (): Promise<unknown> => {
      const listed = await (await app.call(pat, 'GET', CAMPAIGNS)).json()
      return z.object({ recertifications: z.array(recertificationSchema) }).parse(listed).recertifications[0]?.counts
    }
    expect(await counts()).toEqual({ waiting: 2, kept: 2, revoked: 1, lapsed: 0 })
    app.clock.set(DUE)
    expect(await counts()).toEqual({ waiting: 0, kept: 2, revoked: 1, lapsed: 2 })
  })

  test.for([
    ['/dueAt', { scope: ['principal'], reviewers: ['pat'], dueAt: '2026-06-01T12:00:00Z' }],
    ['/reviewers', { scope: ['principal'], reviewers: ['pat'], dueAt: DUE }],
    ['/scope/0', { scope: ['everything'], reviewers: ['pat'], dueAt: DUE }],
  ] as const)('is refused at %s', async ([field, body], { db }) => {
    const app = await createTestApp(db)
    const { pat } = await createOffice(app)
    const refused = await app.call(pat, 'POST', CAMPAIGNS, body)
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ type: '/errors/body.invalid', field })
  })
})
