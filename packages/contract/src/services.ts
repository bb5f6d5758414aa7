import { z } from 'zod'
import { slugSchema } from './ids.ts'
import { scopesSchema } from './scopes.ts'

/** Signature algorithms of service clients. Closed: no symmetric one, no PKCS #1 v1.5 below RS384, never `none`. */
export const CLIENT_ALGORITHMS = ['ES256', 'ES384', 'RS384', 'PS256', 'EdDSA'] as const
export const clientAlgorithmSchema = z.enum(CLIENT_ALGORITHMS)
export type ClientAlgorithm = (typeof CLIENT_ALGORITHMS)[number]

const base64url = z.string().regex(/^[A-Za-z0-9_-]{1,1400}$/)
const common = { kid: z.string().max(128).exactOptional(), use: z.literal('sig').exactOptional() }

const ecKeySchema = z.strictObject({
  kty: z.literal('EC'),
  crv: z.enum(['P-256', 'P-384']),
  x: base64url,
  y: base64url,
  alg: z.enum(['ES256', 'ES384']).exactOptional(),
  ...common,
})
const okpKeySchema = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: base64url,
  alg: z.enum(['EdDSA', 'Ed25519']).exactOptional(),
  ...common,
})
const rsaFields = { kty: z.literal('RSA'), n: base64url, e: base64url, ...common } as const

/** A public key (RFC 7517). Strict: a private member, a certificate chain or an address of another key set is refused. */
export const publicJwkSchema = z.discriminatedUnion('kty', [
  ecKeySchema,
  okpKeySchema,
  z.strictObject({ ...rsaFields, alg: z.enum(['RS384', 'PS256']) }),
])
export type PublicJwk = z.infer<typeof publicJwkSchema>

/** A key made for one client's proofs (RFC 9449): small and quick. */
export const proofJwkSchema = z.discriminatedUnion('kty', [ecKeySchema, okpKeySchema])

/** Identity providers sign with RS256 more often than not. */
const issuerJwkSchema = z.discriminatedUnion('kty', [
  ecKeySchema.required({ kid: true, alg: true }),
  okpKeySchema.required({ kid: true, alg: true }),
  z.strictObject({ ...rsaFields, kid: z.string().max(128), alg: z.enum(['RS256', 'RS384', 'PS256']) }),
])
export type IssuerJwk = z.infer<typeof issuerJwkSchema>

/** SHA-256 over the DER of a certificate, base64url without padding: `x5t#S256` of RFC 8705. */
const certificateSha256Schema = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

const clientFields = {
  /** All that its tokens may ever be for. */
  scopes: scopesSchema,
  /** Client certificates that its tokens may be bound to, besides DPoP keys (RFC 8705). */
  certificates: z.array(certificateSha256Schema).max(10).default([]),
  /** The same by name: URIs in the SubjectAltName (SPIFFE, RFC 8705 section 2.1.2). */
  certificateUris: z
    .array(z.url().regex(/^[\x21-\x2b\x2d-\x7e]{1,512}$/))
    .max(10)
    .default([]),
}

export const serviceInputSchema = z.strictObject(clientFields)
export type ServiceInput = z.input<typeof serviceInputSchema>

export const serviceKeySchema = z.object({
  /** The key's RFC 7638 thumbprint: what `kid` of its signatures says. */
  kid: z.string(),
  algorithm: clientAlgorithmSchema,
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
})
export type ServiceKey = z.infer<typeof serviceKeySchema>

export const serviceSchema = z.object({
  ...clientFields,
  id: slugSchema,
  /** How it names itself at the token endpoint: `<tenant>.<id>`. */
  clientId: z.string(),
  isDisabled: z.boolean(),
  keys: z.array(serviceKeySchema),
})
export type ServiceRecord = z.infer<typeof serviceSchema>

export const serviceKeyInputSchema = z.strictObject({
  jwk: publicJwkSchema,
  ttlDays: z.int().min(1).max(366).default(180),
})
export type ServiceKeyInput = z.input<typeof serviceKeyInputSchema>

/** An RFC 7638 thumbprint with SHA-256. */
export const kidSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

/** How long the key still serves: 0 ends it now, an hour lets every replica of the service change over. */
export const retireKeyInputSchema = z.strictObject({
  graceSeconds: z
    .int()
    .min(0)
    .max(7 * 86_400)
    .default(3_600),
})
export type RetireKeyInput = z.input<typeof retireKeyInputSchema>

/** Who may vouch for people on whose behalf a service acts (RFC 8693): its `iss`, its keys, the audience they name. */
export const actorIssuerInputSchema = z.strictObject({
  issuer: z.url({ protocol: /^https$/ }).max(512),
  audience: z.string().regex(/^[\x21-\x7e]{1,256}$/),
  keys: z.array(issuerJwkSchema).min(1).max(10),
})
export type ActorIssuerInput = z.infer<typeof actorIssuerInputSchema>

export const actorIssuerSchema = z.object({
  id: slugSchema,
  issuer: z.string(),
  audience: z.string(),
  kids: z.array(z.string()),
  isDisabled: z.boolean(),
})
export type ActorIssuerRecord = z.infer<typeof actorIssuerSchema>
