import { z } from 'zod'
import { legalBasisEndSchema, legalBasisInputSchema, legalBasisSchema } from '../legal-bases.ts'
import type { RouteTable } from '../route.ts'

export const LEGAL_BASIS_ROUTES = {
  listLegalBases: {
    method: 'GET',
    path: '/api/v1/legal-bases',
    action: 'recordBasis',
    answer: z.object({ bases: z.array(legalBasisSchema) }),
  },
  putLegalBasis: {
    method: 'PUT',
    path: '/api/v1/legal-bases/:id',
    action: 'recordBasis',
    body: legalBasisInputSchema,
    answer: legalBasisSchema,
  },
  endLegalBasis: {
    method: 'POST',
    path: '/api/v1/legal-bases/:id/end',
    action: 'recordBasis',
    body: legalBasisEndSchema,
  },
} as const satisfies RouteTable
