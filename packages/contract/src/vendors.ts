import { z } from 'zod'
import { CONDITIONS, conditionSchema, EXEMPTIONS } from './agreements.ts'
import { featureSchema } from './features.ts'
import { slugSchema } from './ids.ts'
import { regionSchema } from './regions.ts'

/** Models by name; a star at the end stands for any rest. */
const modelPatternSchema = z.string().regex(/^(\*|[\x21-\x29\x2b-\x7e]{1,199}\*?)$/)

const fields = {
  id: slugSchema,
  vendor: slugSchema,
  service: slugSchema,
  /** An endpoint of this product, e.g. `responses`; `*` is every one. */
  endpoint: z.string().regex(/^(\*|[a-z][a-z0-9.-]{0,63})$/),
  /** `plain` stands for all features that leave nothing behind. */
  feature: z.union([z.literal('plain'), featureSchema]),
  model: modelPatternSchema,
  region: z.union([z.literal('*'), regionSchema]),
  /** Whether the vendor's agreement covers it; `if`: when all conditions are met. */
  coverage: z.enum(['yes', 'no', 'if']),
  conditions: z.array(conditionSchema).max(CONDITIONS.length).default([]),
  /** Days that the vendor keeps what is sent or answered; null: not known, so without end. */
  retentionDays: z.int().min(0).max(36_600).nullable(),
  /** Approvals under which it keeps nothing and nobody reads along. */
  liftedBy: z.array(z.enum(EXEMPTIONS)).max(EXEMPTIONS.length).default([]),
  /** Whether people at the vendor may read it; null: not known, so they may. */
  humanReview: z.boolean().nullable(),
  /** Whether models are trained on it; null: not known, so they are. */
  training: z.boolean().nullable(),
  subprocessors: z
    .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 .,&()/-]{0,99}$/))
    .max(50)
    .default([]),
  /** What the vendor calls the contract that covers it. */
  agreementTerm: z
    .string()
    .regex(/^[\x20-\x7e]{1,200}$/)
    .optional(),
  source: z
    .url({ protocol: /^https$/ })
    .regex(/^[\x21-\x7e]+$/)
    .max(500),
  /** When somebody last read the source. */
  checkedOn: z.iso.date(),
}

const hasConditions = ({ coverage, conditions = [] }: { coverage: string; conditions?: readonly string[] }): boolean =>
  (coverage === 'if') === conditions.length > 0

/** What a vendor's terms say of one feature of one service: a fact to confirm, never the vendor's promise. */
export const vendorFactInputSchema = z.strictObject(fields).refine(hasConditions, {
  path: ['conditions'],
  message: 'named where the coverage is `if`, and nowhere else',
})
export type VendorFactInput = z.input<typeof vendorFactInputSchema>

export const vendorImportSchema = z
  .strictObject({ facts: z.array(vendorFactInputSchema).min(1).max(500) })
  .refine(({ facts }) => new Set(facts.map(({ id }) => id)).size === facts.length, {
    path: ['facts'],
    message: 'an id stands there twice',
  })

export const vendorFactSchema = z.object({
  ...fields,
  version: z.int().positive(),
  /** Outside development only what a person confirmed counts as covered. */
  state: z.enum(['to-confirm', 'confirmed']),
  putBy: slugSchema,
  putAt: z.iso.datetime(),
  confirmedBy: slugSchema.optional(),
  confirmedAt: z.iso.datetime().optional(),
  /** Of a version to confirm: the one that counts meanwhile. */
  confirmedVersion: z.int().positive().optional(),
})
export type VendorFactRecord = z.infer<typeof vendorFactSchema>

export const vendorConfirmSchema = z.strictObject({
  /** The version that was read: a newer one is not confirmed by mistake. */
  version: z.int().positive(),
})
