import { describe, expect } from 'vitest'
import { OWN_FACTS } from '../../testing/agreements.ts'
import { createTestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { readStarterFacts } from './starter.ts'
import type { GrantedTerms, VendorCall } from './types.ts'

const IMPORT = '/api/v1/vendors/import'
const ADMIN = { tenant: 'default', id: 'admin' }
const TERMS: GrantedTerms = { maxRetentionDays: 0, allowsHumanReview: false, allowsTraining: false, conditions: [] }
const CALL: VendorCall = {
  service: { vendor: 'acme', service: 'api', upstreamModel: 'big-1', isOfVendor: true, isContradicted: false },
  endpoint: 'chat.completions',
  features: ['stream'],
}
const [PLAIN] = OWN_FACTS
const UNCOVERED = ['vendor terms for the endpoint']

describe('the registry of vendors', () => {
  test('takes the shipped facts over once, as facts to confirm, with one entry in the ledger (GW-10)', async ({
    db,
  }) => {
    const app = await createTestApp(db)
    const shipped: unknown = await (await app.call(app.tokens.admin, 'GET', '/api/v1/vendors/starter')).json()
    const { length } = await readStarterFacts()
    const put = async (): Promise<unknown> => (await app.call(app.tokens.admin, 'POST', IMPORT, shipped)).json()
    expect(await put()).toEqual({ added: length, changed: 0, unchanged: 0 })
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({
      kind: 'vendors.imported',
      counts: { added: length },
    })
    const entries = (await app.readLedger()).length
    expect(await put()).toEqual({ added: 0, changed: 0, unchanged: length })
    expect(await app.readLedger()).toHaveLength(entries)
    const { facts } = Object(await (await app.call(app.tokens.admin, 'GET', '/api/v1/vendors')).json())
    expect(facts).toHaveLength(length)
    expect(new Set(facts.map(({ state }: { state: string }) => state))).toEqual(new Set(['to-confirm']))
  })

  test('is confirmed by a person who just showed a factor, and by nobody else', async ({ db }) => {
    const app = await createTestApp(db)
    await app.call(app.tokens.admin, 'POST', IMPORT, { facts: OWN_FACTS })
    const path = '/api/v1/vendors/acme-plain/confirm'
    const refused = await app.call(app.tokens.admin, 'POST', path, { version: 1 })
    expect([refused.status, await refused.json()]).toMatchObject([401, { type: '/errors/auth.step-up-required' }])
    expect((await app.call(app.tokens.app, 'POST', path, { version: 1 })).status).toBe(403)
  })

  test('gives outside development what was confirmed; a newer version can only take away until it is (GW-10)', async ({
    db,
  }) => {
    const app = await createTestApp(db, { environment: 'staging' })
    const { vendors } = app.services
    const gaps = async (): Promise<readonly string[]> => vendors.findGaps('default', CALL, TERMS)
    const say = async (change: object): Promise<unknown> => vendors.import(ADMIN, [{ ...Object(PLAIN), ...change }])
    await say({})
    expect(await gaps()).toEqual(UNCOVERED)
    await vendors.confirm(ADMIN, 'acme-plain', 1)
    expect(await gaps()).toEqual([])
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({
      kind: 'vendors.confirmed',
      endpoint: 'acme-plain',
      counts: { version: 1 },
    })
    await say({ retentionDays: 30 })
    expect(await gaps()).toEqual([])
    await expect(vendors.confirm(ADMIN, 'acme-plain', 1)).rejects.toMatchObject({ code: 'resource.unknown' })
    expect(await vendors.list('default')).toMatchObject([{ version: 2, confirmedVersion: 1 }])
    await vendors.confirm(ADMIN, 'acme-plain', 2)
    expect(await gaps()).toEqual(['retention'])
    await say({ coverage: 'no' })
    expect(await gaps()).toEqual([...UNCOVERED])
    await expect(vendors.confirm({ tenant: 'globex', id: 'eve' }, 'acme-plain', 3)).rejects.toMatchObject({
      code: 'resource.unknown',
    })
  })

  test('gives in development what the newest version says', async ({ db }) => {
    const { services } = await createTestApp(db)
    await services.vendors.import(ADMIN, OWN_FACTS)
    expect(await services.vendors.findGaps('default', CALL, TERMS)).toEqual([])
    expect(await services.vendors.findGaps('globex', CALL, TERMS)).toEqual(UNCOVERED)
  })

  test.for<[string, object]>([
    ['/facts/0/coverage', { coverage: 'hunter2' }],
    ['/facts/0/conditions', { coverage: 'if' }],
    ['/facts/0/feature', { feature: 'hunter2' }],
    ['/facts/0/source', { source: 'http://hunter2.example.org' }],
    ['/facts/0/checkedOn', { checkedOn: 'hunter2' }],
    ['/facts/0/model', { model: 'hunter2*x' }],
  ])('refuses a fact at %s, and does not repeat its value', async ([field, change], { db }) => {
    const app = await createTestApp(db)
    const refused = await app.call(app.tokens.admin, 'POST', IMPORT, { facts: [{ ...Object(PLAIN), ...change }] })
    expect(refused.status).toBe(400)
    const text = await refused.text()
    expect(JSON.parse(text)).toMatchObject({ type: '/errors/body.invalid', field })
    expect(text).not.toContain('hunter2')
  })
})
