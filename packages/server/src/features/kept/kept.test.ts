import { randomUUID } from 'node:crypto'
import { streamOf } from '@breakwater/testkit'
import { sql } from 'kysely'
import { afterEach, describe, expect } from 'vitest'
import { createTestCrossing } from '../../testing/crossing.ts'
import type { TestCrossing } from '../../testing/crossing.ts'
import { test } from '../../testing/database.ts'
import { addPrincipal, codesOf } from '../../testing/principals.ts'

let crossing: TestCrossing
afterEach(async () => crossing.close())

const TABLES = ['kept_rules', 'kept_history', 'kept_feedback', 'evaluation_sets', 'evaluation_items']
const PATIENT = 'mrn-4471902'
const CHAT = {
  model: 'scripted',
  messages: [{ role: 'user', content: 'Patient Maribel Quintanilla, phone 212-555-0142, needs a letter.' }],
}
const RULE = { purpose: 'TREAT', retentionDays: 30, reason: 'quality-review' }

const admin = async (method: string, path: string, body?: unknown): Promise<Response> =>
  crossing.app.call(crossing.app.tokens.admin, method, `/api/v1${path}`, body)
const switchOn = async (kind: string, changes: object = {}): Promise<void> => {
  expect((await admin('PUT', `/kept/${kind}`, { ...RULE, ...changes })).status).toBe(200)
}

/** Sends the chat and waits until what is kept of it is written. Gives its id. */
async function cross(body: object = CHAT, headers: Record<string, string> = {}): Promise<string> {
  if ('stream' in body && body.stream === true)
    crossing.upstream.answer({ kind: 'stream', pieces: streamOf(['Dear', ' reader.']) })
  const answer = await crossing.send('/v1/chat/completions', body, headers)
  expect(answer.status).toBe(200)
  await answer.text()
  await crossing.app.services.kept.settle()
  return (await crossing.entries()).findLast(({ kind }) => kind === 'crossing.outcome')?.crossing ?? ''
}

/** A person with the privacy officer's role, who was given treatment as a purpose. */
const addOfficer = async (id = 'olu'): Promise<string> =>
  addPrincipal(crossing.app, id, { roles: ['privacy-officer'], purposes: ['TREAT'] })
const read = async (token: string, path: string): Promise<Response> => crossing.app.call(token, 'GET', `/api/v1${path}`)
const codeOf = async (answer: Response): Promise<unknown[]> => [
  answer.status,
  (Object(await answer.json()) as { type?: string }).type?.replace('/errors/', ''),
]
const kindsKept = async (): Promise<string[]> =>
  (await crossing.app.readLedger()).map(({ entry }) => entry.kind).filter((kind) => kind.startsWith('kept.'))

describe('what is kept of crossings (GW-09)', () => {
  test('is nothing, until somebody switches it on (GW-09)', async ({ db, migrator }) => {
    crossing = await createTestCrossing(db)
    const id = await cross()
    await cross({ ...CHAT, stream: true })
    for (const table of TABLES) {
      const { rows } = await sql`select from ${sql.table(table)}`.execute(migrator)
      expect([table, rows.length]).toEqual([table, 0])
    }
    expect(await kindsKept()).toEqual([])
    const officer = await addOfficer()
    expect(await codeOf(await read(officer, '/history?purpose=TREAT'))).toEqual([404, 'resource.unknown'])
    expect(await codeOf(await read(officer, `/history/${id}?purpose=TREAT`))).toEqual([404, 'resource.unknown'])
  })

  test.for([false, true])(
    'is the masked form of prompt and answer, sealed, stream %s (GW-09, EN-01)',
    async (stream, { db, migrator }) => {
      crossing = await createTestCrossing(db)
      await switchOn('history')
      const id = await cross({ ...CHAT, stream }, { 'breakwater-patient': PATIENT })
      const officer = await addOfficer()
      const answer = await read(officer, `/history/${id}?purpose=TREAT`)
      expect(answer.status).toBe(200)
      const kept = (await answer.json()) as { request: string; answer: string; patient: string }
      expect(kept).toMatchObject({
        crossing: id,
        isStream: stream,
        form: 'masked',
        hasRestored: false,
        model: 'scripted',
      })
      // What the provider got, and what it said, as it stood before anything was put back.
      expect(kept.request).toBe(crossing.upstream.received[0]?.text)
      expect(kept.answer).toContain(stream ? 'data: ' : '"choices"')
      for (const text of [kept.request, kept.answer]) {
        expect(text).not.toContain('Quintanilla')
        expect(text).not.toContain('555-0142')
      }
      const { rows } = await sql<{ row: string; request: Buffer }>`select encode(convert_to(t::text, 'utf8'), 'escape')
        as row, sealed_request as request from kept_history t`.execute(migrator)
      expect(rows).toHaveLength(1)
      expect(rows[0]?.row).not.toContain(PATIENT)
      expect(rows[0]?.row).not.toContain('letter')
      expect(rows[0]?.request.includes('letter')).toBe(false)
      const told = (await crossing.app.readLedger()).map(({ entry }) => entry).filter((entry) => entry.crossing === id)
      expect(told.map(({ kind }) => kind)).toEqual(['crossing.intent', 'crossing.outcome', 'kept.written', 'kept.read'])
      expect(told.at(-1)).toMatchObject({
        principal: 'olu',
        purpose: 'TREAT',
        patients: [kept.patient],
        codes: ['masked'],
      })
    },
  )

  test('is read by who may, for its purpose, by nobody else (GW-09)', async ({ db }) => {
    crossing = await createTestCrossing(db)
    await switchOn('history')
    const id = await cross()
    const officer = await addOfficer()
    const scientist = await addPrincipal(crossing.app, 'dara', { roles: ['data-scientist'], purposes: ['TREAT'] })
    const idle = await addPrincipal(crossing.app, 'pat', { roles: ['privacy-officer'], purposes: ['HPAYMT'] })
    const path = `/history/${id}?purpose=TREAT`
    for (const token of [crossing.app.tokens.app, crossing.app.tokens.admin, scientist]) {
      expect(await codeOf(await read(token, path))).toEqual([403, 'policy.denied'])
      expect(await codeOf(await read(token, '/history?purpose=TREAT'))).toEqual([403, 'policy.denied'])
    }
    expect(await codeOf(await read(idle, path))).toEqual([403, 'purpose.not-permitted'])
    expect(await codeOf(await read(officer, `/history/${id}?purpose=HPAYMT`))).toEqual([403, 'purpose.not-permitted'])
    expect(await codeOf(await read(officer, `/history/${id}`))).toEqual([400, 'body.invalid'])
    const list = (await (await read(officer, '/history?purpose=TREAT')).json()) as { crossings: object[] }
    expect(list.crossings).toMatchObject([{ crossing: id, principal: 'app', endpoint: 'chat.completions' }])
    expect(JSON.stringify(list)).not.toContain('letter')
  })

  test('has the caller’s values in it only where the tenant says so, for who may restore them all (GW-09)', async ({
    db,
  }) => {
    crossing = await createTestCrossing(db)
    await switchOn('history', { keepsRestored: true })
    const [whole, labelled] = [await cross(), await cross(CHAT, { 'breakwater-labels': 'research' })]
    const streamed = await cross({ ...CHAT, stream: true })
    const officer = await addOfficer()
    const token = await addPrincipal(crossing.app, 'cleo', {
      roles: ['privacy-officer', 'clinician'],
      purposes: ['TREAT'],
      mayRestore: true,
    })
    for (const id of [whole, streamed]) {
      const path = `/history/${id}?purpose=TREAT&form=restored`
      expect(await codeOf(await read(officer, path))).toEqual([403, 'policy.denied'])
      const kept = (await (await read(token, path)).json()) as { request: string; answer: string }
      expect(kept.request).toContain('Maribel Quintanilla')
      const masked = await (await read(officer, `/history/${id}?purpose=TREAT`)).text()
      expect(masked).not.toContain('Quintanilla')
    }
    // A label says that it is sensitive: masked is all that is kept of it.
    const ofLabelled = `/history/${labelled}?purpose=TREAT&form=restored`
    expect(await codeOf(await read(token, ofLabelled))).toEqual([404, 'resource.unknown'])
    await switchOn('history')
    const without = await cross({ ...CHAT, stream: true })
    const path = `/history/${without}?purpose=TREAT&form=restored`
    expect(await codeOf(await read(token, path))).toEqual([404, 'resource.unknown'])
  })

  test('is unreadable at its last second by the clock, and then deleted with a count (GW-09)', async ({
    db,
    migrator,
  }) => {
    crossing = await createTestCrossing(db)
    const { clock, services, tenant } = crossing.app
    await switchOn('history')
    const id = await cross()
    await admin('PUT', '/kept/history', { ...RULE, retentionDays: 2 })
    // A longer time is for what is kept from then on.
    await admin('PUT', '/kept/history', { ...RULE, retentionDays: 20 })
    const officer = await addOfficer()
    clock.set('2026-06-03T11:59:59.999Z')
    expect((await read(officer, `/history/${id}?purpose=TREAT`)).status).toBe(200)
    expect(await services.kept.sweep(tenant)).toBe(0)
    clock.set('2026-06-03T12:00:00.000Z')
    expect(await codeOf(await read(officer, `/history/${id}?purpose=TREAT`))).toEqual([404, 'resource.unknown'])
    expect(await (await read(officer, '/history?purpose=TREAT')).json()).toEqual({ crossings: [] })
    expect((await sql`select from kept_history`.execute(migrator)).rows).toHaveLength(1)
    expect(await services.kept.sweep(tenant)).toBe(1)
    expect((await sql`select from kept_history`.execute(migrator)).rows).toHaveLength(0)
    const last = (await crossing.app.readLedger()).at(-1)?.entry
    expect(last).toMatchObject({ kind: 'kept.expired', counts: { history: 1 }, principal: 'breakwater' })
  })

  test('goes when it is switched off, and each change is in the ledger with its reason (GW-09)', async ({
    db,
    migrator,
  }) => {
    crossing = await createTestCrossing(db)
    await switchOn('history', { keepsRestored: true })
    await cross()
    expect(await (await admin('GET', '/kept')).json()).toMatchObject({ rules: [{ kind: 'history', count: 1 }] })
    expect((await admin('DELETE', '/kept/history')).status).toBe(204)
    expect((await sql`select from kept_history`.execute(migrator)).rows).toHaveLength(0)
    await cross()
    expect((await sql`select from kept_history`.execute(migrator)).rows).toHaveLength(0)
    expect(await codeOf(await admin('DELETE', '/kept/history'))).toEqual([404, 'resource.unknown'])
    expect(await codeOf(await admin('DELETE', '/kept/dreams'))).toEqual([404, 'resource.unknown'])
    for (const wrong of [
      { retentionDays: 0 },
      { retentionDays: 2_191 },
      { purpose: 'HRESCH' },
      { reason: 'because' },
    ]) {
      expect(await codeOf(await admin('PUT', '/kept/history', { ...RULE, ...wrong }))).toEqual([400, 'body.invalid'])
    }
    const restored = { ...RULE, keepsRestored: true }
    expect(await codeOf(await admin('PUT', '/kept/feedback', restored))).toEqual([400, 'body.invalid'])
    const refused = await crossing.app.call(crossing.app.tokens.app, 'PUT', '/api/v1/kept/history', RULE)
    expect(await codeOf(refused)).toEqual([403, 'policy.denied'])
    const told = (await crossing.app.readLedger())
      .map(({ entry }) => entry)
      .filter(({ kind }) => kind.startsWith('kept.'))
    expect(told.map(({ kind, counts, ...entry }) => [kind, entry.endpoint, counts, codesOf(entry)])).toEqual([
      ['kept.put', 'history', { 'retention.days': 30 }, ['reason:quality-review', 'purpose:treat', 'restored']],
      ['kept.written', 'history', {}, ['restored']],
      ['kept.off', 'history', { deleted: 1 }, []],
    ])
  })

  test('ends with its patient’s keys: the row stays, nobody reads it (GW-09, EN-01)', async ({ db, migrator }) => {
    crossing = await createTestCrossing(db)
    await switchOn('history')
    const id = await cross(CHAT, { 'breakwater-patient': PATIENT })
    const other = await cross(CHAT, { 'breakwater-patient': 'mrn-1' })
    const { services, tenant } = crossing.app
    const certificate = await services.keys.shred({ tenant, id: 'keeper' }, PATIENT)
    expect(certificate.dataKeys.length).toBeGreaterThan(0)
    const officer = await addOfficer()
    expect(await codeOf(await read(officer, `/history/${id}?purpose=TREAT`))).toEqual([410, 'keys.destroyed'])
    expect((await read(officer, `/history/${other}?purpose=TREAT`)).status).toBe(200)
    expect((await sql`select from kept_history`.execute(migrator)).rows).toHaveLength(2)
  })

  test('opens in no other row than its own (GW-09)', async ({ db, migrator }) => {
    crossing = await createTestCrossing(db)
    await switchOn('history')
    const [one] = [await cross(), await cross()]
    await sql`update kept_history k set sealed_answer = o.sealed_answer from kept_history o where o.crossing <> k.crossing`.execute(
      migrator,
    )
    const officer = await addOfficer()
    expect(await codeOf(await read(officer, `/history/${one}?purpose=TREAT`))).toEqual([500, 'keys.corrupt'])
  })
})

const QUEUED = {
  purpose: 'TREAT',
  endpoint: 'chat.completions',
  provider: 'scripted',
  model: 'm',
  isStream: false,
} as const

describe('the queue of what is kept (GW-09)', () => {
  test('drops what does not fit, and the ledger has the count; nobody waits (GW-09)', async ({ db, migrator }) => {
    crossing = await createTestCrossing(db)
    await switchOn('history')
    const { kept } = crossing.app.services
    const before = performance.now()
    for (let index = 0; index < 300; index++) {
      kept.keep({
        ...QUEUED,
        tenant: crossing.app.tenant,
        crossing: randomUUID(),
        principal: 'app',
        patient: undefined,
        classes: [],
        sizeBytes: 10,
        read: async () => ({ masked: { request: 'a', answer: 'b' } }),
      })
    }
    expect(performance.now() - before).toBeLessThan(500)
    await kept.settle()
    const { rows } = await sql<{ count: string }>`select count(*) from kept_history`.execute(migrator)
    const dropped = (await crossing.app.readLedger())
      .map(({ entry }) => entry)
      .find(({ kind }) => kind === 'kept.dropped')
    expect(dropped?.counts['queue-full']).toBeGreaterThan(0)
    expect(Number(rows[0]?.count) + Number(dropped?.counts['queue-full'])).toBe(300)
  })

  test('counts what could not be kept by the code of why (GW-09)', async ({ db, migrator }) => {
    crossing = await createTestCrossing(db)
    await switchOn('history')
    const { kept } = crossing.app.services
    kept.keep({
      ...QUEUED,
      tenant: crossing.app.tenant,
      crossing: randomUUID(),
      principal: 'app',
      patient: undefined,
      classes: [],
      sizeBytes: 10,
      read: async () => ({ masked: { request: 'a'.repeat(1_048_577), answer: 'b' } }),
    })
    await kept.settle()
    expect((await sql`select from kept_history`.execute(migrator)).rows).toHaveLength(0)
    expect((await crossing.app.readLedger()).at(-1)?.entry).toMatchObject({
      kind: 'kept.dropped',
      counts: { 'body.too-large': 1 },
    })
  })
})

describe('feedback (GW-09)', () => {
  const DOWN = {
    rating: 'down',
    reasonCode: 'incorrect',
    comment: 'Wrong dose for Maribel Quintanilla, see 212-555-0142.',
  }
  const give = async (token: string, id: string, body: object = DOWN): Promise<Response> =>
    crossing.app.call(token, 'POST', `/api/v1/crossings/${id}/feedback`, body)

  test('passes the same masking as a prompt and lies sealed (GW-09)', async ({ db, migrator }) => {
    crossing = await createTestCrossing(db)
    const id = await cross(CHAT, { 'breakwater-patient': PATIENT })
    expect(await codeOf(await give(crossing.app.tokens.app, id))).toEqual([404, 'resource.unknown'])
    await switchOn('feedback')
    expect((await give(crossing.app.tokens.app, id, { ...DOWN, rating: 'up', reasonCode: 'helpful' })).status).toBe(200)
    expect((await give(crossing.app.tokens.app, id)).status).toBe(200)
    const { rows } = await sql<{ row: string }>`select encode(convert_to(t::text, 'utf8'), 'escape') as row
      from kept_feedback t`.execute(migrator)
    expect(rows).toHaveLength(1)
    for (const word of ['dose', 'Quintanilla', Buffer.from('dose').toString('hex')])
      expect(rows[0]?.row).not.toContain(word)
    const officer = await addOfficer()
    const list = (await (await read(officer, '/feedback?purpose=TREAT')).json()) as { feedback: { comment?: string }[] }
    expect(list.feedback).toMatchObject([{ crossing: id, principal: 'app', rating: 'down', reasonCode: 'incorrect' }])
    const [{ comment } = {}] = list.feedback
    expect(comment).toMatch(/^Wrong dose for .*, see .*\.$/)
    expect(comment).not.toMatch(/Quintanilla|Maribel|0142/)
    expect(await codeOf(await read(crossing.app.tokens.app, '/feedback?purpose=TREAT'))).toEqual([403, 'policy.denied'])
    const { services, tenant } = crossing.app
    await services.keys.shred({ tenant, id: 'keeper' }, PATIENT)
    const after = (await (await read(officer, '/feedback?purpose=TREAT')).json()) as { feedback: object[] }
    expect(after.feedback).toMatchObject([{ hasComment: true }])
    expect(JSON.stringify(after)).not.toContain('comment":"')
  })

  test('is for who made the crossing, and for who may read what is kept; to others there is none (GW-09)', async ({
    db,
  }) => {
    crossing = await createTestCrossing(db)
    await switchOn('feedback')
    const id = await cross()
    const other = await addPrincipal(crossing.app, 'cleo', { roles: ['clinician'], purposes: ['TREAT'] })
    expect(await codeOf(await give(other, id))).toEqual([404, 'resource.unknown'])
    expect(await codeOf(await give(crossing.app.tokens.app, randomUUID()))).toEqual([404, 'resource.unknown'])
    expect(await codeOf(await give(crossing.app.tokens.admin, id))).toEqual([403, 'policy.denied'])
    expect((await give(await addOfficer(), id, { rating: 'up', reasonCode: 'correct' })).status).toBe(200)
    expect(await codeOf(await give(crossing.app.tokens.app, id, { ...DOWN, reasonCode: 'Quintanilla' }))).toEqual([
      400,
      'body.invalid',
    ])
  })
})

describe('evaluation sets (GW-09)', () => {
  test('hold masked crossings and masked texts, and every export has its entry (GW-09)', async ({ db, migrator }) => {
    crossing = await createTestCrossing(db)
    const officer = await addOfficer()
    const scientist = await addPrincipal(crossing.app, 'dara', { roles: ['data-scientist'], purposes: ['TREAT'] })
    const call = async (method: string, path: string, body?: unknown, token = officer): Promise<Response> =>
      crossing.app.call(token, method, `/api/v1/evaluations${path}`, body)
    expect(await codeOf(await call('PUT', '/letters'))).toEqual([404, 'resource.unknown'])
    await switchOn('history')
    await switchOn('evaluation')
    const id = await cross(CHAT, { 'breakwater-patient': PATIENT })
    expect((await call('PUT', '/letters')).status).toBe(200)
    expect(await codeOf(await call('PUT', '/letters'))).toEqual([409, 'resource.conflict'])
    expect((await call('POST', '/letters/samples', { crossing: id })).status).toBe(200)
    expect(await codeOf(await call('POST', '/letters/samples', { crossing: id }))).toEqual([409, 'resource.conflict'])
    const text = 'A letter for Maribel Quintanilla, please.'
    expect((await call('POST', '/letters/samples', { text })).status).toBe(200)
    expect(await codeOf(await call('POST', '/letters/samples', { text }, scientist))).toEqual([403, 'policy.denied'])
    const exported = await call('GET', '/letters/export?purpose=TREAT', undefined, scientist)
    expect(exported.headers.get('content-type')).toBe('application/jsonl')
    const lines = (await exported.text()).trim().split('\n')
    expect(lines.map((line) => Object.keys(Object(JSON.parse(line))).toSorted())).toEqual([
      ['answer', 'crossing', 'id', 'request'],
      ['id', 'text'],
    ])
    expect(lines.join()).not.toMatch(/Quintanilla|Maribel|0142/)
    const entry = (await crossing.app.readLedger()).at(-1)?.entry
    expect(entry).toMatchObject({
      kind: 'kept.exported',
      principal: 'dara',
      endpoint: 'letters',
      counts: { records: 2 },
    })
    const { rows } = await sql<{ row: string }>`select encode(convert_to(t::text, 'utf8'), 'escape') as row
      from evaluation_items t`.execute(migrator)
    for (const { row } of rows) expect(row).not.toContain('letter for')
    const { services, tenant, clock } = crossing.app
    await services.keys.shred({ tenant, id: 'keeper' }, PATIENT)
    const left = await (await call('GET', '/letters/export?purpose=TREAT')).text()
    expect(left.trim().split('\n')).toHaveLength(1)
    clock.set('2026-07-01T12:00:00.000Z')
    const later = await addOfficer('ola')
    expect(await (await call('GET', '/letters/export?purpose=TREAT', undefined, later)).text()).toBe('')
    expect((await call('DELETE', '/letters', undefined, later)).status).toBe(204)
    expect((await sql`select from evaluation_items`.execute(migrator)).rows).toHaveLength(0)
  })
})
