import { expect, test } from 'vitest'
import type { Principal } from '../principals/index.ts'
import { rememberDecisions } from './memo.ts'
import type { DecisionRequest } from './types.ts'

const APP: Principal = {
  tenant: 'acme',
  id: 'app',
  kind: 'service',
  roles: ['application'],
  purposes: ['TREAT'],
  mayRestore: true,
}
const REQUEST: DecisionRequest = { principal: APP, action: 'cross', purpose: 'TREAT', model: 'demo', classes: ['NAME'] }

// Each differs from REQUEST in one member: none may be answered by what was decided for it.
const OTHERS: readonly DecisionRequest[] = [
  { ...REQUEST, action: 'preview' },
  { ...REQUEST, purpose: 'HPAYMT' },
  { ...REQUEST, model: 'other' },
  { ...REQUEST, provider: 'demo' },
  { ...REQUEST, endpoint: 'demo' },
  { ...REQUEST, classes: ['DATE'] },
  { ...REQUEST, principal: { ...APP, tenant: 'globex' } },
  { ...REQUEST, principal: { ...APP, id: 'other' } },
  { ...REQUEST, principal: { ...APP, kind: 'human' } },
  { ...REQUEST, principal: { ...APP, roles: [] } },
  { ...REQUEST, principal: { ...APP, purposes: [] } },
  { ...REQUEST, principal: { ...APP, mayRestore: false } },
]

test('the same request is decided once, a request that differs in anything is decided by itself', () => {
  let decided = 0
  const engine = rememberDecisions(() => ({ isAllowed: true, policies: [String(decided++)] }))
  expect([engine(REQUEST), engine({ ...REQUEST })].map(({ policies }) => policies[0])).toEqual(['0', '0'])
  for (const other of OTHERS) engine(other)
  expect(decided).toBe(1 + OTHERS.length)
})

test('an error is not remembered', () => {
  let calls = 0
  const engine = rememberDecisions(() => {
    if (calls++ === 0) throw new Error('once')
    return { isAllowed: true, policies: [] }
  })
  expect(() => engine(REQUEST)).toThrow('once')
  expect(engine(REQUEST).isAllowed).toBe(true)
})
