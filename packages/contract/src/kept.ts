import { z } from 'zod'
import { slugSchema } from './ids.ts'
import { OPEN_PURPOSES, statedPurposeSchema } from './purpose.ts'

/** What may be kept of crossings; nothing is, until it is switched on. */
export const KEPT_KINDS = ['history', 'feedback', 'evaluation'] as const
export const keptKindSchema = z.enum(KEPT_KINDS)
export type KeptKind = (typeof KEPT_KINDS)[number]

/** Why it is kept. A code and no text, because it goes to the ledger. */
export const KEEP_REASONS = [
  'dispute',
  'incident-investigation',
  'model-evaluation',
  'quality-review',
  'safety-review',
] as const

/** Six years, as long as documentation must be kept (45 CFR 164.316(b)(2)). */
export const MAX_KEPT_DAYS = 2_190

const openPurposeSchema = z.enum(OPEN_PURPOSES)

export const keptRuleInputSchema = z.strictObject({
  /** What for: it is read for no other purpose. */
  purpose: openPurposeSchema,
  retentionDays: z.int().min(1).max(MAX_KEPT_DAYS),
  reason: z.enum(KEEP_REASONS),
  /** Of history: beside the masked form the one with the caller's values. */
  keepsRestored: z.boolean().default(false),
})
export type KeptRuleInput = z.infer<typeof keptRuleInputSchema>

export const keptRuleSchema = z.object({
  ...keptRuleInputSchema.shape,
  kind: keptKindSchema,
  putBy: slugSchema,
  putAt: z.iso.datetime(),
  /** How many rows are kept under it now. */
  count: z.int().nonnegative(),
})
export type KeptRuleRecord = z.infer<typeof keptRuleSchema>

/** How something kept is asked for: for which purpose, and which page of it, the newest first. */
export const keptQuerySchema = z.strictObject({
  purpose: openPurposeSchema,
  before: z.iso.datetime().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})
export type KeptQuery = z.input<typeof keptQuerySchema>

const crossingSchema = z.uuid()

export const historyRecordSchema = z.object({
  crossing: crossingSchema,
  principal: slugSchema,
  endpoint: z.string(),
  provider: slugSchema,
  model: z.string(),
  purpose: statedPurposeSchema,
  isStream: z.boolean(),
  /** A keyed reference. */
  patient: z.string().optional(),
  /** Of identifiers that were masked. */
  classes: z.array(z.string()),
  hasRestored: z.boolean(),
  keptAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
})
export type HistoryRecord = z.infer<typeof historyRecordSchema>

export const historyReadSchema = z.strictObject({
  purpose: openPurposeSchema,
  /** `restored` is for whoever may have every class in it put back. */
  form: z.enum(['masked', 'restored']).default('masked'),
})

/** Request and answer in the words of the endpoint; of a stream, its events. */
export const historyTextsSchema = z.object({
  ...historyRecordSchema.shape,
  form: z.enum(['masked', 'restored']),
  request: z.string(),
  answer: z.string(),
})
export type HistoryTexts = z.infer<typeof historyTextsSchema>

/** What is thought of an answer. */
const FEEDBACK_REASONS = [
  'correct',
  'helpful',
  'incorrect',
  'incomplete',
  'irrelevant',
  'unsafe',
  'biased',
  'over-masked',
  'identifier-shown',
  'other',
] as const

export const feedbackInputSchema = z.strictObject({
  rating: z.enum(['up', 'down']),
  reasonCode: z.enum(FEEDBACK_REASONS),
  /** Masked as a prompt is, before it is kept. */
  comment: z.string().min(1).max(4_000).optional(),
})
export type FeedbackInput = z.infer<typeof feedbackInputSchema>

export const feedbackSchema = z.object({
  id: z.uuid(),
  crossing: crossingSchema,
  principal: slugSchema,
  rating: feedbackInputSchema.shape.rating,
  reasonCode: feedbackInputSchema.shape.reasonCode,
  hasComment: z.boolean(),
  /** Missing, where there is one, once its patient's keys were shredded. */
  comment: z.string().optional(),
  keptAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
})
export type FeedbackRecord = z.infer<typeof feedbackSchema>

export const keptAnswerSchema = z.object({ id: z.uuid(), expiresAt: z.iso.datetime() })
export type KeptAnswer = z.infer<typeof keptAnswerSchema>

export const evaluationSchema = z.object({
  id: slugSchema,
  createdBy: slugSchema,
  createdAt: z.iso.datetime(),
  count: z.int().nonnegative(),
})
export type EvaluationRecord = z.infer<typeof evaluationSchema>

/** A crossing of the history, in its masked form, or a text, which is masked when it comes in. */
export const evaluationInputSchema = z.union([
  z.strictObject({ crossing: crossingSchema }),
  z.strictObject({ text: z.string().min(1).max(50_000) }),
])
export type EvaluationInput = z.infer<typeof evaluationInputSchema>

export const evaluationReadSchema = z.strictObject({ purpose: openPurposeSchema })

export const evaluationSampleSchema = z.object({
  id: z.uuid(),
  crossing: crossingSchema.optional(),
  request: z.string().optional(),
  answer: z.string().optional(),
  text: z.string().optional(),
})
export type EvaluationSample = z.infer<typeof evaluationSampleSchema>
