import { z } from 'zod'
import {
  historyReadSchema,
  historyRecordSchema,
  historyTextsSchema,
  keptQuerySchema,
  keptRuleInputSchema,
  keptRuleSchema,
} from '../kept.ts'
import type { RouteTable } from '../route.ts'

/** What is kept of crossings: nothing by default, and what is kept is read for its purpose, with an entry each time. */
export const KEPT_ROUTES = {
  listKeptRules: {
    method: 'GET',
    path: '/api/v1/kept',
    action: 'readConfiguration',
    answer: z.object({ rules: z.array(keptRuleSchema) }),
  },
  putKeptRule: {
    method: 'PUT',
    path: '/api/v1/kept/:kind',
    action: 'manageKept',
    body: keptRuleInputSchema,
    answer: keptRuleSchema,
  },
  /** Deletes what was kept, too. */
  endKeptRule: { method: 'DELETE', path: '/api/v1/kept/:kind', action: 'manageKept' },
  listHistory: {
    method: 'GET',
    path: '/api/v1/history',
    action: 'readKept',
    query: keptQuerySchema,
    answer: z.object({ crossings: z.array(historyRecordSchema) }),
  },
  readHistory: {
    method: 'GET',
    path: '/api/v1/history/:id',
    action: 'readKept',
    query: historyReadSchema,
    answer: historyTextsSchema,
  },
} as const satisfies RouteTable
