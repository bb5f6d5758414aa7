import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { writeDocument } from './document.ts'
import { loadEngine } from './engine.ts'
import { readPolicyFolder } from './folder.ts'
import { joinObligations, listObligations, NO_OBLIGATIONS, readObligations } from './obligations.ts'
import type { PolicySet, Question } from './types.ts'

const shipped = await readPolicyFolder()
const PART = fc.constantFrom(
  'mask:SSN',
  'mask:NAME',
  'read-only',
  'audit:full',
  'max-records:100',
  'max-records:5',
  'look-back-days:365',
)

const QUESTION: Question = {
  principal: {
    tenant: 'acme',
    id: 'app',
    kind: 'service',
    roles: ['application'],
    purposes: ['TREAT'],
    mayRestore: true,
  },
  action: 'cross',
  purpose: 'TREAT',
  dataClass: 'synthetic',
  environment: 'development',
  isMfa: false,
  isRecentlyAuthenticated: false,
}

function decideWith(
  policies: Record<string, string>,
  question: Partial<Question> = {},
): ReturnType<ReturnType<typeof loadEngine>> {
  const set: PolicySet = { ...shipped, policies: { ...shipped.policies, ...policies } }
  return loadEngine(set, writeDocument(set).sha256)({ ...QUESTION, ...question })
}

describe('obligations', () => {
  test('are those of the policies that decided, all of them, the narrower first', () => {
    const permit = 'permit(principal, action == Action::"cross", resource);'
    const { isAllowed, obligations } = decideWith({
      one: `@obligation("mask:SSN, max-records:100, audit:full") ${permit}`,
      two: `@obligation("mask:NAME, max-records:7, look-back-days:30") ${permit}`,
      other: '@obligation("read-only") permit(principal, action == Action::"preview", resource);',
    })
    expect([isAllowed, listObligations(obligations)]).toEqual([
      true,
      ['audit:full', 'look-back-days:30', 'mask:NAME', 'mask:SSN', 'max-records:7', 'preamble'],
    ])
  })

  test('of a refusal are none', () => {
    expect(decideWith({}, { purpose: 'HPAYMT' }).obligations).toEqual(NO_OBLIGATIONS)
  })

  test('read-only refuses to write, whatever permits it', () => {
    const permit = '@obligation("read-only") permit(principal, action == Action::"writeData", resource);'
    expect(decideWith({ one: permit }, { action: 'writeData', fields: ['note'] })).toMatchObject({
      isAllowed: false,
      policies: ['read-only'],
    })
  })

  test.for([
    'mask:EVERYTHING',
    'mask',
    'read-only:yes',
    'audit:loud',
    'max-records:0',
    'max-records:1e3',
    'notify',
    '',
    'mask:SSN,',
  ])('that are not known refuse the whole set: %j', (text) => {
    const permit = `@obligation("${text}") permit(principal, action == Action::"cross", resource);`
    expect(() => decideWith({ one: permit })).toThrowError(
      expect.objectContaining({ code: 'policy.unavailable', message: expect.stringContaining('one') }),
    )
  })

  test.for([
    ['on a forbid', '@obligation("mask:SSN") forbid(principal, action == Action::"cross", resource);'],
    ['under another name', '@obligations("mask:SSN") permit(principal, action == Action::"cross", resource);'],
  ])('%s refuse the whole set', ([, text = '']) => {
    expect(() => decideWith({ one: text })).toThrowError(expect.objectContaining({ code: 'policy.unavailable' }))
  })

  test('say the same when they are written down and read again, in any order, once or twice', () => {
    fc.assert(
      fc.property(fc.array(PART, { minLength: 1, maxLength: 12 }), (parts) => {
        const read = readObligations(parts.join(', '))
        expect(read).toBeDefined()
        if (!read) return
        const again = readObligations(parts.toReversed().join(','))
        expect(again && listObligations(again)).toEqual(listObligations(read))
        expect(listObligations(joinObligations([read, read]))).toEqual(listObligations(read))
      }),
    )
  })
})

describe('a policy set (AC-01)', () => {
  const role = fc.constantFrom(
    'application',
    'clinician',
    'billing-specialist',
    'data-scientist',
    'administrator',
    'auditor',
  )
  const question = fc.record({
    roles: fc.uniqueArray(role, { maxLength: 3 }),
    action: fc.constantFrom('cross' as const, 'readData' as const, 'restore' as const, 'readLedger' as const),
    purpose: fc.constantFrom('TREAT' as const, 'HPAYMT' as const, 'HRESCH' as const),
    fields: fc.uniqueArray(fc.constantFrom('name', 'note', 'ssn', 'amount', 'zip'), { minLength: 1 }),
    dataClass: fc.constantFrom('synthetic' as const, 'phi' as const),
    environment: fc.constantFrom('development' as const, 'production' as const),
  })
  type Drawn = typeof question extends fc.Arbitrary<infer T> ? T : never
  const load = (set: PolicySet): ((drawn: Drawn) => boolean) => {
    const engine = loadEngine(set, writeDocument(set).sha256)
    const { purpose: _purpose, ...bare } = QUESTION
    return ({ roles, action, purpose, fields, ...rest }) =>
      engine({
        ...bare,
        ...rest,
        principal: { ...QUESTION.principal, roles, purposes: ['TREAT', 'HPAYMT', 'HRESCH'] },
        action,
        ...(action !== 'readLedger' && { purpose }),
        ...(action === 'readData' && { fields }),
        ...(action === 'restore' && { classes: fields.map((field) => field.toUpperCase()) }),
      }).isAllowed
  }
  const ask = load(shipped)

  test('never permits more by a forbid that is added', () => {
    const narrower = [
      'forbid(principal in Role::"clinician", action == Action::"readData", resource);',
      'forbid(principal, action == Action::"cross", resource) when { context.purpose == "TREAT" };',
      'forbid(principal, action in [Action::"readLedger", Action::"restore"], resource) unless { principal.mayRestore };',
    ].map((text) => load({ ...shipped, policies: { ...shipped.policies, more: text } }))
    fc.assert(
      fc.property(question, (drawn) => {
        const before = ask(drawn)
        for (const after of narrower) expect(after(drawn) && !before).toBe(false)
      }),
    )
  })

  test('never refuses because fewer fields are asked for (AC-02)', () => {
    fc.assert(
      fc.property(question, (drawn) => {
        if (!ask(drawn)) return
        for (const field of drawn.fields) expect(ask({ ...drawn, fields: [field] })).toBe(true)
      }),
    )
  })
})
