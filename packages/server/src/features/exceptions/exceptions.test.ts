import { exceptionSchema } from '@breakwater/contract'
import type { ExceptionInput } from '@breakwater/contract'
import { describe, expect } from 'vitest'
import { createTestApp } from '../../testing/app.ts'
import type { TestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { addPrincipal, SNAPSHOT_MS } from '../../testing/principals.ts'

const EXCEPTIONS = '/api/v1/exceptions'
const LONGER_IDLE: ExceptionInput = {
  kind: 'idle-timeout',
  subject: 'theatre-terminals',
  owner: 'ana',
  seconds: 30 * 86_400,
  justification: 'gloved hands cannot log in again during an operation',
}

async function propose(app: TestApp, token: string, input: Partial<ExceptionInput> = {}): Promise<string> {
  const answer = await app.call(token, 'POST', EXCEPTIONS, { ...LONGER_IDLE, ...input })
  expect(answer.status).toBe(200)
  return exceptionSchema.parse(await answer.json()).id
}

async function createPeople(app: TestApp): Promise<{ ana: string; ben: string }> {
  return {
    ana: await addPrincipal(app, 'ana', { roles: ['data-scientist'] }),
    ben: await addPrincipal(app, 'ben', { roles: ['privacy-officer'] }),
  }
}

describe('an exception', () => {
  test('is in force once a second person approved it, for its subject, until the second it expires (AC-11)', async ({
    db,
  }) => {
    const app = await createTestApp(db)
    const { ana, ben } = await createPeople(app)
    const { exceptions } = app.services.access
    const isInForce = async (subject = 'theatre-terminals'): Promise<boolean> =>
      exceptions.isInForce('default', 'idle-timeout', subject)
    const id = await propose(app, ana)
    expect(await isInForce()).toBe(false)
    expect((await app.call(ben, 'POST', `${EXCEPTIONS}/${id}/approve`)).status).toBe(204)
    expect(await isInForce()).toBe(true)
    expect(await isInForce('reception')).toBe(false)
    expect(await exceptions.isInForce('default', 'tls-1.2', 'theatre-terminals')).toBe(false)
    expect(await exceptions.isInForce('globex', 'idle-timeout', 'theatre-terminals')).toBe(false)
    app.clock.set('2026-07-01T11:59:59.999Z')
    expect(await isInForce()).toBe(true)
    app.clock.set('2026-07-01T12:00:00.000Z')
    expect(await isInForce()).toBe(false)
  })

  test('is approved neither by who proposed it nor by who answers for it (AC-11)', async ({ db }) => {
    const app = await createTestApp(db)
    const { ana, ben } = await createPeople(app)
    const own = await propose(app, ben)
    const owned = await propose(app, ana, { owner: 'ben' })
    for (const id of [own, owned]) {
      const refused = await app.call(ben, 'POST', `${EXCEPTIONS}/${id}/approve`)
      expect(refused.status).toBe(403)
      expect(await refused.json()).toMatchObject({ type: '/errors/access.not-second-person' })
    }
  })

  test('for the whole tenant covers every subject; ended, it covers none, on every replica', async ({ db }) => {
    const app = await createTestApp(db)
    const other = await createTestApp(db)
    const { ana, ben } = await createPeople(app)
    const id = await propose(app, ana, { subject: '*' })
    await app.call(ben, 'POST', `${EXCEPTIONS}/${id}/approve`)
    const isInForce = async (): Promise<boolean> =>
      other.services.access.exceptions.isInForce('default', 'idle-timeout', 'anything')
    expect(await isInForce()).toBe(true)
    expect((await app.call(ben, 'POST', `${EXCEPTIONS}/${id}/end`)).status).toBe(204)
    await new Promise((resolve) => setTimeout(resolve, SNAPSHOT_MS))
    expect(await isInForce()).toBe(false)
    expect((await app.call(ben, 'POST', `${EXCEPTIONS}/${id}/approve`)).status).toBe(409)
  })

  test('leaves its proposal, approval and end in the ledger, and its text in the register alone (AC-11)', async ({
    db,
  }) => {
    const app = await createTestApp(db)
    const { ana, ben } = await createPeople(app)
    const id = await propose(app, ana)
    await app.call(ben, 'POST', `${EXCEPTIONS}/${id}/approve`)
    const refused = await propose(app, ana)
    await app.call(ben, 'POST', `${EXCEPTIONS}/${refused}/end`)
    app.clock.set('2026-07-01T12:00:00.000Z')
    expect(await app.services.access.exceptions.sweep('default')).toBe(1)
    expect(await app.services.access.exceptions.sweep('default')).toBe(0)
    const entries = (await app.readLedger()).map(({ entry }) => entry)
    const told = entries.filter(({ kind }) => kind.startsWith('exception.'))
    expect(told.map(({ kind, actor }) => [kind, actor.id])).toEqual([
      ['exception.proposed', 'ana'],
      ['exception.approved', 'ben'],
      ['exception.proposed', 'ana'],
      ['exception.denied', 'ben'],
      ['exception.ended', 'breakwater'],
    ])
    expect(told[4]).toMatchObject({ codes: ['expired'], features: [`exception:${id}`, 'kind:idle-timeout'] })
    expect(JSON.stringify(entries)).not.toContain('gloved')
  })

  test('that names a person is refused', async ({ db }) => {
    const app = await createTestApp(db)
    const { ana } = await createPeople(app)
    const body = { ...LONGER_IDLE, justification: 'Dr. Oskar Lindqvist asked for it on 03/14/2026' }
    const refused = await app.call(ana, 'POST', EXCEPTIONS, body)
    expect(refused.status).toBe(400)
    expect(await refused.text()).not.toContain('Lindqvist')
  })
})
