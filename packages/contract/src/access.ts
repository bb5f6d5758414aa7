import { z } from 'zod'
import { slugSchema } from './ids.ts'
import { purposeSchema, statedPurposeSchema } from './purpose.ts'
import { ACCESS_REASONS, BREAK_GLASS_REASONS } from './reasons.ts'
import { roleSchema, ROLES } from './roles.ts'

const MINUTE_SECONDS = 60
const DAY_SECONDS = 86_400

/** Longest that access may be asked for; beyond the limit of its role it is an exception. */
export const MAX_ACCESS_SECONDS = 90 * DAY_SECONDS
export const MAX_BREAK_GLASS_SECONDS = 60 * MINUTE_SECONDS

const uuidSchema = z.uuid()
const timeSchema = z.iso.datetime()
// No line breaks or control characters; what names a person in it is refused by the server.
const MAX_JUSTIFICATION_CHARS = 500
export const justificationSchema = z
  .string()
  .trim()
  .min(10)
  .max(MAX_JUSTIFICATION_CHARS)
  .regex(/^[^\p{Cc}\p{Cf}]*$/u)

const wantedShape = {
  /** Whose access it will be; the caller's when left out. */
  beneficiary: slugSchema.optional(),
  roles: z.array(roleSchema).max(ROLES.length).default([]),
  purposes: z.array(purposeSchema).max(20).default([]),
  seconds: z.int().min(MINUTE_SECONDS).max(MAX_ACCESS_SECONDS),
  /** From this second on, or from its approval when that comes later. */
  startsAt: z.iso.datetime({ offset: true }).optional(),
  reason: z.enum(ACCESS_REASONS),
  justification: justificationSchema,
}

/** Roles or purposes of use for a time. `exception` goes beyond the limit of a role and enters the risk register. */
export const accessRequestInputSchema = z
  .strictObject({ kind: z.enum(['just-in-time', 'exception']).default('just-in-time'), ...wantedShape })
  .refine(({ roles, purposes }) => roles.length + purposes.length > 0, {
    path: ['roles'],
    message: 'names no role and no purpose',
  })
export type AccessRequestInput = z.input<typeof accessRequestInputSchema>

const ACCESS_STATES = ['waiting', 'approved', 'denied', 'withdrawn', 'lapsed'] as const

export const accessRequestSchema = z.object({
  id: uuidSchema,
  kind: z.enum(['just-in-time', 'exception']),
  beneficiary: slugSchema,
  roles: z.array(roleSchema),
  purposes: z.array(statedPurposeSchema),
  seconds: z.int(),
  startsAt: timeSchema.optional(),
  reason: z.enum(ACCESS_REASONS),
  justification: z.string(),
  requestedBy: slugSchema,
  requestedAt: timeSchema,
  /** Unanswered at this second, it is closed. */
  lapsesAt: timeSchema,
  state: z.enum(ACCESS_STATES),
  answeredBy: slugSchema.optional(),
  answeredAt: timeSchema.optional(),
})
export type AccessRequestRecord = z.infer<typeof accessRequestSchema>

export const grantSchema = z.object({
  id: uuidSchema,
  request: uuidSchema,
  exception: uuidSchema.optional(),
  principal: slugSchema,
  roles: z.array(roleSchema),
  purposes: z.array(statedPurposeSchema),
  /** In force from this second on, and before `validUntil`. */
  validFrom: timeSchema,
  validUntil: timeSchema,
  givenBy: slugSchema,
  state: z.enum(['to come', 'in force', 'ended']),
  endedAt: timeSchema.optional(),
})
export type GrantRecord = z.infer<typeof grantSchema>

export const breakGlassInputSchema = z.strictObject({
  reason: z.enum(BREAK_GLASS_REASONS),
  justification: justificationSchema,
  seconds: z.int().min(MINUTE_SECONDS).max(MAX_BREAK_GLASS_SECONDS).default(MAX_BREAK_GLASS_SECONDS),
  /** `review`: open at once, reviewed by its due date. `second-person`: open once another person confirms. */
  control: z.enum(['review', 'second-person']).default('review'),
})
export type BreakGlassInput = z.input<typeof breakGlassInputSchema>

export const breakGlassSchema = z.object({
  id: uuidSchema,
  principal: slugSchema,
  reason: z.enum(BREAK_GLASS_REASONS),
  justification: z.string(),
  control: z.enum(['review', 'second-person']),
  openedAt: timeSchema,
  endsAt: timeSchema,
  state: z.enum(['to confirm', 'open', 'closed']),
  confirmedBy: slugSchema.optional(),
  closedAt: timeSchema.optional(),
  reviewDueAt: timeSchema,
  isReviewOverdue: z.boolean(),
  reviewedBy: slugSchema.optional(),
  reviewedAt: timeSchema.optional(),
  finding: z.enum(['justified', 'not-justified']).optional(),
})
export type BreakGlassRecord = z.infer<typeof breakGlassSchema>

export const breakGlassReviewSchema = z.strictObject({ finding: z.enum(['justified', 'not-justified']) })

export const ALERT_KINDS = [
  'agreement-ended',
  'agreement-ends-soon',
  'break-glass-opened',
  'break-glass-review-overdue',
  'egress-frozen',
  'extraction-sweep',
  'session-flagged',
  'signin-failing',
  'signin-locked',
  'totp-removed',
  'unusual-volume',
] as const

export const alertSchema = z.object({
  id: uuidSchema,
  kind: z.enum(ALERT_KINDS),
  /** The id of what it is about. */
  object: uuidSchema,
  /** What it is about, when people named it, e.g. an agreement. */
  subject: slugSchema.optional(),
  /** Whom it is about, when the object does not say. */
  principal: slugSchema.optional(),
  /** The address, or network of addresses, that log-ins failed from. */
  source: z.string().max(64).optional(),
  raisedAt: timeSchema,
  acknowledgedBy: slugSchema.optional(),
  acknowledgedAt: timeSchema.optional(),
})
export type AlertRecord = z.infer<typeof alertSchema>
