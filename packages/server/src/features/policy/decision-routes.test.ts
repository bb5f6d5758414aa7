import { describe, expect } from 'vitest'
import { createTestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'

const ASKED = {
  action: 'readData',
  resource: { kind: 'feature-store', id: 'sepsis' },
  purpose: 'TREAT',
  fields: ['diagnosis', 'result'],
}

describe('a store of data that asks before it hands anything out (AC-14)', () => {
  test('gets the decision for who asked, its obligations and its place in the ledger', async ({ db }) => {
    const app = await createTestApp(db)
    const answer = await app.call(app.tokens.app, 'POST', '/api/v1/decisions', { ...ASKED, patient: 'MRN-88213' })
    const told = (await answer.json()) as { index: number }
    expect(told).toMatchObject({ decision: 'allow', policies: ['application-reads'], dataClass: 'synthetic' })
    const recorded = (await app.readLedger()).find(({ index }) => index === told.index)
    expect(recorded?.entry).toMatchObject({
      kind: 'data.decided',
      principal: 'app',
      purpose: 'TREAT',
      endpoint: 'readData/feature-store/sepsis',
      decision: 'allow',
      features: ['data-class:synthetic', 'policy:application-reads'],
    })
    expect(recorded?.entry.patients).toHaveLength(1)
    expect(JSON.stringify(recorded)).not.toContain('MRN-88213')
  })

  test.for<[string, object, number, string]>([
    ['another field', { fields: ['diagnosis', 'ssn'] }, 200, 'deny'],
    ['training data', { resource: { kind: 'training-data', id: 'sepsis' } }, 200, 'deny'],
    ['inference logs', { resource: { kind: 'inference-log', id: 'sepsis' } }, 200, 'deny'],
    ['no field at all', { fields: [] }, 200, 'deny'],
    ['to write', { action: 'writeData' }, 200, 'deny'],
    ['PHI outside production', { dataClass: 'phi' }, 200, 'deny'],
    ['a purpose it does not hold', { purpose: 'HRESCH' }, 200, 'deny'],
    ['an unknown basis', { basis: 'nothing' }, 403, 'basis.none-in-force'],
    [
      'to train on what nothing is trained on',
      { action: 'train', resource: { kind: 'inference-log', id: 'sepsis' } },
      400,
      '"field":"/resource/kind"',
    ],
    ['an unknown kind of data', { resource: { kind: 'tenant', id: 'x' } }, 400, 'body.invalid'],
  ])('is refused %s', async ([, change, status, word], { db }) => {
    const app = await createTestApp(db)
    const answer = await app.call(app.tokens.app, 'POST', '/api/v1/decisions', { ...ASKED, ...change })
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(word)])
  })
})
