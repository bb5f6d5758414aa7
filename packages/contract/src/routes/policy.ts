import { z } from 'zod'
import {
  decisionInputSchema,
  decisionSchema,
  policyCasesSchema,
  policyDraftInputSchema,
  policyDraftSchema,
  policyExplainInputSchema,
  policyExplanationSchema,
  policySetSchema,
  policyTestSchema,
} from '../policy.ts'
import type { RouteTable } from '../route.ts'

export const POLICY_ROUTES = {
  getActivePolicySet: {
    method: 'GET',
    path: '/api/v1/policy/active',
    action: 'readConfiguration',
    answer: policySetSchema,
  },
  getPolicySet: {
    method: 'GET',
    path: '/api/v1/policy/sets/:sha256',
    action: 'readConfiguration',
    answer: policySetSchema,
  },
  explainPolicy: {
    method: 'POST',
    path: '/api/v1/policy/explain',
    action: 'explainPolicy',
    body: policyExplainInputSchema,
    answer: policyExplanationSchema,
  },
  listPolicyDrafts: {
    method: 'GET',
    path: '/api/v1/policy/drafts',
    action: 'readConfiguration',
    answer: z.object({ drafts: z.array(policyDraftSchema) }),
  },
  draftPolicySet: {
    method: 'POST',
    path: '/api/v1/policy/drafts',
    action: 'draftPolicy',
    body: policyDraftInputSchema,
    answer: policyTestSchema,
  },
  testPolicyDraft: {
    method: 'POST',
    path: '/api/v1/policy/drafts/:sha256/test',
    action: 'draftPolicy',
    body: z.strictObject({ cases: policyCasesSchema }),
    answer: policyTestSchema,
  },
  /** By another person than who drafted it. */
  approvePolicyDraft: {
    method: 'POST',
    path: '/api/v1/policy/drafts/:sha256/approve',
    action: 'approvePolicy',
    needsStepUp: true,
    answer: policyDraftSchema,
  },
  activatePolicyDraft: {
    method: 'POST',
    path: '/api/v1/policy/drafts/:sha256/activate',
    action: 'approvePolicy',
    needsStepUp: true,
    answer: policyDraftSchema,
  },
  /** Every caller may ask for itself; the answer is the policy set's, and the ledger has it. */
  decide: { method: 'POST', path: '/api/v1/decisions', body: decisionInputSchema, answer: decisionSchema },
} as const satisfies RouteTable
