import { z } from 'zod'
import type { RouteTable } from '../route.ts'
import { vendorConfirmSchema, vendorFactInputSchema, vendorFactSchema, vendorImportSchema } from '../vendors.ts'

const count = z.int().nonnegative()

export const VENDOR_ROUTES = {
  listVendorFacts: {
    method: 'GET',
    path: '/api/v1/vendors',
    action: 'readConfiguration',
    answer: z.object({ facts: z.array(vendorFactSchema) }),
  },
  /** The registry that this version ships, as data to confirm. */
  readStarterFacts: {
    method: 'GET',
    path: '/api/v1/vendors/starter',
    action: 'readConfiguration',
    answer: z.object({ facts: z.array(vendorFactInputSchema) }),
  },
  importVendorFacts: {
    method: 'POST',
    path: '/api/v1/vendors/import',
    action: 'manageAgreements',
    body: vendorImportSchema,
    answer: z.object({ added: count, changed: count, unchanged: count }),
  },
  confirmVendorFact: {
    method: 'POST',
    path: '/api/v1/vendors/:id/confirm',
    action: 'manageAgreements',
    needsStepUp: true,
    body: vendorConfirmSchema,
  },
} as const satisfies RouteTable
