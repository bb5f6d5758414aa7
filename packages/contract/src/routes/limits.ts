import { z } from 'zod'
import { limitInputSchema, limitSchema, limitUsageSchema, priceInputSchema, priceSchema } from '../limits.ts'
import type { RouteTable } from '../route.ts'

export const LIMIT_ROUTES = {
  listLimits: {
    method: 'GET',
    path: '/api/v1/limits',
    action: 'readConfiguration',
    answer: z.object({ limits: z.array(limitSchema) }),
  },
  listLimitUsage: {
    method: 'GET',
    path: '/api/v1/limits/usage',
    action: 'readConfiguration',
    answer: z.object({ usage: z.array(limitUsageSchema) }),
  },
  putLimit: {
    method: 'PUT',
    path: '/api/v1/limits/:id',
    action: 'manageProviders',
    body: limitInputSchema,
    answer: limitSchema,
  },
  endLimit: { method: 'POST', path: '/api/v1/limits/:id/end', action: 'manageProviders' },
  listPrices: {
    method: 'GET',
    path: '/api/v1/prices',
    action: 'readConfiguration',
    answer: z.object({ prices: z.array(priceSchema) }),
  },
  putPrice: {
    method: 'PUT',
    path: '/api/v1/prices',
    action: 'manageProviders',
    body: priceInputSchema,
    answer: priceSchema,
  },
} as const satisfies RouteTable
