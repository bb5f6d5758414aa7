import { z } from 'zod'
import { slugSchema } from './ids.ts'

const keyNameSchema = z.string().regex(/^[\x21-\x7e]{1,512}$/)
const kekFields = { provider: keyNameSchema, kekId: keyNameSchema, kekVersion: keyNameSchema }
const instantSchema = z.iso.datetime({ offset: true })
const patientSchema = z.string().min(1).max(200)
const objectClassSchema = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/)

/** Which keys there are, by number: never one of them. */
export const keyStatusSchema = z.object({
  environment: z.string(),
  provider: z.object({ name: keyNameSchema, kind: z.string(), currentVersion: keyNameSchema }),
  keyring: z.array(z.object({ label: z.string(), currentVersion: z.int().positive() })),
  dataKeys: z.array(
    z.object({
      ...kekFields,
      objectClass: z.string(),
      use: z.enum(['data', 'wrap']),
      keys: z.int(),
      isDue: z.boolean(),
    }),
  ),
  /** Classes whose keys open for attested machines only; the hash is of what is expected of them. */
  releases: z.array(z.object({ objectClass: z.string(), kind: z.string(), sha256: z.string() })),
})
export type KeyStatus = z.infer<typeof keyStatusSchema>

export const keyRotationSchema = z.strictObject({
  objectClass: objectClassSchema,
  /** `wrap`: the key above those of patients. */
  use: z.enum(['data', 'wrap']).default('data'),
})
export const keyringRotationSchema = z.strictObject({ label: z.enum(['data', 'tokens', 'subjects']) })

export const rewrapSchema = z.object({ rewrapped: z.int(), remaining: z.int() })

export const kekEventSchema = z.strictObject({
  ...kekFields,
  event: z.enum(['disabled', 'enabled', 'destroyed']),
  happenedAt: instantSchema,
})

/** In a body, because an id of a patient has no place in a URL. */
export const shredInputSchema = z.strictObject({ patient: patientSchema })

/** What was done to the keys of one patient, and where the log says so (45 CFR 164.310(d)(2)(i)). */
export const shredCertificateSchema = z.object({
  version: z.literal(1),
  tenant: slugSchema,
  /** Keyed references, in hex: they say which patient only to whoever holds the key. */
  subjects: z.array(z.string()),
  shreddedAt: instantSchema,
  shreddedBy: slugSchema,
  dataKeys: z.array(z.string()),
  /** Index of the entry `key.shredded`. */
  ledgerIndex: z.int().nonnegative(),
  /** Copies of the database made before can be opened for as long as one of these exists. */
  wrappedUnder: z.array(z.object(kekFields)),
})
export type ShredCertificate = z.infer<typeof shredCertificateSchema>

export const reachabilityInputSchema = z.strictObject({
  patient: patientSchema,
  /** When the copy in question was made; the database itself when left out. */
  copiedAt: instantSchema.optional(),
  at: instantSchema,
})
/** Whether whoever held a copy could have opened it at a time (45 CFR 164.402, unsecured protected health information). */
export const reachabilitySchema = z.object({
  isReachable: z.union([z.boolean(), z.literal('unknown')]),
  reasons: z.array(z.string()),
  dataKeys: z.array(
    z.object({ id: z.string(), isReachable: z.union([z.boolean(), z.literal('unknown')]), reason: z.string() }),
  ),
})
export type Reachability = z.infer<typeof reachabilitySchema>

const base64Schema = (maxLength: number): z.ZodString =>
  z
    .string()
    .min(4)
    .max(maxLength)
    .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)

export const releaseChallengeInputSchema = z.strictObject({ objectClass: objectClassSchema })
/** What evidence about a machine must contain, good once. */
export const releaseChallengeSchema = z.object({
  objectClass: z.string(),
  kind: z.enum(['aws-nitro', 'azure-attestation']),
  /** 32 bytes in base64. */
  nonce: z.string(),
  expiresAt: instantSchema,
})
export type ReleaseChallenge = z.infer<typeof releaseChallengeSchema>

export const releaseInputSchema = z.strictObject({
  objectClass: objectClassSchema,
  /** The current key of the class when left out. */
  dekId: z
    .string()
    .regex(/^[\w-]{16,64}$/)
    .exactOptional(),
  /** The attestation document or token, in base64: 48 KiB at most. */
  evidence: base64Schema(65_536),
})
/** A data key that only the attested machine can read. */
export const keyReleaseSchema = z.object({
  objectClass: z.string(),
  dekId: z.string(),
  algorithm: z.literal('RSA-OAEP-256'),
  /** To the key inside the evidence, in base64. */
  wrappedKey: z.string(),
  /** HMAC-SHA-256 of the key over its context, in base64: the machine may check that it got the key it asked for. */
  commitment: z.string(),
})
export type KeyRelease = z.infer<typeof keyReleaseSchema>
