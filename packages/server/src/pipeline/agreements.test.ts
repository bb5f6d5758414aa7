import { describe, expect } from 'vitest'
import { ALL_CLAUSES, OWN_FACTS } from '../testing/agreements.ts'
import type { TestCrossing } from '../testing/crossing.ts'
import { createTestCrossing } from '../testing/crossing.ts'
import { test } from '../testing/database.ts'

const ADMIN = { tenant: 'default', id: 'admin' }
const CHAT = '/v1/chat/completions'
const ASKED = { model: 'scripted', messages: [{ role: 'user', content: 'Hello' }] }

/** The scripted provider as a vendor's service in a place, under an agreement of the caller's terms. */
async function cover(db: Parameters<typeof createTestCrossing>[0], terms: object = {}): Promise<TestCrossing> {
  const crossing = await createTestCrossing(db)
  const { providers, agreements, vendors } = crossing.app.services
  await vendors.import(ADMIN, OWN_FACTS)
  await providers.put(ADMIN, {
    id: 'scripted',
    kind: 'openai-compatible',
    baseUrl: crossing.upstream.baseUrl,
    isInternal: true,
    allowedAddresses: ['127.0.0.1'],
    models: ['scripted'],
    vendor: 'acme',
    service: 'api',
    region: 'us-east-1',
  })
  await agreements.put(ADMIN, {
    id: 'scripted',
    kind: 'business-associate',
    provider: 'scripted',
    endpoints: ['chat.completions'],
    models: ['scripted'],
    purposes: ['TREAT'],
    regions: ['us'],
    clauses: ALL_CLAUSES,
    incidentNoticeDays: 10,
    effectiveFrom: new Date('2026-01-01T00:00:00.000Z'),
    effectiveTo: new Date('2026-07-01T00:00:00.000Z'),
    ...terms,
  })
  return crossing
}

interface Row {
  readonly is: string
  readonly status: number
  /** What the refusal names. */
  readonly missing?: string
  readonly terms?: object
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
  readonly now?: string
}

const TOOL = { type: 'function', function: { name: 'look_up', parameters: { type: 'object' } } }

// Cases of section 13.3 of the law's note, and what the registry adds.
const ROWS: readonly Row[] = [
  { is: 'all that is asked is covered', status: 200 },
  { is: 'plain features go with the endpoint', status: 200, body: { tools: [TOOL], n: 1, stop: ['end'] } },
  { is: 'one second before the agreement ends', status: 200, now: '2026-06-30T23:59:59.000Z' },
  { is: 'one second after it ended', status: 403, missing: 'provider', now: '2026-07-01T00:00:01.000Z' },
  { is: 'one second before it begins', status: 403, missing: 'provider', now: '2025-12-31T23:59:59.000Z' },
  { is: 'another region is covered, not this one', status: 403, missing: 'region', terms: { regions: ['eu-west-1'] } },
  { is: 'another model is covered', status: 403, missing: 'model', terms: { models: ['other'] } },
  { is: 'another endpoint is covered', status: 403, missing: 'endpoint', terms: { endpoints: ['responses'] } },
  { is: 'another service of the vendor is covered', status: 403, missing: 'service', terms: { service: 'chat' } },
  { is: 'another purpose is covered', status: 403, missing: 'purpose', terms: { purposes: ['HPAYMT'] } },
  { is: 'another host is covered', status: 403, missing: 'host', terms: { hosts: ['models.example.org'] } },
  { is: 'a record of one’s own does not cover a vendor', status: 403, missing: 'kind', terms: { kind: 'internal' } },
  { is: 'training is not treatment', status: 403, headers: { 'breakwater-use': 'training' } },
  { is: 'the place of the data is kept', status: 200, headers: { 'breakwater-labels': 'region:us' } },
]

describe('a request crosses when everything of it is covered at this second', () => {
  test.for(ROWS.map((row) => [row.is, row] as const))('%s (GW-05)', async ([, row], { db }) => {
    const crossing = await cover(db, row.terms)
    try {
      if (row.now !== undefined) crossing.app.clock.set(row.now)
      const answer = await crossing.send(CHAT, { ...ASKED, ...row.body }, row.headers)
      expect(answer.status).toBe(row.status)
      expect(crossing.upstream.received).toHaveLength(row.status === 200 ? 1 : 0)
      if (row.missing === undefined) return
      expect(await answer.text()).toContain(`no agreement in force covers: ${row.missing}`)
      expect((await crossing.entries()).at(-1)).toMatchObject({
        kind: 'crossing.refused',
        codes: ['agreement.none-in-force'],
        agreement: 'unknown',
      })
    } finally {
      await crossing.close()
    }
  })
})

describe('labels', () => {
  const RESOURCE = JSON.stringify({
    resourceType: 'Condition',
    meta: { security: [{ code: '42CFRPart2' }] },
  })

  test.for<readonly [string, string, Readonly<Record<string, string>>, string]>([
    ['of a header', 'Hello', { 'breakwater-labels': '42cfr-part2' }, '42cfr-part2'],
    ['of a resource in the text', RESOURCE, {}, '42cfr-part2'],
    ['of the patient’s record', 'Hello', { 'breakwater-patient': patient() }, '42cfr-part2'],
    ['of a place that is another', 'Hello', { 'breakwater-labels': 'region:eu' }, 'region'],
    ['of the caller’s own', 'Hello', { 'breakwater-labels': 'local-only, of-my-own' }, 'local-only'],
  ])('%s keep data from a vendor, and the ledger names them (GW-11)', async ([, content, headers, label], { db }) => {
    const crossing = await cover(db)
    try {
      const body = { ...ASKED, messages: [{ role: 'user', content }] }
      const answer = await crossing.send(CHAT, body, headers)
      expect(answer.status).toBe(403)
      expect(await answer.json()).toMatchObject({ error: { code: 'policy.denied' } })
      expect(crossing.upstream.received).toHaveLength(0)
      const entry = (await crossing.entries()).at(-1)
      expect(entry?.features).toContain(`label:${label}`)
      expect(JSON.stringify(entry)).not.toContain('of-my-own')
    } finally {
      await crossing.close()
    }
  })

  test('of the caller’s row hold whatever it says itself (GW-11)', async ({ db }) => {
    const crossing = await cover(db)
    try {
      const { principals } = crossing.app.services
      const found = await principals.find('default', 'app')
      if (!found) throw new Error('not seeded')
      const { labels: _labels, ...app } = found
      await principals.put(ADMIN, { ...app, labels: ['local-only'] })
      for (const headers of [{}, { 'breakwater-labels': 'research' }]) {
        expect((await crossing.send(CHAT, ASKED, headers)).status).toBe(403)
      }
      // Put without them, they stay: only an empty list says that there are none.
      await principals.put(ADMIN, app)
      expect((await crossing.send(CHAT, ASKED)).status).toBe(403)
      await principals.put(ADMIN, { ...app, labels: [] })
      expect((await crossing.send(CHAT, ASKED)).status).toBe(200)
    } finally {
      await crossing.close()
    }
  })

  test('that force local let through to a model of the house (GW-11)', async ({ db }) => {
    const crossing = await createTestCrossing(db)
    try {
      const answer = await crossing.send(CHAT, ASKED, { 'breakwater-labels': '42cfr-part2, local-only' })
      expect(answer.status).toBe(200)
      expect((await crossing.send(CHAT, ASKED, { 'breakwater-labels': 'region:us' })).status).toBe(403)
    } finally {
      await crossing.close()
    }
  })
})

function patient(): string {
  const record = { resourceType: 'Patient', id: 'p-1', meta: { security: [{ code: '42CFRPart2' }] } }
  return `:${Buffer.from(JSON.stringify(record)).toString('base64')}:`
}
