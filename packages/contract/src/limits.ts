import { z } from 'zod'
import { slugSchema } from './ids.ts'
import { modelSchema } from './providers.ts'
import { statedPurposeSchema } from './purpose.ts'

/** What can be limited. `streams` are those open at the same time; `cost` is in millionths of a currency. */
export const LIMIT_METRICS = ['requests', 'tokens', 'cost', 'streams'] as const
/** Spans of the calendar in UTC, that a count begins anew with. */
export const LIMIT_SPANS = ['minute', 'day', 'month'] as const

const EACH = z.literal('*')
// As many digits as a number in a header may have (RFC 9651 3.3.1).
const MAX_AMOUNT = 999_999_999_999_999
const MAX_MICROS = 1_000_000_000_000
const currencySchema = z.string().regex(/^[A-Z]{3}$/)

/** The id of a limit: short enough for a code of the ledger. */
export const limitIdSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/)

const limitFields = {
  /** Whom it counts: `*` each by itself, left out all together. So too `purpose` and `provider`. */
  principal: z.union([EACH, slugSchema]).optional(),
  purpose: z.union([EACH, statedPurposeSchema]).optional(),
  provider: z.union([EACH, slugSchema]).optional(),
  metric: z.enum(LIMIT_METRICS),
  /** For all but `streams`. */
  span: z.enum(LIMIT_SPANS).optional(),
  amount: z.int().min(1).max(MAX_AMOUNT),
  /** Of `cost`: only models with a price in it may then be used. */
  currency: currencySchema.optional(),
}

export const limitInputSchema = z
  .strictObject(limitFields)
  .refine(({ metric, span }) => (metric === 'streams') === (span === undefined), {
    path: ['span'],
    message: 'for all but streams',
  })
  .refine(({ metric, currency }) => (metric === 'cost') === (currency !== undefined), {
    path: ['currency'],
    message: 'for cost, and nothing else',
  })
export type LimitInput = z.infer<typeof limitInputSchema>

export const limitSchema = z.object({
  ...limitFields,
  id: limitIdSchema,
  version: z.int().positive(),
  endedAt: z.iso.datetime().optional(),
})
export type LimitRecord = z.infer<typeof limitSchema>

/** What is counted now: what replicas hold in advance counts as taken. */
export const limitUsageSchema = z.object({
  limit: limitIdSchema,
  principal: slugSchema.optional(),
  purpose: statedPurposeSchema.optional(),
  provider: slugSchema.optional(),
  taken: z.int(),
  amount: z.int(),
  since: z.iso.datetime(),
})
export type LimitUsage = z.infer<typeof limitUsageSchema>

export const priceInputSchema = z.strictObject({
  provider: slugSchema,
  model: modelSchema,
  currency: currencySchema,
  /** Millionths of the currency for a million tokens. */
  inputMicros: z.int().min(0).max(MAX_MICROS),
  outputMicros: z.int().min(0).max(MAX_MICROS),
})
export type PriceInput = z.infer<typeof priceInputSchema>

export const priceSchema = z.object({ ...priceInputSchema.shape, version: z.int().positive() })
export type PriceRecord = z.infer<typeof priceSchema>
