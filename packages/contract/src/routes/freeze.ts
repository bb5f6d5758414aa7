import { z } from 'zod'
import { freezeInputSchema, freezePreviewSchema, freezeSchema } from '../freeze.ts'
import type { RouteTable } from '../route.ts'

export const FREEZE_ROUTES = {
  listFreezes: {
    method: 'GET',
    path: '/api/v1/freezes',
    action: 'freeze',
    answer: z.object({ freezes: z.array(freezeSchema) }),
  },
  freeze: {
    method: 'POST',
    path: '/api/v1/freezes',
    action: 'freeze',
    body: freezeInputSchema,
    answer: freezeSchema,
  },
  /** The dry run. */
  previewFreeze: {
    method: 'POST',
    path: '/api/v1/freezes/preview',
    action: 'freeze',
    body: freezeInputSchema,
    answer: freezePreviewSchema,
  },
  proposeUnfreeze: { method: 'POST', path: '/api/v1/freezes/:id/propose-lift', action: 'unfreeze' },
  /** By another person than who proposed it. */
  unfreeze: { method: 'POST', path: '/api/v1/freezes/:id/lift', action: 'unfreeze' },
} as const satisfies RouteTable
