import { BASIS_RULES } from '@breakwater/contract'
import { sql } from 'kysely'
import { afterEach, describe, expect } from 'vitest'
import { createTestCrossing } from '../../testing/crossing.ts'
import type { TestCrossing } from '../../testing/crossing.ts'
import { test } from '../../testing/database.ts'

let crossing: TestCrossing
afterEach(async () => crossing.close())

const PATH = '/v1/chat/completions'
const BASIS_PATH = '/api/v1/legal-bases/study-7'
const BODY = { model: 'scripted', messages: [{ role: 'user', content: 'a' }] }
const PATIENT = 'MRN-88213'
const FORM = {
  kind: 'authorisation',
  purposes: ['HRESCH'],
  dataClass: 'phi',
  principals: ['app'],
  elements: BASIS_RULES.authorisation.elements,
  documentSha256: 'a'.repeat(64),
  effectiveFrom: '2026-06-01T12:00:00.000Z',
  expiresAt: '2026-06-01T18:00:00.000Z',
  patients: [PATIENT],
}
const RESEARCH = { 'breakwater-purpose': 'HRESCH', 'breakwater-basis': 'study-7', 'breakwater-patient': PATIENT }

/** The application also holds research, and a model that may serve it; the basis is recorded unless it is left out. */
async function start(
  db: Parameters<typeof createTestCrossing>[0],
  form: object | undefined = FORM,
): Promise<TestCrossing> {
  const started = await createTestCrossing(db)
  const { app } = started
  const admin = { tenant: app.tenant, id: 'admin' }
  await app.services.principals.put(admin, {
    id: 'app',
    kind: 'service',
    roles: ['application'],
    purposes: ['TREAT', 'HRESCH'],
    mayRestore: true,
  })
  await app.services.agreements.put(admin, {
    id: 'scripted',
    kind: 'internal',
    provider: 'scripted',
    endpoints: ['chat.completions'],
    models: ['scripted'],
    purposes: ['TREAT', 'HRESCH'],
    features: ['training'],
    allowsTraining: true,
    effectiveFrom: app.clock.now(),
    effectiveTo: new Date(app.clock.now().getTime() + 86_400_000),
  })
  if (form) expect((await app.call(app.tokens.admin, 'PUT', BASIS_PATH, form)).status).toBe(200)
  return started
}

async function codeOf(answer: Response): Promise<string> {
  const { error } = (await answer.json()) as { error: { code: string } }
  return error.code
}

describe('research under an authorisation (GW-06)', () => {
  test('crosses, and the ledger names the record and its version', async ({ db }) => {
    crossing = await start(db)
    expect((await crossing.send(PATH, BODY, RESEARCH)).status).toBe(200)
    expect(await crossing.entries()).toMatchObject([
      { kind: 'crossing.intent', purpose: 'HRESCH', basis: 'legal-basis/study-7/1' },
      { kind: 'crossing.outcome', purpose: 'HRESCH', basis: 'legal-basis/study-7/1' },
    ])
  })

  test('passes a second before it expires and is refused from that second on', async ({ db }) => {
    crossing = await start(db)
    crossing.app.clock.set('2026-06-01T17:59:59.000Z')
    expect((await crossing.send(PATH, BODY, RESEARCH)).status).toBe(200)
    for (const now of ['2026-06-01T18:00:00.000Z', '2026-06-01T18:00:01.000Z']) {
      crossing.app.clock.set(now)
      const late = await crossing.send(PATH, BODY, RESEARCH)
      expect([late.status, await codeOf(late)]).toEqual([403, 'basis.none-in-force'])
    }
    expect(crossing.upstream.connections()).toBe(1)
  })

  test.for(['revoked', 'expiry-event'])('ends at once when it is %s', async (reason, { db }) => {
    crossing = await start(db)
    const { app } = crossing
    expect((await app.call(app.tokens.admin, 'POST', `${BASIS_PATH}/end`, { reason })).status).toBe(204)
    expect(await codeOf(await crossing.send(PATH, BODY, RESEARCH))).toBe('basis.none-in-force')
    expect((await app.call(app.tokens.admin, 'POST', `${BASIS_PATH}/end`, { reason })).status).toBe(404)
  })

  test.for<[string, Record<string, string>]>([
    ['no record', { 'breakwater-purpose': 'HRESCH' }],
    ['an unknown record', { ...RESEARCH, 'breakwater-basis': 'other' }],
    ['another patient', { ...RESEARCH, 'breakwater-patient': 'MRN-1' }],
    ['no patient', { 'breakwater-purpose': 'HRESCH', 'breakwater-basis': 'study-7' }],
    ['a purpose it does not open', { ...RESEARCH, 'breakwater-purpose': 'TREAT' }],
  ])('does not cover %s', async ([, headers], { db }) => {
    crossing = await start(db)
    const answer = await crossing.send(PATH, BODY, headers)
    expect([answer.status, await codeOf(answer)]).toEqual([403, 'basis.none-in-force'])
    expect(crossing.upstream.connections()).toBe(0)
  })

  test('does not cover another principal', async ({ db }) => {
    crossing = await start(db, { ...FORM, principals: ['other'] })
    expect(await codeOf(await crossing.send(PATH, BODY, RESEARCH))).toBe('basis.none-in-force')
  })

  test('restores nothing, whoever may restore for treatment', async ({ db }) => {
    crossing = await start(db)
    const preview = await crossing.send('/api/v1/preview', BODY, RESEARCH)
    expect(await preview.json()).toMatchObject({ purpose: 'HRESCH', mayRestore: false, restorable: [] })
  })
})

describe('training (GW-06)', () => {
  test('is not treatment: refused though the same may cross', async ({ db }) => {
    crossing = await start(db)
    const treatment = { 'breakwater-purpose': 'TREAT', 'breakwater-use': 'training' }
    const refused = await crossing.send(PATH, BODY, treatment)
    expect([refused.status, await codeOf(refused)]).toEqual([403, 'policy.denied'])
    expect((await crossing.send(PATH, BODY, { ...RESEARCH, 'breakwater-use': 'training' })).status).toBe(200)
  })

  test('is said or it is refused', async ({ db }) => {
    crossing = await start(db)
    expect((await crossing.send(PATH, BODY, { 'breakwater-use': 'both' })).status).toBe(400)
  })
})

describe('a class of data that a caller declares (AC-12)', () => {
  test.for([
    ['phi', 403],
    ['limited-data-set', 403],
    ['de-identified', 200],
    ['synthetic', 200],
    ['unheard-of', 400],
  ] as const)('%s is answered %i outside production', async ([dataClass, status], { db }) => {
    crossing = await start(db, undefined)
    const headers = { 'breakwater-purpose': 'TREAT', 'breakwater-data-class': dataClass }
    expect((await crossing.send(PATH, BODY, headers)).status).toBe(status)
  })
})

describe('a record', () => {
  test('keeps references to patients, and tells their number only', async ({ db, migrator }) => {
    crossing = await start(db)
    const { app } = crossing
    const listed = await (await app.call(app.tokens.admin, 'GET', '/api/v1/legal-bases')).text()
    expect(JSON.parse(listed)).toMatchObject({ bases: [{ id: 'study-7', version: 1, patientCount: 1 }] })
    const { rows } = await sql`select row_to_json(b)::text as row from legal_bases b`.execute(migrator)
    expect(JSON.stringify([listed, rows, await app.readLedger()])).not.toContain(PATIENT)
  })

  test.for<[string, object]>([
    ['an element is missing', { elements: FORM.elements.slice(1) }],
    ['an element is none of its kind', { elements: [...FORM.elements, 'board'] }],
    ['nobody gave it', { patients: [] }],
    ['it never ends', { expiresAt: undefined }],
    ['it ends before it starts', { expiresAt: '2026-01-01T00:00:00.000Z' }],
    ['its kind does not open the purpose', { kind: 'public-health', elements: BASIS_RULES['public-health'].elements }],
    [
      'a data use agreement speaks of whole records',
      { kind: 'data-use-agreement', elements: BASIS_RULES['data-use-agreement'].elements },
    ],
  ])('is refused when %s (GW-06)', async ([, change], { db }) => {
    crossing = await start(db, undefined)
    const { app } = crossing
    const answer = await app.call(app.tokens.admin, 'PUT', BASIS_PATH, { ...FORM, ...change })
    expect(answer.status).toBe(400)
    expect(await answer.text()).not.toContain(PATIENT)
  })

  test('may end with an event instead of a time', async ({ db }) => {
    crossing = await start(db, { ...FORM, expiresAt: undefined, expiryEvent: 'end-of-study' })
    expect((await crossing.send(PATH, BODY, RESEARCH)).status).toBe(200)
  })
})
