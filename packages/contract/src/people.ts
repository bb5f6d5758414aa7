import { z } from 'zod'
import { slugSchema } from './ids.ts'
import { purposeSchema } from './purpose.ts'
import { ROLES, roleSchema } from './roles.ts'

const claimText = z.string().min(1).max(256)
const values = z.array(claimText).max(20)

/** What a group of the identity provider gives to its members. There is no other way for a person to get a role. */
export const groupMappingSchema = z.strictObject({
  group: claimText,
  roles: z.array(roleSchema).min(1).max(ROLES.length),
  purposes: z.array(purposeSchema).max(20).default([]),
  mayRestore: z.boolean().default(false),
})
export type GroupMapping = z.infer<typeof groupMappingSchema>

/** Values of `acr`, and sets of `amr` values that must all be present: one match is enough. */
export const assuranceSchema = z.strictObject({
  acr: values.default([]),
  amr: z.array(values.min(1)).max(20).default([]),
})
export type AssuranceRule = z.infer<typeof assuranceSchema>

const MUTABLE_CLAIMS: ReadonlySet<string> = new Set([
  'email',
  'family_name',
  'given_name',
  'mail',
  'name',
  'nickname',
  'phone_number',
  'preferred_username',
  'unique_name',
  'upn',
  'username',
])

const issuer = z
  .url({ protocol: /^https?$/ })
  .max(512)
  .refine((url) => !/[?#]/.test(url), { message: 'without query and fragment' })

export const identityProviderInputSchema = z
  .strictObject({
    /** Shown on the log-in page. */
    label: z.string().regex(/^[\p{L}\p{N} .,&'()-]{1,64}$/u),
    /** Exactly as the provider writes it (OpenID Connect Discovery 1.0 section 4.3). */
    issuer,
    clientId: z.string().regex(/^[\x21-\x7e]{1,256}$/),
    clientAuthentication: z.enum(['private_key_jwt', 'client_secret_basic']),
    /** File of the secrets folder: a private key (PKCS#8 PEM, P-256) or a client secret. */
    credentialFile: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/),
    /** `kid` in the header of the client's assertions. */
    keyId: z
      .string()
      .regex(/^[\x21-\x7e]{1,128}$/)
      .optional(),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/))
      .max(10)
      .default([]),
    /**
     * Which claim of an ID token says who it is; left out, `sub`. It must never be given to somebody else: addresses and names
     * are, so they are refused (OpenID Connect Core section 5.7). Entra's `sub` is pairwise: `oid` is what its SCIM sends.
     */
    subjectClaim: z
      .string()
      .regex(/^[\w:/.-]{1,128}$/)
      .refine((claim) => !MUTABLE_CLAIMS.has(claim.toLowerCase()), {
        message: 'a claim that is given to others in time',
      })
      .optional(),
    groupsClaim: z
      .string()
      .regex(/^[\w:/.-]{1,128}$/)
      .default('groups'),
    groups: z.array(groupMappingSchema).max(200),
    /** What counts as more than one factor. Nothing listed: nobody gets in. */
    mfa: assuranceSchema,
    /** What counts as resistant to phishing. */
    phishingResistant: assuranceSchema,
    /** How long before the log-in the provider may have seen the factors. */
    maxAuthenticationAgeSeconds: z
      .int()
      .min(0)
      .max(12 * 3_600)
      .default(3_600),
  })
  .refine(({ scopes }) => !scopes.includes('offline_access'), {
    path: ['scopes'],
    message: 'refresh tokens are not taken',
  })
export type IdentityProviderInput = z.infer<typeof identityProviderInputSchema>

export const identityProviderSchema = z.object({
  ...identityProviderInputSchema.shape,
  id: slugSchema,
  version: z.int().min(1),
  isDisabled: z.boolean(),
})
export type IdentityProviderRecord = z.infer<typeof identityProviderSchema>

/** What a log-in page offers to somebody unknown. */
export const signInOptionsSchema = z.object({
  providers: z.array(z.object({ id: slugSchema, label: z.string() })),
  hasPasskeys: z.boolean(),
  /** Somebody has the lesser factor: a password and codes. */
  hasTotp: z.boolean(),
  /** Nobody administers yet: `breakwater admin bootstrap` comes first. */
  needsBootstrap: z.boolean(),
})
export type SignInOptions = z.infer<typeof signInOptionsSchema>

/** Whose log-in it is; left out: the tenant of this installation. */
export const signInTenantSchema = z.strictObject({ tenant: slugSchema.optional() })

/** Where the browser goes next. */
export const redirectSchema = z.object({ url: z.url() })

/** Documents of WebAuthn Level 3 section 5.1 in their JSON forms; the library checks what is in them. */
const webAuthnJson = z.record(z.string(), z.unknown())
export const passkeyOptionsSchema = z.object({ options: webAuthnJson })
export const passkeyResponseSchema = z.strictObject({ tenant: slugSchema.optional(), response: webAuthnJson })

const label = z.string().regex(/^[\p{L}\p{N} .,'()_-]{1,64}$/u)

/** The secret of a one-use link, from the fragment of the page's address. */
export const enrolTokenSchema = z.strictObject({ token: z.string().regex(/^bwi_[a-z0-9-]{1,63}_[\w-]{43}$/) })
export const enrolSchema = z.strictObject({ ...enrolTokenSchema.shape, response: webAuthnJson, label })

/** Both at once: neither is a log-in by itself. The password is one that this server made. */
export const totpSchema = z.strictObject({
  password: z.string().regex(/^[A-Za-z2-7 -]{25,64}$/),
  code: z.string().regex(/^\d{6}$/),
})
export type TotpShown = z.infer<typeof totpSchema>
export const totpSignInSchema = z.strictObject({ tenant: slugSchema.optional(), ...totpSchema.shape })

/** Shown once. */
export const totpEnrolmentSchema = z.object({
  challenge: z.string().max(256),
  /** For the app, as a picture or a link. */
  uri: z.string().regex(/^otpauth:\/\/totp\//),
  /** The same secret in base32, to type. */
  secret: z.string(),
  password: z.string(),
})
export type TotpEnrolment = z.infer<typeof totpEnrolmentSchema>
export const totpEnrolSchema = z.strictObject({
  ...enrolTokenSchema.shape,
  challenge: z.string().regex(/^[\w-]{16,256}$/),
  code: totpSchema.shape.code,
})

export const passkeyAddSchema = z.strictObject({ response: webAuthnJson, label })

/** A credential id in base64url (WebAuthn Level 3 section 4). */
export const passkeyIdSchema = z.string().regex(/^[\w-]{1,1024}$/)

export const passkeySchema = z.object({
  id: passkeyIdSchema,
  label: z.string(),
  /** Copied to other devices by its maker's cloud. */
  isBackedUp: z.boolean(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
})
export type PasskeyRecord = z.infer<typeof passkeySchema>

export const personSchema = z.object({
  id: slugSchema,
  /** As the identity provider calls the person, or as the invitation does. */
  name: z.string(),
  source: z.enum(['identity-provider', 'local']),
  identityProvider: slugSchema.nullable(),
  roles: z.array(z.string()),
  isDisabled: z.boolean(),
  lockedUntil: z.iso.datetime().nullable(),
  passkeys: z.int().min(0),
  hasTotp: z.boolean(),
})
export type PersonRecord = z.infer<typeof personSchema>

/** Local accounts exist for administrators and for break-glass: everybody else comes through an identity provider. */
export const LOCAL_ROLES = ['administrator', 'security-officer', 'privacy-officer'] as const

export const invitationInputSchema = z.strictObject({
  name: label,
  roles: z.array(z.enum(LOCAL_ROLES)).min(1).max(LOCAL_ROLES.length),
})
export type InvitationInput = z.infer<typeof invitationInputSchema>

/** Shown once. The secret is in the fragment, which browsers send to nobody. */
export const invitationSchema = z.object({ url: z.url(), expiresAt: z.iso.datetime() })
export type IssuedInvitation = z.infer<typeof invitationSchema>
