import { z } from 'zod'
import {
  evaluationInputSchema,
  evaluationReadSchema,
  evaluationSampleSchema,
  evaluationSchema,
  feedbackInputSchema,
  feedbackSchema,
  historyReadSchema,
  historyRecordSchema,
  historyTextsSchema,
  keptAnswerSchema,
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
  /** On a crossing of one's own. */
  giveFeedback: {
    method: 'POST',
    path: '/api/v1/crossings/:id/feedback',
    action: 'giveFeedback',
    body: feedbackInputSchema,
    answer: keptAnswerSchema,
  },
  listFeedback: {
    method: 'GET',
    path: '/api/v1/feedback',
    action: 'readKept',
    query: keptQuerySchema,
    answer: z.object({ feedback: z.array(feedbackSchema) }),
  },
  listEvaluations: {
    method: 'GET',
    path: '/api/v1/evaluations',
    action: 'exportEvaluation',
    answer: z.object({ evaluations: z.array(evaluationSchema) }),
  },
  createEvaluation: {
    method: 'PUT',
    path: '/api/v1/evaluations/:id',
    action: 'curateEvaluation',
    answer: evaluationSchema,
  },
  deleteEvaluation: { method: 'DELETE', path: '/api/v1/evaluations/:id', action: 'curateEvaluation' },
  addSample: {
    method: 'POST',
    path: '/api/v1/evaluations/:id/samples',
    action: 'curateEvaluation',
    body: evaluationInputSchema,
    answer: keptAnswerSchema,
  },
  removeSample: { method: 'DELETE', path: '/api/v1/evaluations/:id/samples/:sample', action: 'curateEvaluation' },
  exportEvaluation: {
    method: 'GET',
    path: '/api/v1/evaluations/:id/export',
    action: 'exportEvaluation',
    query: evaluationReadSchema,
    lines: evaluationSampleSchema,
  },
} as const satisfies RouteTable
