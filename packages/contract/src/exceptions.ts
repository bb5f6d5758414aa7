import { z } from 'zod'
import { justificationSchema } from './access.ts'
import { slugSchema } from './ids.ts'

/**
 * What may deviate from a rule, for a time, once a second person agreed. `access` rows are made by approving an access
 * request; the other kinds are looked up by the part that holds the rule.
 */
export const EXCEPTION_KINDS = ['access', 'api-key', 'idle-timeout', 'tls-1.2'] as const

const YEAR_SECONDS = 366 * 86_400

export const exceptionInputSchema = z.strictObject({
  kind: z.enum(['api-key', 'idle-timeout', 'tls-1.2']),
  /** What deviates: the id of a principal or provider, the name of a listener, or `*` for the whole tenant. */
  subject: z.string().regex(/^(\*|[a-z0-9][a-z0-9._:/-]{0,126})$/),
  /** Who answers for it; never who approves it. */
  owner: slugSchema,
  seconds: z.int().min(60).max(YEAR_SECONDS),
  justification: justificationSchema,
})
export type ExceptionInput = z.infer<typeof exceptionInputSchema>

/** One row of the risk register. */
export const exceptionSchema = z.object({
  id: z.uuid(),
  kind: z.enum(EXCEPTION_KINDS),
  subject: z.string(),
  owner: slugSchema,
  justification: z.string(),
  proposedBy: slugSchema,
  proposedAt: z.iso.datetime(),
  /** Before this second, whatever happens. */
  expiresAt: z.iso.datetime(),
  state: z.enum(['proposed', 'in force', 'expired', 'ended']),
  approvedBy: slugSchema.optional(),
  approvedAt: z.iso.datetime().optional(),
  endedBy: slugSchema.optional(),
  endedAt: z.iso.datetime().optional(),
})
export type ExceptionRecord = z.infer<typeof exceptionSchema>
