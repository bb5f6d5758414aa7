import { z } from 'zod'
import {
  minimumPolicyInputSchema,
  minimumPolicySchema,
  minimumTrialInputSchema,
  minimumTrialSchema,
} from '../minimum.ts'
import type { RouteTable } from '../route.ts'

export const MINIMUM_ROUTES = {
  listMinimumPolicies: {
    method: 'GET',
    path: '/api/v1/minimum-policies',
    action: 'readConfiguration',
    answer: z.object({ policies: z.array(minimumPolicySchema) }),
  },
  /** To begin with; nothing is in force before it is put and activated. */
  listMinimumStarters: {
    method: 'GET',
    path: '/api/v1/minimum-policies/starters',
    action: 'readConfiguration',
    answer: z.object({ starters: z.record(z.string(), minimumPolicyInputSchema) }),
  },
  /** What rules would leave of a text that the caller sends with them. */
  tryMinimumRules: {
    method: 'POST',
    path: '/api/v1/minimum-policies/try',
    action: 'readConfiguration',
    body: minimumTrialInputSchema,
    answer: minimumTrialSchema,
  },
  putMinimumPolicy: {
    method: 'PUT',
    path: '/api/v1/minimum-policies/:id',
    action: 'draftPolicy',
    body: minimumPolicyInputSchema,
    answer: minimumPolicySchema,
  },
  /** The latest version. */
  activateMinimumPolicy: {
    method: 'POST',
    path: '/api/v1/minimum-policies/:id/activate',
    action: 'approvePolicy',
    answer: minimumPolicySchema,
  },
  endMinimumPolicy: { method: 'POST', path: '/api/v1/minimum-policies/:id/end', action: 'approvePolicy' },
} as const satisfies RouteTable
