import { z } from 'zod'
import {
  lineBatchInputSchema,
  lineBatchListSchema,
  lineBatchQuerySchema,
  lineBatchSchema,
  lineFileDeletedSchema,
  lineFileFormSchema,
  lineFileSchema,
  openAiRefusalSchema,
} from '../line-batches.ts'
import type { RouteTable } from '../route.ts'

const needs = { action: 'runBatch', refusal: openAiRefusalSchema } as const

/** Batches as OpenAI's clients ask for them; run here, line by line, never by a vendor. */
export const LINE_BATCH_ROUTES = {
  putLineFile: { method: 'POST', path: '/v1/files', ...needs, multipart: lineFileFormSchema, answer: lineFileSchema },
  getLineFile: { method: 'GET', path: '/v1/files/:id', ...needs, answer: lineFileSchema },
  /** Lines of JSON: those that were sent, or those that came of them. */
  readLineFile: { method: 'GET', path: '/v1/files/:id/content', ...needs, answer: z.unknown() },
  deleteLineFile: { method: 'DELETE', path: '/v1/files/:id', ...needs, answer: lineFileDeletedSchema },
  runLineBatch: {
    method: 'POST',
    path: '/v1/batches',
    ...needs,
    body: lineBatchInputSchema,
    answer: lineBatchSchema,
  },
  listLineBatches: {
    method: 'GET',
    path: '/v1/batches',
    ...needs,
    query: lineBatchQuerySchema,
    answer: lineBatchListSchema,
  },
  getLineBatch: { method: 'GET', path: '/v1/batches/:id', ...needs, answer: lineBatchSchema },
  cancelLineBatch: { method: 'POST', path: '/v1/batches/:id/cancel', ...needs, answer: lineBatchSchema },
} as const satisfies RouteTable
