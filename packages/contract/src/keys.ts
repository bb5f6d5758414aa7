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
