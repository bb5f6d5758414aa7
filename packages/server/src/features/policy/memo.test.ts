import { expect, test } from 'vitest'
import { rememberAnswers } from './memo.ts'
import { NO_OBLIGATIONS } from './obligations.ts'
import type { Question } from './types.ts'

const APP: Question['principal'] = {
  tenant: 'acme',
  id: 'app',
  kind: 'service',
  roles: ['application'],
  purposes: ['TREAT'],
  mayRestore: true,
}
const QUESTION: Question = {
  principal: APP,
  action: 'cross',
  purpose: 'TREAT',
  model: 'demo',
  classes: ['NAME'],
  dataClass: 'synthetic',
  environment: 'development',
  isMfa: false,
  isRecentlyAuthenticated: false,
}

// Each differs from QUESTION in one member: none may be answered by what was decided for it.
const OTHERS: readonly Question[] = [
  { ...QUESTION, action: 'preview' },
  { ...QUESTION, purpose: 'HPAYMT' },
  { ...QUESTION, model: 'other' },
  { ...QUESTION, provider: 'demo' },
  { ...QUESTION, endpoint: 'demo' },
  { ...QUESTION, classes: ['DATE'] },
  { ...QUESTION, dataClass: 'phi' },
  { ...QUESTION, labels: ['hipaa-self-pay'] },
  { ...QUESTION, basis: { kind: 'waiver', dataClass: 'phi' } },
  { ...QUESTION, environment: 'production' },
  { ...QUESTION, isMfa: true },
  { ...QUESTION, isRecentlyAuthenticated: true },
  { ...QUESTION, resource: { kind: 'endpoint', id: 'demo' } },
  { ...QUESTION, action: 'readData', fields: ['name'] },
  { ...QUESTION, action: 'readData', fields: ['note'] },
  { ...QUESTION, principal: { ...APP, tenant: 'globex' } },
  { ...QUESTION, principal: { ...APP, id: 'other' } },
  { ...QUESTION, principal: { ...APP, kind: 'human' } },
  { ...QUESTION, principal: { ...APP, roles: [] } },
  { ...QUESTION, principal: { ...APP, purposes: [] } },
  { ...QUESTION, principal: { ...APP, mayRestore: false } },
  { ...QUESTION, principal: { ...APP, breakGlass: 'one' } },
]

test('the same request is decided once, a request that differs in anything is decided by itself', () => {
  let decided = 0
  const ask = rememberAnswers(() => ({
    isAllowed: true,
    policies: [String(decided++)],
    obligations: NO_OBLIGATIONS,
  }))
  const engine = (question: Question): string | undefined => ask(question).policies[0]
  expect([engine(QUESTION), engine({ ...QUESTION, principal: { ...APP } })]).toEqual(['0', '0'])
  for (const other of OTHERS) engine(other)
  expect(decided).toBe(1 + OTHERS.length)
})

test('an error is not remembered', () => {
  let calls = 0
  const ask = rememberAnswers(() => {
    if (calls++ === 0) throw new Error('once')
    return { isAllowed: true, policies: [], obligations: NO_OBLIGATIONS }
  })
  expect(() => ask(QUESTION)).toThrow('once')
  expect(ask(QUESTION).isAllowed).toBe(true)
})
