import { z } from 'zod'
import { slugSchema } from './ids.ts'
import { labelSchema } from './labels.ts'
import { purposeSchema, statedPurposeSchema } from './purpose.ts'
import { ROLES, roleSchema } from './roles.ts'
import { scopesSchema } from './scopes.ts'

const fields = {
  kind: z.enum(['service', 'human']),
  roles: z.array(roleSchema).min(1).max(ROLES.length),
  purposes: z.array(purposeSchema).max(20),
  /** Used when a request states none. */
  defaultPurpose: purposeSchema.optional(),
  /** May have masked values put back into the answers to its own requests. */
  mayRestore: z.boolean(),
  /** What everything bears that it sends, beside what it says itself. Left out: as it was. */
  labels: z.array(labelSchema).max(20).optional(),
}

export const principalInputSchema = z
  // People come through an identity provider or an invitation: nobody makes an account that several could share.
  .strictObject({ ...fields, kind: z.literal('service') })
  .refine(({ purposes, defaultPurpose }) => defaultPurpose === undefined || purposes.includes(defaultPurpose), {
    path: ['defaultPurpose'],
    message: 'not one of the purposes',
  })
export type PrincipalInput = z.infer<typeof principalInputSchema>

/** What a caller has at this second: grants and a break-glass included. */
const held = {
  ...fields,
  roles: z.array(z.string()),
  purposes: z.array(statedPurposeSchema),
  defaultPurpose: statedPurposeSchema.optional(),
}

export const principalSchema = z.object({
  ...held,
  id: slugSchema,
  isDisabled: z.boolean(),
})
export type PrincipalRecord = z.infer<typeof principalSchema>

export const whoamiSchema = z.object({ ...held, tenant: slugSchema, id: slugSchema })
export type Whoami = z.infer<typeof whoamiSchema>

const DAY_SECONDS = 86_400

/** Why there is an API key at all, where a service should hold a key pair of its own. Closed: no free text. */
export const TOKEN_REASONS = ['bootstrap', 'client-without-oauth', 'development', 'migration', 'vendor'] as const
export type TokenReason = (typeof TOKEN_REASONS)[number]

/** Where an API key may come from: an address, or a range in CIDR notation. */
const rangeSchema = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])

export const tokenInputSchema = z.strictObject({
  ttlSeconds: z
    .int()
    .min(60)
    .max(90 * DAY_SECONDS)
    .default(90 * DAY_SECONDS),
  /** Left out in development: this machine. Required elsewhere. */
  ranges: z.array(rangeSchema).min(1).max(50).optional(),
  /** Left out: all that the principal may. */
  scopes: scopesSchema.optional(),
  /** Left out in development: `development`. Required elsewhere. */
  reason: z.enum(TOKEN_REASONS).optional(),
})
export type TokenInput = z.input<typeof tokenInputSchema>

/** The SHA-256 of a token, in hex: names it without being it. */
export const tokenHashSchema = z.string().regex(/^[0-9a-f]{64}$/)

export const issuedTokenSchema = z.object({
  token: z.string(),
  sha256: tokenHashSchema,
  expiresAt: z.iso.datetime(),
})
export type IssuedTokenAnswer = z.infer<typeof issuedTokenSchema>
