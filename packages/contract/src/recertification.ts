import { z } from 'zod'
import { slugSchema } from './ids.ts'

/** What a campaign asks about: 45 CFR 164.308(a)(4)(ii)(C). */
export const RECERTIFICATION_KINDS = ['grant', 'principal', 'token', 'group', 'client'] as const
export type RecertificationKind = (typeof RECERTIFICATION_KINDS)[number]

export const recertificationInputSchema = z.strictObject({
  scope: z.array(z.enum(RECERTIFICATION_KINDS)).min(1).max(RECERTIFICATION_KINDS.length),
  /** Nobody reviews what is his own, so somebody else must be among them. */
  reviewers: z.array(slugSchema).min(1).max(50),
  /** At this second whatever was not confirmed is in force no more. */
  dueAt: z.iso.datetime({ offset: true }),
})
export type RecertificationInput = z.infer<typeof recertificationInputSchema>

export const recertificationItemSchema = z.object({
  id: z.uuid(),
  kind: z.enum(RECERTIFICATION_KINDS),
  /** The id of the grant, principal, group or client, or the hash of the token. */
  subject: z.string(),
  /** Whose it is, when it is a person's or a service's. */
  holder: slugSchema.optional(),
  roles: z.array(z.string()),
  purposes: z.array(z.string()),
  state: z.enum(['waiting', 'kept', 'revoked', 'lapsed']),
  answeredBy: slugSchema.optional(),
  answeredAt: z.iso.datetime().optional(),
})
export type RecertificationItem = z.infer<typeof recertificationItemSchema>

export const recertificationSchema = z.object({
  id: z.uuid(),
  scope: z.array(z.enum(RECERTIFICATION_KINDS)),
  reviewers: z.array(slugSchema),
  startedBy: slugSchema,
  startedAt: z.iso.datetime(),
  dueAt: z.iso.datetime(),
  closedAt: z.iso.datetime().optional(),
  counts: z.object({ waiting: z.int(), kept: z.int(), revoked: z.int(), lapsed: z.int() }),
})
export type RecertificationRecord = z.infer<typeof recertificationSchema>

export const recertificationAnswerSchema = z.strictObject({ answer: z.enum(['keep', 'revoke']) })
