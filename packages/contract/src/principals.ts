import { z } from 'zod'
import { slugSchema } from './ids.ts'
import { purposeSchema, statedPurposeSchema } from './purpose.ts'
import { ROLES, roleSchema } from './roles.ts'

const fields = {
  kind: z.enum(['service', 'human']),
  roles: z.array(roleSchema).min(1).max(ROLES.length),
  purposes: z.array(purposeSchema).max(20),
  /** Used when a request states none. */
  defaultPurpose: purposeSchema.optional(),
  /** May have masked values put back into the answers to its own requests. */
  mayRestore: z.boolean(),
}

export const principalInputSchema = z
  .strictObject(fields)
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

export const tokenInputSchema = z.strictObject({
  ttlSeconds: z
    .int()
    .min(60)
    .max(366 * DAY_SECONDS)
    .default(90 * DAY_SECONDS),
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
