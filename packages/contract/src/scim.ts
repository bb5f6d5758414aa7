import { z } from 'zod'
import { slugSchema } from './ids.ts'

const DAY_SECONDS = 86_400

export const scimTokenInputSchema = z.strictObject({
  /** Whose people it may speak of. */
  identityProvider: slugSchema,
  /** Which attribute says what the provider's ID tokens say as `sub`. */
  subjectAttribute: z.enum(['externalId', 'userName']).default('externalId'),
  ttlSeconds: z
    .int()
    .min(3_600)
    .max(366 * DAY_SECONDS)
    .default(180 * DAY_SECONDS),
  /** Addresses, or ranges in CIDR notation, that it is good from. Left out in development: this machine. */
  ranges: z
    .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
    .min(1)
    .max(50)
    .optional(),
})
export type ScimTokenInput = z.input<typeof scimTokenInputSchema>

export const scimTokenSchema = z.object({
  id: z.uuid(),
  identityProvider: slugSchema,
  subjectAttribute: z.enum(['externalId', 'userName']),
  ranges: z.array(z.string()),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
})
export type ScimTokenRecord = z.infer<typeof scimTokenSchema>

/** The secret is shown once. */
export const issuedScimTokenSchema = z.object({ ...scimTokenSchema.shape, token: z.string() })
