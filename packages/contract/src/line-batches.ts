import { z } from 'zod'

// As OpenAI's description has them: its clients read these answers unchanged.

const METADATA_MAX = 16

export const lineBatchInputSchema = z.strictObject({
  input_file_id: z.string().max(64),
  endpoint: z.string().max(64),
  completion_window: z.literal('24h'),
  metadata: z
    .record(z.string().max(64), z.string().max(512))
    .refine((map) => Object.keys(map).length <= METADATA_MAX, 'at most 16 pairs')
    .nullish(),
})
export type LineBatchInput = z.infer<typeof lineBatchInputSchema>

export const lineFileSchema = z.object({
  id: z.string(),
  object: z.literal('file'),
  bytes: z.int(),
  created_at: z.int(),
  expires_at: z.int(),
  filename: z.string(),
  purpose: z.enum(['batch', 'batch_output']),
  status: z.literal('processed'),
})
export type LineFileRecord = z.infer<typeof lineFileSchema>

export const lineFileDeletedSchema = z.object({ id: z.string(), object: z.literal('file'), deleted: z.literal(true) })

const instant = z.int().nullable()

export const lineBatchSchema = z.object({
  id: z.string(),
  object: z.literal('batch'),
  endpoint: z.string(),
  errors: z.null(),
  input_file_id: z.string(),
  completion_window: z.literal('24h'),
  status: z.enum(['in_progress', 'cancelling', 'completed', 'cancelled', 'expired']),
  output_file_id: z.string().nullable(),
  error_file_id: z.string().nullable(),
  created_at: z.int(),
  in_progress_at: instant,
  expires_at: instant,
  finalizing_at: instant,
  completed_at: instant,
  failed_at: instant,
  expired_at: instant,
  cancelling_at: instant,
  cancelled_at: instant,
  request_counts: z.object({ total: z.int(), completed: z.int(), failed: z.int() }),
  metadata: z.record(z.string(), z.string()).nullable(),
})
export type LineBatchRecord = z.infer<typeof lineBatchSchema>

export const lineBatchListSchema = z.object({
  object: z.literal('list'),
  data: z.array(lineBatchSchema),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  has_more: z.boolean(),
})

export const lineBatchQuerySchema = z.strictObject({
  after: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
})

export const lineFileFormSchema = z.object({
  purpose: z.literal('batch'),
  file: z.string().describe('JSONL: an object of custom_id, method, url and body a line.'),
})

/** A refusal in OpenAI's words. */
export const openAiRefusalSchema = z.object({
  error: z.object({ message: z.string(), type: z.string(), param: z.string().nullable(), code: z.string() }),
})
