import { afterEach, describe, expect } from 'vitest'
import { createTestCrossing } from '../../testing/crossing.ts'
import type { TestCrossing } from '../../testing/crossing.ts'
import { test } from '../../testing/database.ts'
import { codesOf } from '../../testing/principals.ts'
import { MINIMUM_STARTERS } from './starters.ts'

let crossing: TestCrossing
afterEach(async () => crossing.close())

const STUDY = [
  {
    resourceType: 'Patient',
    id: 'p1',
    name: [{ family: 'Quintanilla', given: ['Maribel'] }],
    telecom: [{ value: '(212) 555-0142' }],
    gender: 'female',
    birthDate: '1961-03-14',
  },
  {
    resourceType: 'ImagingStudy',
    id: 's1',
    status: 'available',
    started: '2026-05-30',
    referrer: { display: 'Oskar Lindqvist' },
    modality: [{ code: 'CT' }],
    description: 'Head CT of Maribel Quintanilla',
  },
  {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'creatinine' },
    effectiveDateTime: '2019-02-03',
    valueString: 'overdue',
  },
]
const CHAT = { model: 'scripted', messages: [{ role: 'user', content: `Triage:\n${JSON.stringify(STUDY)}` }] }

const admin = async (method: string, path: string, body?: unknown): Promise<Response> =>
  crossing.app.call(crossing.app.tokens.admin, method, `/api/v1/minimum-policies${path}`, body)

async function activateImaging(): Promise<void> {
  expect((await admin('PUT', '/imaging', { ...MINIMUM_STARTERS['imaging'], models: ['scripted'] })).status).toBe(200)
  expect((await admin('POST', '/imaging/activate')).status).toBe(200)
}

describe('minimum necessary (GW-07)', () => {
  test('the call of an imaging model has no name in it, no row out of range, and the log has the counts (GW-07)', async ({
    db,
  }) => {
    crossing = await createTestCrossing(db)
    await activateImaging()
    expect((await crossing.send('/v1/chat/completions', CHAT)).status).toBe(200)
    const sent = crossing.upstream.received[0]?.text ?? ''
    expect(sent).toContain('CT')
    expect(sent).toContain('Triage:')
    for (const gone of [
      'Quintanilla',
      'Maribel',
      'Lindqvist',
      '555-0142',
      'family',
      'referrer',
      'creatinine',
      'overdue',
    ]) {
      expect(sent).not.toContain(gone)
    }
    // Not masked either: it was not there any more.
    const [intent] = await crossing.entries()
    expect(intent?.features).toContain('minimum:imaging')
    expect(intent?.counts).toMatchObject({
      'trimmed.fields': 6,
      'trimmed.records': 1,
      'trimmed.records.observation': 1,
    })
    expect(intent?.counts['masked.name']).toBeUndefined()
  })

  test('a preview shows what was left out, by places and counts, and no value (GW-07)', async ({ db }) => {
    crossing = await createTestCrossing(db)
    await activateImaging()
    const preview = await (await crossing.send('/api/v1/preview', CHAT)).text()
    expect(preview).not.toContain('Quintanilla')
    expect(JSON.parse(preview)).toMatchObject({
      minimum: {
        policies: [{ id: 'imaging', version: 1 }],
        fields: 6,
        records: 1,
        recordsByType: { observation: 1 },
        paths: [
          { path: 'patient/id', count: 1 },
          { path: 'patient/name', count: 1 },
          { path: 'patient/telecom', count: 1 },
          { path: 'imagingstudy/id', count: 1 },
          { path: 'imagingstudy/referrer', count: 1 },
          { path: 'imagingstudy/description', count: 1 },
        ],
      },
    })
    const entries = await crossing.entries()
    expect(entries.at(-1)).toMatchObject({ kind: 'preview.made', counts: { 'trimmed.fields': 6 } })
  })

  test('applies to its roles, purposes, endpoints and models, and to nobody else (GW-07)', async ({ db }) => {
    crossing = await createTestCrossing(db)
    await activateImaging()
    const sentWith = async (headers: Record<string, string>): Promise<string> => {
      await crossing.send('/v1/chat/completions', CHAT, headers)
      return crossing.upstream.received.at(-1)?.text ?? ''
    }
    expect(await sentWith({ 'breakwater-purpose': 'TREAT' })).not.toContain('creatinine')
    expect(await sentWith({ 'breakwater-purpose': 'HPAYMT' })).toContain('creatinine')
    await admin('PUT', '/imaging', { ...MINIMUM_STARTERS['imaging'], models: ['other'] })
    expect(await sentWith({ 'breakwater-purpose': 'TREAT' })).not.toContain('creatinine')
    await admin('POST', '/imaging/activate')
    expect(await sentWith({ 'breakwater-purpose': 'TREAT' })).toContain('creatinine')
  })

  test('records of undeclared types are refused where the policy says so, and nothing is sent (GW-07)', async ({
    db,
  }) => {
    crossing = await createTestCrossing(db)
    const rules = { resources: {}, otherResources: 'refuse', otherObjects: 'keep' }
    await admin('PUT', '/strict', { roles: ['application'], purposes: ['TREAT'], rules })
    await admin('POST', '/strict/activate')
    const answer = await crossing.send('/v1/chat/completions', CHAT)
    expect([answer.status, await answer.json()]).toMatchObject([
      403,
      { error: { code: 'minimum.not-permitted', param: '/messages/0/content' } },
    ])
    const cut = { ...CHAT, messages: [{ role: 'user', content: '{"resourceType":"Patient","name":"Quorn"' }] }
    const unread = await crossing.send('/v1/chat/completions', cut)
    expect([unread.status, await unread.text()]).toEqual([422, expect.not.stringContaining('Quorn')])
    expect(crossing.upstream.received).toHaveLength(0)
    expect((await crossing.entries()).map(({ codes }) => codes)).toEqual([
      ['minimum.not-permitted'],
      ['minimum.unreadable'],
    ])
  })

  test('versions are put, activated, replaced and ended with an entry each; none is in force unasked', async ({
    db,
  }) => {
    crossing = await createTestCrossing(db)
    const { starters } = (await (await admin('GET', '/starters')).json()) as { starters: Record<string, object> }
    expect(Object.keys(starters)).toEqual(['treatment', 'billing', 'operations', 'imaging'])
    for (const [name, starter] of Object.entries(starters)) {
      expect((await admin('PUT', `/${name}`, starter)).status).toBe(200)
    }
    expect(
      await crossing.app.services.minimum.findInForce({
        tenant: 'default',
        roles: ['application', 'clinician'],
        purpose: 'TREAT',
        endpoint: 'chat.completions',
        model: 'imaging',
      }),
    ).toEqual([])
    await admin('POST', '/billing/activate')
    expect((await admin('POST', '/billing/activate')).status).toBe(409)
    await admin('PUT', '/billing', starters['billing'])
    await admin('POST', '/billing/activate')
    await admin('POST', '/billing/end')
    expect((await admin('POST', '/billing/end')).status).toBe(404)
    expect((await admin('POST', '/none/activate')).status).toBe(404)
    const { policies } = (await (await admin('GET', '')).json()) as { policies: { id: string; state: string }[] }
    expect(policies.filter(({ id }) => id === 'billing').map(({ state }) => state)).toEqual(['ended', 'replaced'])
    const entries = (await crossing.app.readLedger()).map(({ entry }) => entry)
    const ofBilling = entries.filter(({ kind, endpoint }) => kind.startsWith('minimum.') && endpoint === 'billing')
    expect(ofBilling.map(({ kind, counts, ...entry }) => [kind, counts['version'], codesOf(entry)])).toEqual([
      ['minimum.put', 1, []],
      ['minimum.activated', 1, []],
      ['minimum.put', 2, []],
      ['minimum.activated', 2, []],
      ['minimum.ended', 2, []],
    ])
    expect(
      (await crossing.app.call(crossing.app.tokens.app, 'PUT', '/api/v1/minimum-policies/x', starters['billing']))
        .status,
    ).toBe(403)
  })

  test('rules are tried on a text that is given back trimmed, with what was left out; nothing of it is kept', async ({
    db,
  }) => {
    crossing = await createTestCrossing(db)
    const before = (await crossing.app.readLedger()).length
    const rules = { resources: { Patient: { fields: ['/id'] } }, otherResources: 'remove', otherObjects: 'keep' }
    const tried = await admin('POST', '/try', {
      rules,
      text: 'Seen today: {"resourceType":"Patient","id":"p1","birthDate":"1950-02-03"}',
    })
    expect([tried.status, await tried.json()]).toEqual([
      200,
      {
        left: 'Seen today: {"resourceType":"Patient","id":"p1"}',
        fields: 1,
        records: 0,
        places: [{ place: 'patient/birthDate', count: 1 }],
      },
    ])
    expect(await crossing.app.readLedger()).toHaveLength(before)
    const refused = await admin('POST', '/try', {
      rules: { ...rules, otherResources: 'refuse' },
      text: '{"resourceType":"Basic","id":"hunter2"}',
    })
    expect([refused.status, await refused.text()]).toEqual([403, expect.not.stringContaining('hunter2')])
  })
})
