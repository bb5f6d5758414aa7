import { z } from 'zod'
import { ACTIONS } from '../actions.ts'
import type { RouteTable } from '../route.ts'

export const PERMISSION_ROUTES = {
  /** What the active policy set permits the caller now: for what a console shows. Each request is decided on again. */
  listPermittedActions: {
    method: 'GET',
    path: '/api/v1/permitted-actions',
    answer: z.object({ actions: z.array(z.enum(ACTIONS)) }),
  },
} as const satisfies RouteTable
