import { z } from 'zod'
import { exceptionInputSchema, exceptionSchema } from '../exceptions.ts'
import type { RouteTable } from '../route.ts'

export const EXCEPTION_ROUTES = {
  listExceptions: {
    method: 'GET',
    path: '/api/v1/exceptions',
    action: 'approveAccess',
    answer: z.object({ exceptions: z.array(exceptionSchema) }),
  },
  proposeException: {
    method: 'POST',
    path: '/api/v1/exceptions',
    action: 'requestAccess',
    body: exceptionInputSchema,
    answer: exceptionSchema,
  },
  approveException: { method: 'POST', path: '/api/v1/exceptions/:id/approve', action: 'approveAccess' },
  /** Ends one in force, or refuses one that was proposed. */
  endException: { method: 'POST', path: '/api/v1/exceptions/:id/end', action: 'approveAccess' },
} as const satisfies RouteTable
