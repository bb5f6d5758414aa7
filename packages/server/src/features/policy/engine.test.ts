import { isAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import { describe, expect, test } from 'vitest'
import type { Principal } from '../principals/index.ts'
import { writeDocument } from './document.ts'
import { loadEngine, readAnswer } from './engine.ts'
import { readPolicyFolder } from './folder.ts'
import type { DecisionRequest, PolicySet, Verdict } from './types.ts'

const shipped = await readPolicyFolder()

const OVERFLOW = 'forbid(principal, action, resource) when { 9223372036854775807 + 1 == 0 };'

function load(set: PolicySet): (request: DecisionRequest) => Verdict {
  const engine = loadEngine(set, writeDocument(set).sha256)
  return (request) =>
    engine({
      dataClass: 'synthetic',
      ...request,
      environment: 'development',
      isMfa: false,
      isRecentlyAuthenticated: false,
    })
}

function principal(change: Partial<Principal> = {}): Principal {
  const roles = ['application']
  return { tenant: 'acme', id: 'app', kind: 'service', roles, purposes: ['TREAT'], mayRestore: true, ...change }
}

const withPolicy = (id: string, text: string): PolicySet => ({
  ...shipped,
  policies: { ...shipped.policies, [id]: text },
})

describe('the shipped policies', () => {
  const roles = { application: ['application'], administrator: ['administrator'], auditor: ['auditor'], none: [] }
  const both = { roles: ['application', 'administrator'] }
  test.for<[string, Partial<Principal>, Omit<DecisionRequest, 'principal'>, string[], boolean]>([
    ['application crosses', {}, { action: 'cross', purpose: 'TREAT' }, ['application-crosses'], true],
    ['application previews', {}, { action: 'preview', purpose: 'TREAT' }, ['application-crosses'], true],
    ['not for another purpose', {}, { action: 'cross', purpose: 'HPAYMT' }, ['default-deny'], false],
    ['restores', {}, { action: 'restore', purpose: 'TREAT', classes: ['NAME'] }, ['application-restores'], true],
    [
      'only who may restore',
      { mayRestore: false },
      { action: 'restore', purpose: 'TREAT', classes: ['NAME'] },
      ['default-deny'],
      false,
    ],
    ['application does not administer', {}, { action: 'manageProviders' }, ['default-deny'], false],
    ['application does not read the log', {}, { action: 'readLedger' }, ['default-deny'], false],
    [
      'administrator',
      { roles: roles.administrator },
      { action: 'manageProviders' },
      ['administrator-administers'],
      true,
    ],
    ['auditor reads', { roles: roles.auditor }, { action: 'readLedger' }, ['auditor-reads-ledger'], true],
    ['auditor changes nothing', { roles: roles.auditor }, { action: 'manageProviders' }, ['default-deny'], false],
    ['no role, no right', { roles: roles.none }, { action: 'cross', purpose: 'TREAT' }, ['default-deny'], false],
    ['a forbid wins', both, { action: 'cross', purpose: 'TREAT' }, ['administrator-never-crosses'], false],
  ])('%s', ([, change, request, policies, isAllowed]) => {
    expect(load(shipped)({ principal: principal(change), ...request })).toMatchObject({ isAllowed, policies })
  })

  test.for(['cross', 'restore'] as const)('refuse an empty set of classes before the engine sees it, %s', (action) => {
    const decision = load(shipped)({ principal: principal(), action, purpose: 'TREAT', classes: [] })
    expect(decision).toMatchObject({ isAllowed: false, policies: ['empty-classes'] })
  })

  test('refuse to restore without classes', () => {
    const decision = load(shipped)({ principal: principal(), action: 'restore', purpose: 'TREAT' })
    expect(decision).toMatchObject({ isAllowed: false, policies: ['empty-classes'] })
  })
})

describe('a request that the schema does not know', () => {
  test.for([{ action: 'cross' }, { action: 'manageProviders', purpose: 'TREAT' }] as const)(
    'is no decision, %#',
    (request) => {
      expect(() => load(shipped)({ principal: principal(), ...request })).toThrowError(
        expect.objectContaining({ code: 'policy.unavailable' }),
      )
    },
  )
})

describe('a policy set is refused', () => {
  test.for<[string, PolicySet, string]>([
    [
      'when a policy is invalid under the schema',
      withPolicy('odd', 'permit(principal, action, resource) when { principal.age };'),
      'a policy is not valid under the schema: odd',
    ],
    ['when a policy does not parse', withPolicy('odd', 'permit(principal, action'), 'a policy does not parse'],
    ['when its schema does not parse', { ...shipped, schema: 'entity {' }, 'the policy schema does not parse'],
    [
      'when its schema holds a Long',
      { ...shipped, schema: shipped.schema.replace('kind: String', 'kind: Long') },
      'the policy schema holds a Long',
    ],
    ['when it is empty', { ...shipped, policies: {} }, 'a policy set without policies'],
    ['when a condition can overflow', withPolicy('odd', OVERFLOW), 'a policy computes with numbers: odd'],
  ])('%s', ([, set, message]) => {
    expect(() => load(set)).toThrowError(expect.objectContaining({ code: 'policy.unavailable', message }))
  })

  test('and the one before it stays what it was', () => {
    const engine = load(shipped)
    expect(() => load(withPolicy('odd', 'permit('))).toThrow()
    expect(engine({ principal: principal(), action: 'manageProviders' }).isAllowed).toBe(false)
  })
})

test('a forbid that errors is no decision, though the engine says allow', () => {
  const app = { type: 'Principal', id: 'app' }
  const { policies } = withPolicy('no', OVERFLOW)
  const answer = isAuthorized({
    principal: app,
    action: { type: 'Action', id: 'manageProviders' },
    resource: { type: 'Tenant', id: 'acme' },
    context: {},
    policies: { staticPolicies: { ...policies, yes: 'permit(principal, action, resource);' } },
    entities: [],
  })
  expect(answer).toMatchObject({ type: 'success', response: { decision: 'allow' } })
  expect(() => readAnswer(answer)).toThrowError(
    expect.objectContaining({ code: 'policy.unavailable', message: 'a policy failed while deciding: no' }),
  )
})

test('two sets live side by side: a later one does not stand in for an earlier one', () => {
  const engine = load(shipped)
  const open = load(withPolicy('open', 'permit(principal, action, resource);'))
  const request = { principal: principal({ roles: [] }), action: 'manageProviders' } as const
  expect(open(request).isAllowed).toBe(true)
  expect(engine(request).isAllowed).toBe(false)
})
