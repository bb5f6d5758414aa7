import { z } from 'zod'
import { agreementInputSchema, agreementSchema } from '../agreements.ts'
import { coverageQuerySchema, coverageSchema } from '../coverage.ts'
import type { RouteTable } from '../route.ts'

export const AGREEMENT_ROUTES = {
  listAgreements: {
    method: 'GET',
    path: '/api/v1/agreements',
    action: 'manageAgreements',
    answer: z.object({ agreements: z.array(agreementSchema) }),
  },
  getAgreement: { method: 'GET', path: '/api/v1/agreements/:id', action: 'manageAgreements', answer: agreementSchema },
  putAgreement: {
    method: 'PUT',
    path: '/api/v1/agreements/:id',
    action: 'manageAgreements',
    body: agreementInputSchema,
    answer: agreementSchema,
  },
  /** Which provider may be sent what now: each feature decided as a request that makes use of it. */
  readCoverage: {
    method: 'GET',
    path: '/api/v1/coverage',
    action: 'readConfiguration',
    query: coverageQuerySchema,
    answer: coverageSchema,
  },
  activateAgreement: { method: 'POST', path: '/api/v1/agreements/:id/activate', action: 'manageAgreements' },
  terminateAgreement: { method: 'POST', path: '/api/v1/agreements/:id/terminate', action: 'manageAgreements' },
} as const satisfies RouteTable
