import { z } from 'zod'
import type { RouteTable } from '../route.ts'

export const API_ROUTES = {
  /** This API as an OpenAPI 3.1 document. */
  describeApi: { method: 'GET', path: '/api/v1/openapi.json', answer: z.record(z.string(), z.json()) },
} as const satisfies RouteTable
