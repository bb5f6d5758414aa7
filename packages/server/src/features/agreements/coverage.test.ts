import type { Coverage } from '@breakwater/contract'
import { expect } from 'vitest'
import { createTestApp } from '../../testing/app.ts'
import { ALL_CLAUSES, OWN_FACTS } from '../../testing/agreements.ts'
import { test } from '../../testing/database.ts'

const ACME = {
  kind: 'openai-compatible',
  baseUrl: 'https://models.example.org/v1',
  isInternal: false,
  allowedAddresses: [],
  models: ['big-1', 'big-2'],
  vendor: 'acme',
  service: 'api',
  region: 'us-east-1',
}
const BAA = {
  kind: 'business-associate',
  provider: 'acme',
  endpoints: ['chat.completions'],
  models: ['big-1'],
  purposes: ['TREAT'],
  features: ['store'],
  clauses: ALL_CLAUSES,
  incidentNoticeDays: 10,
  effectiveFrom: '2026-01-01T00:00:00.000Z',
  effectiveTo: '2027-01-01T00:00:00.000Z',
}

test('coverage tells what a request would be told: by model, feature, purpose and second (GW-05)', async ({ db }) => {
  const app = await createTestApp(db)
  const send = async (method: string, path: string, body?: unknown): Promise<Response> =>
    app.call(app.tokens.admin, method, `/api/v1${path}`, body)
  await send('PUT', '/providers/acme', ACME)
  await send('POST', '/vendors/import', { facts: OWN_FACTS })
  await send('PUT', '/agreements/baa', BAA)
  const read = async (query = ''): Promise<Map<string, object>> => {
    const { providers } = (await (await send('GET', `/coverage${query}`)).json()) as Coverage
    const acme = providers.find(({ id }) => id === 'acme')
    expect(acme).toMatchObject({ kind: 'openai-compatible', isInternal: false, models: 2 })
    return new Map(acme?.cells.map(({ feature, ...cell }) => [feature, cell]))
  }
  const cells = await read()
  const covered = { covered: 1, agreement: 'baa', endsAt: '2027-01-01T00:00:00.000Z', missing: ['model'] }
  expect(cells.get('plain')).toEqual(covered)
  expect(cells.get('store')).toEqual(covered)
  expect(cells.get('files')).toMatchObject({ covered: 0, missing: expect.arrayContaining(['feature files']) })
  expect((await read('?purpose=HPAYMT')).get('plain')).toEqual({ covered: 0, missing: ['purpose'] })
  expect((await read('?endpoint=embeddings')).get('plain')).toEqual({ covered: 0, missing: ['endpoint'] })
  await send('POST', '/agreements/baa/terminate')
  expect((await read()).get('plain')).toEqual({ covered: 0, missing: ['provider'] })

  await send('POST', '/providers/acme/disable')
  const { providers } = (await (await send('GET', '/coverage')).json()) as Coverage
  expect(providers.map(({ id }) => id)).not.toContain('acme')
  const refused = await send('GET', '/coverage?purpose=hunter2')
  expect([refused.status, await refused.text()]).toEqual([400, expect.not.stringContaining('hunter2')])
  expect((await app.call(app.tokens.app, 'GET', '/api/v1/coverage')).status).toBe(403)
})
