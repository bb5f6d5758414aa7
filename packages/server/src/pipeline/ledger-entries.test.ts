import { AppError } from '@breakwater/kernel'
import { describe, expect } from 'vitest'
import { createTestApp } from '../testing/app.ts'
import type { TestApp } from '../testing/app.ts'
import { test } from '../testing/database.ts'

const NOW = '2026-06-01T12:00:00.000Z'
const PATH = '/v1/chat/completions'
const chat = (changes: object = {}): object => ({
  model: 'demo',
  messages: [{ role: 'user', content: 'Mrs. Maribel Quintanilla, MRN 4482913, feels well.' }],
  ...changes,
})

interface Way {
  readonly path?: string
  readonly body?: object
  readonly caller?: keyof TestApp['tokens']
  readonly purpose?: string
  readonly isFailing?: boolean
  readonly isWithoutAgreement?: boolean
}

const who = (id: string): object => ({ principal: id, actor: { id, assurance: 'verified' } })
// Behind a service that names nobody, nobody is known.
const service = { principal: 'app', actor: { id: 'unknown', assurance: 'unknown' } }
const sent = { ...service, endpoint: 'chat.completions', purpose: 'TREAT', provider: 'demo', model: 'demo' }
const intent = { ...sent, kind: 'crossing.intent', decision: 'allow', codes: [] }
const answered = { ...intent, kind: 'crossing.outcome' }
const refused = { ...sent, kind: 'crossing.refused', decision: 'deny' }
// What a refusal comes too early to know is said to be unknown.
const early = { ...refused, purpose: 'unknown', provider: 'unknown', model: 'unknown' }

/** Each way through the boundary: its status, and the entries that it leaves. */
const WAYS: readonly (readonly [string, Way, number, readonly object[]])[] = [
  ['a whole answer', {}, 200, [intent, answered]],
  ['a streamed answer', { body: chat({ stream: true }) }, 200, [intent, answered]],
  [
    'another purpose',
    { purpose: 'HPAYMT' },
    200,
    [
      { ...intent, purpose: 'HPAYMT' },
      { ...answered, purpose: 'HPAYMT' },
    ],
  ],
  ['a preview', { path: '/api/v1/preview' }, 200, [{ ...intent, kind: 'preview.made', endpoint: 'preview' }]],
  [
    'a provider that fails',
    { isFailing: true },
    502,
    [intent, { ...answered, decision: 'deny', codes: ['provider.failed'] }],
  ],
  ['no agreement', { isWithoutAgreement: true }, 403, [{ ...refused, codes: ['agreement.none-in-force'] }]],
  ['a purpose that needs more', { purpose: 'HRESCH' }, 403, [{ ...early, codes: ['purpose.not-permitted'] }]],
  ['no purpose', { caller: 'admin' }, 400, [{ ...early, ...who('admin'), codes: ['purpose.missing'] }]],
  ['a body refused', { body: chat({ store: true }) }, 400, [{ ...early, codes: ['body.feature-refused'] }]],
  [
    'a preview refused',
    { path: '/api/v1/preview', purpose: 'HRESCH' },
    403,
    [{ ...early, endpoint: 'preview', codes: ['purpose.not-permitted'] }],
  ],
  ['an unknown route', { path: '/v1/images' }, 404, [{ ...early, endpoint: 'unknown', codes: ['route.unknown'] }]],
]

function failing(): never {
  throw new AppError('provider.failed', { message: 'planted' })
}

async function go(app: TestApp, { path = PATH, body = chat(), caller = 'app', purpose }: Way): Promise<number> {
  const answer = await app.request(path, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.tokens[caller]}`, ...(purpose && { 'breakwater-purpose': purpose }) },
    body: JSON.stringify(body),
  })
  await answer.text()
  return answer.status
}

describe('the ledger tells who, what, when, purpose and decision of each crossing and refusal, once (AU-01)', () => {
  test.for(WAYS)('%s', async ([, way, status, expected], { db }) => {
    const app = await createTestApp(db, {
      now: NOW,
      ...(way.isFailing && { adapters: { adapterFor: failing, close: async () => undefined } }),
    })
    if (way.isWithoutAgreement) await app.call(app.tokens.admin, 'POST', '/api/v1/agreements/demo/terminate')
    const before = (await app.readLedger()).length
    expect(await go(app, way)).toBe(status)
    const entries = (await app.readLedger()).slice(before).map(({ entry }) => entry)
    expect(entries).toMatchObject(expected.map((part) => ({ ...part, time: { wall: NOW } })))
    expect(new Set(entries.map(({ crossing }) => crossing)).size).toBe(1)
  })

  test('also when many cross at once', async ({ db }) => {
    const app = await createTestApp(db, { now: NOW })
    const before = (await app.readLedger()).length
    const ways: Way[] = [{}, { body: chat({ stream: true }) }, { purpose: 'HRESCH' }, { path: '/api/v1/preview' }]
    await Promise.all(Array.from({ length: 24 }, async (_, at) => go(app, ways[at % 4] ?? {})))
    const entries = (await app.readLedger()).slice(before).map(({ entry }) => entry)
    const kinds = Map.groupBy(entries, ({ crossing }) => crossing)
    const told = [...kinds.values()].map((own) => own.map(({ kind }) => kind).join()).toSorted()
    expect(told).toEqual([
      ...Array.from({ length: 12 }, () => 'crossing.intent,crossing.outcome'),
      ...Array.from({ length: 6 }, () => 'crossing.refused'),
      ...Array.from({ length: 6 }, () => 'preview.made'),
    ])
  })
})
