import { z } from 'zod'
import { providerInputSchema, providerSchema } from '../providers.ts'
import type { RouteTable } from '../route.ts'

export const PROVIDER_ROUTES = {
  listProviders: {
    method: 'GET',
    path: '/api/v1/providers',
    action: 'manageProviders',
    answer: z.object({ providers: z.array(providerSchema) }),
  },
  getProvider: { method: 'GET', path: '/api/v1/providers/:id', action: 'manageProviders', answer: providerSchema },
  putProvider: {
    method: 'PUT',
    path: '/api/v1/providers/:id',
    action: 'manageProviders',
    body: providerInputSchema,
    answer: providerSchema,
  },
  disableProvider: { method: 'POST', path: '/api/v1/providers/:id/disable', action: 'manageProviders' },
} as const satisfies RouteTable
