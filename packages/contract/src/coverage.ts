import { z } from 'zod'
import { endpointSchema } from './agreements.ts'
import { featureSchema } from './features.ts'
import { slugSchema } from './ids.ts'
import { PROVIDER_KINDS } from './provider-kinds.ts'
import { statedPurposeSchema } from './purpose.ts'

export const coverageQuerySchema = z.strictObject({
  purpose: statedPurposeSchema.default('TREAT'),
  endpoint: endpointSchema.default('chat.completions'),
})

const coverageCellSchema = z.object({
  /** `plain` stands for all features that leave nothing behind. */
  feature: z.union([z.literal('plain'), featureSchema]),
  /** For how many of the provider's models an agreement in force covers it. */
  covered: z.int().nonnegative(),
  /** The agreement that does, and the second that it ends at; of several, the one that ends first. */
  agreement: slugSchema.optional(),
  endsAt: z.iso.datetime().optional(),
  /** Of a model that is not covered: what the closest agreement lacks, by names of closed lists. */
  missing: z.array(z.string()),
})
export type CoverageCell = z.infer<typeof coverageCellSchema>

/** What agreements in force cover at this second, for each provider that is on and each feature, decided as a request is. */
export const coverageSchema = z.object({
  providers: z.array(
    z.object({
      id: slugSchema,
      kind: z.enum(PROVIDER_KINDS),
      isInternal: z.boolean(),
      /** How many models it serves. */
      models: z.int().positive(),
      cells: z.array(coverageCellSchema),
    }),
  ),
})
export type Coverage = z.infer<typeof coverageSchema>
