import { z } from 'zod'
import { slugSchema } from './ids.ts'
import { PROVIDER_KINDS, providerSettingsSchema, secretFileSchema } from './provider-kinds.ts'
import { findBrokenRules } from './provider-rules.ts'
import { regionSchema } from './regions.ts'

/** How a request names a model: printable ASCII without blanks. */
export const modelSchema = z.string().regex(/^[\x21-\x7e]{1,200}$/)

const addressSchema = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])

/** Whether all addresses are of this machine's loopback, where nobody listens on a wire (RFC 1122 3.2.1.3, RFC 4291 2.5.3). */
export function isThisMachine(addresses: readonly string[]): boolean {
  return addresses.every((address) => {
    const [base = '', prefix = '32'] = address.split('/')
    return (base.startsWith('127.') && Number(prefix) >= 8) || address === '::1' || address === '::1/128'
  })
}

const modelNamesSchema = z.record(modelSchema, modelSchema).refine((names) => Object.keys(names).length <= 200)

const fallbackSchema = z.strictObject({
  provider: slugSchema,
  /** How that provider calls a model of this one; what is not named is called the same there. */
  models: modelNamesSchema.default({}),
})
export type ProviderFallback = z.infer<typeof fallbackSchema>

const fields = {
  kind: z.enum(PROVIDER_KINDS),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .regex(/^[\x21-\x7e]+$/)
    .max(2_000)
    .optional(),
  /** Whose service it is and which of theirs, as the registry of vendors names them, e.g. `openai` and `api`. */
  vendor: slugSchema.optional(),
  service: slugSchema.optional(),
  /** Where it is served, as the vendor names the place. */
  region: regionSchema.optional(),
  isInternal: z.boolean(),
  allowedAddresses: z.array(addressSchema).max(100),
  /** What is shown as the provider's key, or holds the credentials that `settings.auth` names. */
  apiKeyFile: secretFileSchema.optional(),
  /** SHA-256 of public keys that the provider may show, in base64 (RFC 7469); empty: whatever a trusted authority signed. */
  pins: z
    .array(z.string().regex(/^[A-Za-z0-9+/]{43}=$/))
    .max(10)
    .default([]),
  /** TLS 1.2 towards this provider: only while an exception for it is on record. */
  allowsTls12: z.boolean().default(false),
  models: z
    .array(modelSchema.refine((model) => model !== '*'))
    .min(1)
    .max(200),
  /** How the provider calls a model, where that is not how callers do: a deployment, a profile. */
  upstreamModels: modelNamesSchema.default({}),
  settings: providerSettingsSchema.default({}),
  /** Who may be asked when this one cannot, in order; policy and agreements decide about each anew. */
  fallbacks: z.array(fallbackSchema).max(3).default([]),
}

export const providerInputSchema = z.strictObject(fields).superRefine((provider, context) => {
  const refuse = (field: keyof typeof fields, message: string): void =>
    context.addIssue({ code: 'custom', path: [field], message })
  if (provider.service !== undefined && provider.vendor === undefined) refuse('vendor', 'a service is a vendor’s')
  for (const { path, message } of findBrokenRules(provider)) {
    context.addIssue({ code: 'custom', path: [...path], message })
  }
  const url = provider.baseUrl !== undefined && URL.canParse(provider.baseUrl) ? new URL(provider.baseUrl) : undefined
  if (!url) return
  if (url.username || url.password || url.search || url.hash) refuse('baseUrl', 'scheme, host, port and path only')
  if (!provider.isInternal && url.protocol !== 'https:') refuse('baseUrl', 'an external provider speaks https')
  if (provider.isInternal && provider.allowedAddresses.length === 0) {
    refuse('allowedAddresses', 'an internal provider is reached at listed addresses only')
  } else if (provider.isInternal && url.protocol === 'http:' && !isThisMachine(provider.allowedAddresses)) {
    refuse('baseUrl', 'plain http does not leave this machine: https, or loopback addresses only')
  }
})
export type ProviderInput = z.input<typeof providerInputSchema>

export const providerSchema = z.object({
  ...fields,
  id: slugSchema,
  version: z.int().positive(),
  isDisabled: z.boolean(),
})
export type ProviderRecord = z.infer<typeof providerSchema>
