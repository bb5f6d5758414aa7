import { z } from 'zod'
import { slugSchema } from './ids.ts'

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

const fields = {
  kind: z.enum(['demo', 'openai-compatible']),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .regex(/^[\x21-\x7e]+$/)
    .max(2_000)
    .optional(),
  isInternal: z.boolean(),
  allowedAddresses: z.array(addressSchema).max(100),
  /** Name of a file in the server's secrets folder: a key is never stored or sent, and no other file can be named. */
  apiKeyFile: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/)
    .optional(),
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
}

export const providerInputSchema = z.strictObject(fields).superRefine((provider, context) => {
  const refuse = (field: keyof typeof fields, message: string): void =>
    context.addIssue({ code: 'custom', path: [field], message })
  if (provider.kind === 'demo') {
    for (const field of ['baseUrl', 'apiKeyFile'] as const) {
      if (provider[field] !== undefined) refuse(field, 'the demo provider is built in')
    }
    return
  }
  const url = provider.baseUrl !== undefined && URL.canParse(provider.baseUrl) ? new URL(provider.baseUrl) : undefined
  if (!url) return refuse('baseUrl', 'needed')
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
