import { accessRequestSchema, grantSchema } from '@breakwater/contract'
import type { AccessRequestInput } from '@breakwater/contract'
import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { createTestApp } from '../../testing/app.ts'
import type { TestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { addPrincipal } from '../../testing/principals.ts'

const REQUESTS = '/api/v1/access-requests'
const LEDGER = '/api/v1/ledger/entries'

const AUDIT: AccessRequestInput = {
  roles: ['auditor'],
  seconds: 1_800,
  reason: 'on-call',
  justification: 'the night shift watches the log while the auditors sleep',
}

/** Ana asks, Ben approves; Kim holds no right to approve. */
async function createWard(app: TestApp): Promise<{ ana: string; ben: string; kim: string }> {
  return {
    ana: await addPrincipal(app, 'ana', { roles: ['data-scientist'] }),
    ben: await addPrincipal(app, 'ben', { roles: ['privacy-officer'] }),
    kim: await addPrincipal(app, 'kim', { roles: ['key-administrator'] }),
  }
}

async function request(app: TestApp, token: string, input: Partial<AccessRequestInput> = {}): Promise<string> {
  const answer = await app.call(token, 'POST', REQUESTS, { ...AUDIT, ...input })
  expect(answer.status).toBe(200)
  return accessRequestSchema.parse(await answer.json()).id
}

async function codeOf(answer: Response): Promise<string> {
  const { type } = z.object({ type: z.string() }).parse(await answer.json())
  return type.replace('/errors/', '')
}

describe('a grant', () => {
  test('of thirty minutes serves at 29:59 and is refused at 30:00, by the clock alone (AC-08)', async ({ db }) => {
    const app = await createTestApp(db)
    const { ana, ben } = await createWard(app)
    expect((await app.call(ana, 'GET', LEDGER)).status).toBe(403)
    const id = await request(app, ana)
    app.clock.set('2026-06-01T12:10:00.000Z')
    const approved = await app.call(ben, 'POST', `${REQUESTS}/${id}/approve`)
    expect(grantSchema.parse(await approved.json())).toMatchObject({
      principal: 'ana',
      givenBy: 'ben',
      state: 'in force',
      validFrom: '2026-06-01T12:10:00.000Z',
      validUntil: '2026-06-01T12:40:00.000Z',
    })
    app.clock.set('2026-06-01T12:39:59.999Z')
    expect((await app.call(ana, 'GET', LEDGER)).status).toBe(200)
    app.clock.set('2026-06-01T12:40:00.000Z')
    expect((await app.call(ana, 'GET', LEDGER)).status).toBe(403)
  })

  test('arranged ahead serves from its first second on, not before (AC-08)', async ({ db }) => {
    const app = await createTestApp(db)
    const { ana, ben } = await createWard(app)
    const id = await request(app, ana, { startsAt: '2026-06-02T08:00:00Z' })
    await app.call(ben, 'POST', `${REQUESTS}/${id}/approve`)
    app.clock.set('2026-06-02T07:59:59.999Z')
    expect((await app.call(ana, 'GET', LEDGER)).status).toBe(403)
    app.clock.set('2026-06-02T08:00:00.000Z')
    expect((await app.call(ana, 'GET', LEDGER)).status).toBe(200)
  })

  test('shows in whoami, and ends at once when it is ended', async ({ db }) => {
    const app = await createTestApp(db)
    const { ana, ben } = await createWard(app)
    const approved = await app.call(ben, 'POST', `${REQUESTS}/${await request(app, ana)}/approve`)
    const { id } = grantSchema.parse(await approved.json())
    const whoami = async (): Promise<unknown> => (await app.call(ana, 'GET', '/api/v1/whoami')).json()
    expect(await whoami()).toMatchObject({ roles: ['data-scientist', 'auditor'] })
    expect((await app.call(ben, 'POST', `/api/v1/grants/${id}/end`)).status).toBe(204)
    expect(await whoami()).toMatchObject({ roles: ['data-scientist'] })
    expect((await app.call(ben, 'POST', `/api/v1/grants/${id}/end`)).status).toBe(404)
  })

  test('leaves who asked, who gave and when it ended in the ledger, and none of the text (AC-08)', async ({
    db,
    migrator,
  }) => {
    const app = await createTestApp(db)
    const { ana, ben } = await createWard(app)
    const id = await request(app, ana)
    await app.call(ben, 'POST', `${REQUESTS}/${id}/approve`)
    app.clock.set('2026-06-01T13:00:00.000Z')
    expect(await app.services.access.sweep('default')).toBe(1)
    expect(await app.services.access.sweep('default')).toBe(0)
    const entries = (await app.readLedger()).slice(-4).map(({ entry }) => entry)
    expect(entries.map(({ kind, principal, actor }) => [kind, principal, actor.id])).toEqual([
      ['access.requested', 'ana', 'ana'],
      ['access.approved', 'ana', 'ben'],
      ['grant.given', 'ana', 'ben'],
      ['grant.ended', 'ana', 'breakwater'],
    ])
    expect(entries[2]).toMatchObject({ codes: expect.arrayContaining(['on-call']), counts: { seconds: 1_800 } })
    expect(entries[2]?.features).toEqual(expect.arrayContaining([`request:${id}`, 'role:auditor']))
    expect(entries[3]?.codes).toEqual(['expired'])
    const { rows } = await sql<{ text: string }>`select string_agg(convert_from(entry, 'UTF8'), ' ') as text
      from ledger_entries`.execute(migrator)
    expect(rows[0]?.text).not.toContain('night shift')
  })

  test('lapses on several replicas with one entry each', async ({ db }) => {
    const apps = [await createTestApp(db), await createTestApp(db)] as const
    const [app, other] = apps
    const { ana, ben } = await createWard(app)
    for (let n = 0; n < 5; n++) await app.call(ben, 'POST', `${REQUESTS}/${await request(app, ana)}/approve`)
    for (const one of apps) one.clock.set('2026-06-01T14:00:00.000Z')
    const swept = await Promise.all(
      [1, 2, 3].flatMap(() => apps).map(async (one) => one.services.access.sweep('default')),
    )
    expect(swept.reduce((sum, count) => sum + count, 0)).toBe(5)
    const kinds = (await other.readLedger()).map(({ entry }) => entry.kind)
    expect(kinds.filter((kind) => kind === 'grant.ended')).toHaveLength(5)
  })
})

describe('an access request', () => {
  test('is not approved by who asked, nor by who would profit, nor by a service (AC-11)', async ({ db }) => {
    const app = await createTestApp(db)
    const { ana, ben } = await createWard(app)
    const own = await request(app, ben)
    const refused = await app.call(ben, 'POST', `${REQUESTS}/${own}/approve`)
    expect([refused.status, await codeOf(refused)]).toEqual([403, 'access.not-second-person'])
    const forBen = await request(app, ana, { beneficiary: 'ben' })
    expect(await codeOf(await app.call(ben, 'POST', `${REQUESTS}/${forBen}/approve`))).toBe('access.not-second-person')
    const robot = await addPrincipal(app, 'robot', { kind: 'service', roles: ['privacy-officer'] })
    expect(await codeOf(await app.call(robot, 'POST', `${REQUESTS}/${forBen}/approve`))).toBe(
      'access.not-second-person',
    )
    expect((await app.call(app.tokens.admin, 'POST', `${REQUESTS}/${forBen}/approve`)).status).toBe(200)
  })

  test('is not approved without the right to, and the refusal is recorded (AC-11)', async ({ db }) => {
    const app = await createTestApp(db)
    const { ana, kim } = await createWard(app)
    const id = await request(app, ana)
    expect((await app.call(kim, 'POST', `${REQUESTS}/${id}/approve`)).status).toBe(403)
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({
      kind: 'administration.refused',
      principal: 'kim',
      endpoint: 'approveAccess',
    })
  })

  test('is answered once: approved, denied, withdrawn or lapsed (AC-11)', async ({ db }) => {
    const app = await createTestApp(db)
    const { ana, ben } = await createWard(app)
    const [denied, withdrawn, lapsed] = [await request(app, ana), await request(app, ana), await request(app, ana)]
    expect((await app.call(ben, 'POST', `${REQUESTS}/${denied}/deny`)).status).toBe(204)
    expect((await app.call(ana, 'POST', `${REQUESTS}/${withdrawn}/withdraw`)).status).toBe(204)
    app.clock.set('2026-06-02T12:00:00.000Z')
    for (const id of [denied, withdrawn, lapsed]) {
      const again = await app.call(ben, 'POST', `${REQUESTS}/${id}/approve`)
      expect([again.status, await codeOf(again)]).toEqual([409, 'resource.conflict'])
    }
    expect(await app.services.access.sweep('default')).toBe(1)
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({ kind: 'access.lapsed', principal: 'ana' })
    const own = z
      .object({ requests: z.array(accessRequestSchema) })
      .parse(await (await app.call(ana, 'GET', `${REQUESTS}/own`)).json())
    expect(own.requests.map(({ state }) => state).toSorted()).toEqual(['denied', 'lapsed', 'withdrawn'])
  })

  test.for([
    ['Mrs. Eleanor Whitfield was transferred and I need her chart', 'a name'],
    ['looking into the record of MRN 48812093 again', 'a record number'],
    ['the patient with social security number 078-05-1120', 'a social security number'],
    ['please see TXJzLiBFbGVhbm9yIFdoaXRmaWVsZCBNUk4gNDg4MTIwOTM= for why', 'an encoded text'],
  ])('whose text holds what identifies a person is refused and not kept: %#', async ([text], { db, migrator }) => {
    const app = await createTestApp(db)
    const { ana } = await createWard(app)
    const refused = await app.call(ana, 'POST', REQUESTS, { ...AUDIT, justification: text })
    const answer = await refused.text()
    expect(refused.status).toBe(400)
    expect(JSON.parse(answer)).toMatchObject({ type: '/errors/body.text-identifies', field: '/justification' })
    expect(answer).not.toMatch(/Whitfield|48812093|078-05-1120|TXJz/)
    const { rows } = await sql`select id from access_requests`.execute(migrator)
    expect(rows).toEqual([])
  })

  test('for longer than the role is given just in time is refused; as an exception it may be asked for', async ({
    db,
  }) => {
    const app = await createTestApp(db)
    const { ana } = await createWard(app)
    const wish = { ...AUDIT, roles: ['administrator'], seconds: 5 * 3_600 }
    const refused = await app.call(ana, 'POST', REQUESTS, wish)
    expect([refused.status, await codeOf(refused)]).toEqual([400, 'access.term-too-long'])
    expect((await app.call(ana, 'POST', REQUESTS, { ...wish, kind: 'exception' })).status).toBe(200)
  })

  test('for emergency treatment is not a request: that is what a break-glass is for', async ({ db }) => {
    const app = await createTestApp(db)
    const { ana } = await createWard(app)
    const refused = await app.call(ana, 'POST', REQUESTS, { ...AUDIT, purposes: ['ETREAT'] })
    expect([refused.status, await codeOf(refused)]).toEqual([400, 'body.invalid'])
  })

  test('of another tenant is not found', async ({ db }) => {
    const app = await createTestApp(db)
    const { ana } = await createWard(app)
    const id = await request(app, ana)
    const boss = { tenant: 'globex', id: 'boss' }
    await app.services.principals.ensureTenant(boss)
    await expect(
      app.services.access.grants.approve(
        { ...boss, kind: 'human', roles: ['administrator'], purposes: [], mayRestore: false },
        id,
      ),
    ).rejects.toMatchObject({ code: 'resource.unknown' })
  })
})

describe('duties that stay apart', () => {
  test('are not requested into one principal, whichever comes first', async ({ db }) => {
    const app = await createTestApp(db)
    const { ana, kim } = await createWard(app)
    for (const [token, role] of [
      [ana, 'key-administrator'],
      [kim, 'administrator'],
      [kim, 'clinician'],
    ] as const) {
      const refused = await app.call(token, 'POST', REQUESTS, { ...AUDIT, roles: [role] })
      expect([refused.status, await codeOf(refused)]).toEqual([409, 'access.duties-conflict'])
    }
  })

  test('are not approved one after the other', async ({ db }) => {
    const app = await createTestApp(db)
    const { ben } = await createWard(app)
    const guard = await addPrincipal(app, 'gus', { roles: ['security-officer'] })
    const keys = await request(app, guard, { roles: ['key-administrator'] })
    const admin = await request(app, guard, { roles: ['administrator'] })
    expect((await app.call(ben, 'POST', `${REQUESTS}/${keys}/approve`)).status).toBe(200)
    const refused = await app.call(ben, 'POST', `${REQUESTS}/${admin}/approve`)
    expect([refused.status, await codeOf(refused)]).toEqual([409, 'access.duties-conflict'])
  })

  test('do not meet when the roles of a principal change under a grant: the grant adds nothing', async ({ db }) => {
    const app = await createTestApp(db)
    const { ben } = await createWard(app)
    const gus = await addPrincipal(app, 'gus', { roles: ['security-officer'] })
    const keys = await request(app, gus, { roles: ['key-administrator'] })
    await app.call(ben, 'POST', `${REQUESTS}/${keys}/approve`)
    const whoami = async (): Promise<unknown> => (await app.call(gus, 'GET', '/api/v1/whoami')).json()
    expect(await whoami()).toMatchObject({ roles: ['security-officer', 'key-administrator'] })
    await addPrincipal(app, 'gus', { roles: ['clinician'] })
    expect(await whoami()).toMatchObject({ roles: ['clinician'] })
  })
})

describe('an approved exception', () => {
  const LONG: Partial<AccessRequestInput> = { kind: 'exception', roles: ['auditor'], seconds: 20 * 86_400 }

  test('is a row of the risk register, and its expiry removes the access (AC-11)', async ({ db }) => {
    const app = await createTestApp(db)
    const { ana, ben } = await createWard(app)
    const id = await request(app, ana, LONG)
    expect((await app.call(ben, 'POST', `${REQUESTS}/${id}/approve`)).status).toBe(200)
    const register = await (await app.call(ben, 'GET', '/api/v1/exceptions')).json()
    expect(register).toMatchObject({
      exceptions: [
        {
          kind: 'access',
          subject: 'ana',
          owner: 'ana',
          approvedBy: 'ben',
          justification: AUDIT.justification,
          expiresAt: '2026-06-21T12:00:00.000Z',
          state: 'in force',
        },
      ],
    })
    app.clock.set('2026-06-21T11:59:59.999Z')
    expect((await app.call(ana, 'GET', LEDGER)).status).toBe(200)
    app.clock.set('2026-06-21T12:00:00.000Z')
    expect((await app.call(ana, 'GET', LEDGER)).status).toBe(403)
  })

  test('that is ended early takes the access with it at once (AC-11)', async ({ db }) => {
    const app = await createTestApp(db)
    const { ana, ben } = await createWard(app)
    const approved = await app.call(ben, 'POST', `${REQUESTS}/${await request(app, ana, LONG)}/approve`)
    const { exception } = grantSchema.parse(await approved.json())
    expect((await app.call(ana, 'GET', LEDGER)).status).toBe(200)
    expect((await app.call(ben, 'POST', `/api/v1/exceptions/${exception}/end`)).status).toBe(204)
    expect((await app.call(ana, 'GET', LEDGER)).status).toBe(403)
  })
})
