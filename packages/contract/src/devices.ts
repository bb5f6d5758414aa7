import { z } from 'zod'
import { scopeSchema } from './scopes.ts'

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
/** The one client that has no browser: the command line. It is public, so its name proves nothing (RFC 8628 section 5.6). */
export const DEVICE_CLIENT = 'breakwater-cli'

/** Consonants without those that look or sound like others; no vowels, so that no words arise (RFC 8628 section 6.1). */
export const USER_CODE_LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'
export const USER_CODE_CHARS = 8

/** RFC 8628 section 3.1; without a tenant, that of this installation. Others are ignored; none may come twice. */
export const deviceFormSchema = z.looseObject({
  client_id: z.literal(DEVICE_CLIENT),
  scope: z.string().optional(),
  tenant: z.string().optional(),
})

/** RFC 8628 section 3.2. */
export const deviceAuthorizationSchema = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.url(),
  verification_uri_complete: z.url(),
  expires_in: z.int(),
  interval: z.int(),
})
export type DeviceAuthorization = z.infer<typeof deviceAuthorizationSchema>

const USER_CODE = new RegExp(`^[${USER_CODE_LETTERS}]{${USER_CODE_CHARS}}$`)

/** As a person types it: any case, with or without the hyphen, blanks around. */
const userCodeSchema = z
  .string()
  .max(32)
  .transform((text) => text.toUpperCase().replace(/[\s-]/g, ''))
  .refine((text) => USER_CODE.test(text), { message: 'eight letters, as the program shows them' })

export const deviceCodeInputSchema = z.strictObject({ userCode: userCodeSchema })

/** What a person is shown before answering. */
export const deviceRequestSchema = z.object({
  client: z.string(),
  /** Where the program asks from, as its connection and headers say. */
  address: z.string(),
  userAgent: z.string(),
  /** What the log-in is narrowed to; null: all that the person may. */
  scopes: z.array(scopeSchema).nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
})
export type DeviceRequest = z.infer<typeof deviceRequestSchema>
