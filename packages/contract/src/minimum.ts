import { z } from 'zod'
import { endpointSchema } from './agreements.ts'
import { slugSchema } from './ids.ts'
import { modelSchema } from './providers.ts'
import { statedPurposeSchema } from './purpose.ts'
import { roleSchema } from './roles.ts'

const MAX_DAYS = 36_525
const MAX_RECORDS = 100_000

/** A place in a record, e.g. `/name/family`: lists are looked through, and a star ends a segment for any rest of it. */
const fieldSchema = z
  .string()
  .max(200)
  .regex(/^(?:\/[A-Za-z0-9_$.: -]{0,80}\*?){1,16}$/)

const ruleFields = {
  /** What may leave of a record, each with all that it holds. */
  fields: z.array(fieldSchema).max(200),
  /** Days back from today, by the record's dates; one without a date is not within any. Dates it goes by stay in. */
  lookBackDays: z.int().min(0).max(MAX_DAYS).optional(),
  /** Where the dates are; left out: where FHIR R4 has them for the type. */
  dateFields: z.array(fieldSchema).min(1).max(10).optional(),
  /** How many of them in a request, the newest ones. */
  maxCount: z.int().min(0).max(MAX_RECORDS).optional(),
}

const resourceTypeSchema = z.string().regex(/^[A-Z][A-Za-z]{1,63}$/)

/** Which fields, from when on and how many records may leave (45 CFR 164.502(b), 164.514(d)). */
export const minimumRulesSchema = z.strictObject({
  /** By FHIR resource type. */
  resources: z.record(resourceTypeSchema, z.strictObject(ruleFields)),
  /** Objects of JSON that are no FHIR: known by the members they all have. */
  records: z
    .array(
      z
        .strictObject({
          name: slugSchema,
          members: z
            .array(z.string().regex(/^[A-Za-z0-9_$.: -]{1,80}$/))
            .min(1)
            .max(10),
          ...ruleFields,
        })
        .refine(({ lookBackDays, dateFields }) => lookBackDays === undefined || dateFields !== undefined, {
          path: ['dateFields'],
          message: 'a look-back needs to know where the dates are',
        }),
    )
    .max(50)
    .default([]),
  /** Resources of any other type. */
  otherResources: z.enum(['remove', 'refuse']),
  /** Objects of JSON in texts and tool calls that are neither; `keep` leaves them to de-identification alone. */
  otherObjects: z.enum(['keep', 'remove', 'refuse']),
})
export type MinimumRules = z.infer<typeof minimumRulesSchema>
export type MinimumRule = MinimumRules['resources'][string]

export const minimumPolicyInputSchema = z.strictObject({
  /** Whoever has one of the roles and states one of the purposes, at one of the endpoints or at any. */
  roles: z.array(roleSchema).min(1).max(20),
  purposes: z.array(statedPurposeSchema).min(1).max(20),
  endpoints: z.array(endpointSchema).min(1).max(20).optional(),
  /** Only for these models, e.g. those that read images; left out: for all. */
  models: z.array(modelSchema).min(1).max(50).optional(),
  rules: minimumRulesSchema,
})
export type MinimumPolicyInput = z.infer<typeof minimumPolicyInputSchema>

export const minimumPolicySchema = z.object({
  ...minimumPolicyInputSchema.shape,
  id: slugSchema,
  version: z.int().positive(),
  /** `off` until somebody activates it; the version activated last is in force until it ends. */
  state: z.enum(['off', 'active', 'replaced', 'ended']),
})
export type MinimumPolicyRecord = z.infer<typeof minimumPolicySchema>

/** A record to try rules on. It is trimmed and given back; nothing of it is kept or sent on. */
export const minimumTrialInputSchema = z.strictObject({
  rules: minimumRulesSchema,
  text: z.string().min(1).max(200_000),
})

export const minimumTrialSchema = z.object({
  /** What would leave, before de-identification. */
  left: z.string(),
  /** How many fields and whole records were left out, and how often which place. */
  fields: z.int().nonnegative(),
  records: z.int().nonnegative(),
  places: z.array(z.object({ place: z.string(), count: z.int().positive() })),
})
export type MinimumTrial = z.infer<typeof minimumTrialSchema>
