import { z } from 'zod'
import { ACTIONS } from './actions.ts'
import { BASIS_KINDS, dataClassSchema, ENVIRONMENTS, RESOURCE_KINDS } from './data.ts'
import { slugSchema } from './ids.ts'
import { labelSchema } from './labels.ts'
import { modelSchema } from './providers.ts'
import { statedPurposeSchema } from './purpose.ts'
import { roleSchema } from './roles.ts'

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)
const textSchema = z.string().min(1).max(100_000)
const classSchema = z.string().regex(/^[A-Z][A-Z_]{1,31}$/)
/** A column or field, as its store names it. */
const fieldSchema = z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/)

/** Circumstances of a question that a policy may look at. */
const circumstances = {
  action: z.enum(ACTIONS),
  purpose: statedPurposeSchema.optional(),
  resource: z.enum(RESOURCE_KINDS).optional(),
  dataClass: dataClassSchema.optional(),
  fields: z.array(fieldSchema).max(500).optional(),
  classes: z.array(classSchema).max(64).optional(),
  labels: z.array(labelSchema).max(20).optional(),
  /** The model runs in the organisation's own network. */
  isLocal: z.boolean().optional(),
  /** The model is served where the labels say that the data must stay. */
  isResidencyKept: z.boolean().optional(),
  basis: z.enum(BASIS_KINDS).optional(),
  provider: slugSchema.optional(),
  model: modelSchema.optional(),
  environment: z.enum(ENVIRONMENTS).optional(),
  isMfa: z.boolean().optional(),
  isRecentlyAuthenticated: z.boolean().optional(),
  isBreakGlass: z.boolean().optional(),
}

const somebody = z.strictObject({
  kind: z.enum(['service', 'human']).default('service'),
  roles: z.array(roleSchema).max(20),
  /** Left out: the purpose asked about. */
  purposes: z.array(statedPurposeSchema).max(20).optional(),
  mayRestore: z.boolean().default(true),
})

/** One row of a table of cases: who asks what, and what the set must answer. */
export const policyCaseSchema = z.strictObject({
  name: z.string().min(1).max(120),
  principal: somebody,
  ...circumstances,
  expect: z.enum(['allow', 'deny']),
  /** Ids of the deciding policies, all of them, when that matters. */
  policies: z.array(z.string().max(63)).max(100).optional(),
  /** As a policy would write them, e.g. `mask:SSN`. */
  obligations: z.array(z.string().max(100)).max(100).optional(),
})
export type PolicyCase = z.input<typeof policyCaseSchema>

export const policyCasesSchema = z.array(policyCaseSchema).min(1).max(5_000)

const policyCaseResultSchema = z.object({
  name: z.string(),
  expected: z.enum(['allow', 'deny']),
  decided: z.enum(['allow', 'deny', 'error']),
  policies: z.array(z.string()),
  obligations: z.array(z.string()),
  isPassed: z.boolean(),
})
export type PolicyCaseResult = z.infer<typeof policyCaseResultSchema>

export const policyDraftInputSchema = z.strictObject({
  /** Left out: the schema of this version. */
  schema: textSchema.optional(),
  policies: z
    .array(z.strictObject({ id: slugSchema, text: textSchema }))
    .min(1)
    .max(2_000),
  cases: policyCasesSchema,
})

const draftFields = {
  sha256: sha256Schema,
  origin: z.enum(['uploaded', 'shipped']),
  draftedBy: slugSchema,
  draftedAt: z.iso.datetime(),
  /** When its cases passed last, and how many. */
  testedAt: z.iso.datetime().optional(),
  casesPassed: z.int().positive().optional(),
  approvedBy: slugSchema.optional(),
  approvedAt: z.iso.datetime().optional(),
  isSingleControl: z.boolean(),
  isActive: z.boolean(),
}
export const policyDraftSchema = z.object(draftFields)
export type PolicyDraftRecord = z.infer<typeof policyDraftSchema>

export const policyTestSchema = z.object({ draft: policyDraftSchema, results: z.array(policyCaseResultSchema) })

export const policySetSchema = z.object({
  sha256: sha256Schema,
  schema: z.string(),
  policies: z.record(z.string(), z.string()),
})

export const policyExplainInputSchema = z.strictObject({
  /** A principal of this tenant, as it stands. */
  id: slugSchema.optional(),
  /** Or somebody invented. */
  principal: somebody.optional(),
  ...circumstances,
})
export type PolicyExplainInput = z.input<typeof policyExplainInputSchema>

export const policyExplanationSchema = z.object({
  isAllowed: z.boolean(),
  policySet: sha256Schema,
  policies: z.array(z.string()),
  obligations: z.array(z.string()),
  dataClass: dataClassSchema,
  /** Permissions of this action that did not hold, with what was missing. */
  nearMisses: z.array(z.object({ policy: z.string(), missing: z.array(z.string()) })),
})
export type PolicyExplanation = z.infer<typeof policyExplanationSchema>

// What the shipped schema lets `train` be asked for.
const TRAINABLE: ReadonlySet<string> = new Set(['training-data', 'feature-store'])

/** What a store of data asks before it hands anything out: for the caller itself. */
export const decisionInputSchema = z
  .strictObject({
    action: z.enum(['readData', 'writeData', 'train']),
    resource: z.strictObject({
      kind: z.enum(['patient-record', 'training-data', 'feature-store', 'inference-log']),
      id: slugSchema,
    }),
    purpose: statedPurposeSchema,
    dataClass: dataClassSchema.optional(),
    fields: z.array(fieldSchema).max(500).optional(),
    labels: z.array(labelSchema).max(20).optional(),
    /** Id of a legal-basis record. */
    basis: slugSchema.optional(),
    /** As `Breakwater-Patient`; only a keyed reference of it is kept. */
    patient: z.string().min(1).max(256).optional(),
  })
  .refine(({ action, resource }) => action !== 'train' || TRAINABLE.has(resource.kind), {
    path: ['resource', 'kind'],
    message: 'no model is trained on it: training-data or feature-store',
  })

export const decisionSchema = z.object({
  decision: z.enum(['allow', 'deny']),
  policySet: sha256Schema,
  policies: z.array(z.string()),
  dataClass: dataClassSchema,
  obligations: z.object({
    mask: z.array(z.string()),
    egressTools: z.array(z.string()),
    hasPreamble: z.boolean(),
    isReadOnly: z.boolean(),
    audit: z.enum(['standard', 'full']),
    maxRecords: z.int().positive().optional(),
    lookBackDays: z.int().positive().optional(),
  }),
  /** Place of this decision in the ledger. */
  index: z.int().nonnegative(),
})
