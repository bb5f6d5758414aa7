import { z } from 'zod'
import { slugSchema } from './ids.ts'
import { whoamiSchema } from './principals.ts'

/** How the factors of a session were shown. */
export const SIGN_IN_METHODS = ['oidc', 'passkey', 'totp', 'device'] as const
export const signInMethodSchema = z.enum(SIGN_IN_METHODS)
export type SignInMethod = z.infer<typeof signInMethodSchema>

/** Names a session without being its secret. */
export const sessionIdSchema = z.uuid()

export const sessionSchema = z.object({
  id: sessionIdSchema,
  principal: slugSchema,
  method: signInMethodSchema,
  isMfa: z.boolean(),
  isPhishingResistant: z.boolean(),
  /** The session of this very request. */
  isCurrent: z.boolean(),
  /** It was used from two places at once, or began while the person was at work somewhere else. */
  isFlagged: z.boolean(),
  startedAt: z.iso.datetime(),
  /** When factors were last shown: a step-up is good for five minutes from here. */
  authenticatedAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  /** Without another request it ends here. */
  idleEndsAt: z.iso.datetime(),
  /** Whatever happens it ends here. */
  endsAt: z.iso.datetime(),
  /** Where it began, as the connection and the browser say. */
  address: z.string(),
  userAgent: z.string(),
})
export type SessionRecord = z.infer<typeof sessionSchema>

/** Who is signed in, and by which session; the first thing that a console asks for. */
export const currentSessionSchema = z.object({
  person: whoamiSchema,
  session: sessionSchema,
  /** Routes that need a step-up would pass now. */
  isSteppedUp: z.boolean(),
  /** How this person can step up, strongest first. */
  stepUpMethods: z.array(z.enum(['passkey', 'totp', 'oidc'])),
  /** Fewer than two administrators: what is changed now is marked in the ledger. */
  isSingleControl: z.boolean(),
})
export type CurrentSession = z.infer<typeof currentSessionSchema>

export const sessionsSchema = z.object({ sessions: z.array(sessionSchema) })
export const endedSessionsSchema = z.object({ ended: z.int().min(0) })

/** 15 minutes: longer needs an exception of the risk register (our policy; 45 CFR 164.312(a)(2)(iii) names no number). */
export const MAX_IDLE_SECONDS = 900

export const sessionPolicySchema = z.strictObject({
  idleSeconds: z
    .int()
    .min(60)
    .max(8 * 3_600),
  /** From showing the factors to the end, whatever happens. */
  absoluteSeconds: z
    .int()
    .min(300)
    .max(24 * 3_600),
  /** What happens to a session that is used from two places at once. */
  onConcurrentUse: z.enum(['flag', 'end']),
  /** Sessions of one person at a time; the oldest gives way. */
  maxSessions: z.int().min(1).max(20),
  /** Id of the recorded exception that allows more than 15 idle minutes. */
  exception: slugSchema.optional(),
})
export type SessionPolicy = z.infer<typeof sessionPolicySchema>
