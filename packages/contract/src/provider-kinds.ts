import { z } from 'zod'

/** What a provider speaks. A server refuses a kind that it has no adapter for when the row is put. */
export const PROVIDER_KINDS = [
  'demo',
  'openai-compatible',
  'openai',
  'azure-openai',
  'bedrock',
  'anthropic',
  'vertex',
  'vllm',
  'ollama',
  'llama-cpp',
  'mcp',
] as const
export type ProviderKind = (typeof PROVIDER_KINDS)[number]

/** A file of the server's secrets folder: a key is never stored or sent, and no other file can be named. */
export const secretFileSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/)

const nameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9:._-]{0,127}$/)

/** How Breakwater shows who it is, besides a key in `apiKeyFile`. */
const AUTHS = [
  'api-key',
  'entra',
  'role',
  'access-key-file',
  'bearer-file',
  'service-account-file',
  'workload-identity',
] as const
type ProviderAuth = (typeof AUTHS)[number]

/** All that any kind may need to know; `KIND_RULES` says which does. */
export const providerSettingsSchema = z.strictObject({
  /** Azure: `v1`, or the date of a dated path. */
  apiVersion: z
    .string()
    .regex(/^(v1|\d{4}-\d\d-\d\d(-preview)?)$/)
    .optional(),
  auth: z.enum(AUTHS).optional(),
  /** Entra: which credential asks for the token. */
  credential: z.enum(['managed-identity', 'workload-identity', 'client-certificate']).optional(),
  /** Entra: the directory (tenant) and the application, or the managed identity when it is not the machine's own. */
  directoryId: z.uuid().optional(),
  clientId: z.uuid().optional(),
  /** Entra: PEM of certificate and private key. */
  certificateFile: secretFileSchema.optional(),
  /** Entra: the token that the platform issues to this workload. */
  assertionFile: secretFileSchema.optional(),
  /** OpenAI: whom use is counted for. Vertex: `project` is the cloud project. */
  organization: nameSchema.optional(),
  project: nameSchema.optional(),
  /** Bedrock: its region, and which of its endpoints is spoken to. */
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/)
    .optional(),
  shape: z.enum(['mantle', 'runtime-openai', 'converse', 'invoke']).optional(),
  /** Bedrock, Converse: a guardrail of the account that every request passes. */
  guardrailId: z
    .string()
    .regex(/^[A-Za-z0-9:/_-]{1,2048}$/)
    .optional(),
  guardrailVersion: z
    .string()
    .regex(/^(DRAFT|[1-9]\d{0,7})$/)
    .optional(),
  /** Vertex: a region, or a multi-region. */
  location: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,40}$/)
    .optional(),
  /** Anthropic: `anthropic-version`, and the betas that requests make use of. */
  version: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/)
    .optional(),
  betas: z.array(nameSchema).max(20).optional(),
})
export type ProviderSettings = z.infer<typeof providerSettingsSchema>
type SettingName = keyof ProviderSettings

interface KindRule {
  readonly baseUrl: 'needed' | 'optional' | 'none'
  /** Without `auths`: whether it shows a key. */
  readonly apiKey: 'needed' | 'optional' | 'none'
  /** One of these, in `settings.auth`; what each needs says `AUTH_RULES`. */
  readonly auths?: readonly ProviderAuth[]
  readonly needs?: readonly SettingName[]
  readonly may?: readonly SettingName[]
  /** The vendor's own hosts: a row of this kind that is not in our network may name no other. */
  readonly hosts?: RegExp
  /** It runs in the organisation's own network, and nowhere else. */
  readonly isInternalOnly?: true
}

const SELF_HOSTED: KindRule = { baseUrl: 'needed', apiKey: 'optional', isInternalOnly: true }

export const KIND_RULES: Readonly<Record<ProviderKind, KindRule>> = {
  demo: { baseUrl: 'none', apiKey: 'none' },
  'openai-compatible': { baseUrl: 'needed', apiKey: 'optional' },
  openai: {
    baseUrl: 'needed',
    apiKey: 'needed',
    may: ['organization', 'project'],
    hosts: /^([a-z]{2}\.)?api\.openai\.com$/,
  },
  'azure-openai': {
    baseUrl: 'needed',
    apiKey: 'none',
    auths: ['api-key', 'entra'],
    needs: ['apiVersion'],
    hosts: /^[a-z0-9-]+\.(openai|cognitiveservices|services\.ai)\.azure\.com$/,
  },
  bedrock: {
    baseUrl: 'optional',
    apiKey: 'none',
    auths: ['role', 'access-key-file', 'bearer-file'],
    needs: ['region', 'shape'],
    may: ['guardrailId', 'guardrailVersion'],
    hosts: /^bedrock-(runtime|mantle)(-fips)?\.[a-z0-9-]+\.(amazonaws\.com|api\.aws)$/,
  },
  anthropic: {
    baseUrl: 'needed',
    apiKey: 'needed',
    needs: ['version'],
    may: ['betas'],
    hosts: /^api\.anthropic\.com$/,
  },
  vertex: {
    baseUrl: 'optional',
    apiKey: 'none',
    auths: ['service-account-file', 'workload-identity'],
    needs: ['project', 'location'],
    hosts: /^([a-z0-9-]+-)?aiplatform(\.[a-z]+\.rep)?\.googleapis\.com$/,
  },
  vllm: SELF_HOSTED,
  ollama: SELF_HOSTED,
  'llama-cpp': SELF_HOSTED,
  // A server of tools, whose models are the names below `/mcp/` by which it is called.
  mcp: { baseUrl: 'needed', apiKey: 'optional' },
}

interface AuthRule {
  readonly apiKey: 'needed' | 'none'
  readonly needs?: readonly SettingName[]
  readonly may?: readonly SettingName[]
}

export const AUTH_RULES: Readonly<Record<ProviderAuth, AuthRule>> = {
  'api-key': { apiKey: 'needed' },
  entra: {
    apiKey: 'none',
    needs: ['credential'],
    may: ['directoryId', 'clientId', 'certificateFile', 'assertionFile'],
  },
  role: { apiKey: 'none' },
  'access-key-file': { apiKey: 'needed' },
  'bearer-file': { apiKey: 'needed' },
  'service-account-file': { apiKey: 'needed' },
  'workload-identity': { apiKey: 'none' },
}

export const CREDENTIAL_RULES: Readonly<
  Record<NonNullable<ProviderSettings['credential']>, { readonly needs: readonly SettingName[] }>
> = {
  'managed-identity': { needs: [] },
  'workload-identity': { needs: ['directoryId', 'clientId', 'assertionFile'] },
  'client-certificate': { needs: ['directoryId', 'clientId', 'certificateFile'] },
}

/**
 * What people chat with. No business associate agreement covers these services, whoever asks (45 CFR 164.502(e)): a row
 * that names one, or a name below it, is refused.
 */
const CONSUMER_HOSTS = [
  'character.ai',
  'chat.deepseek.com',
  'chat.mistral.ai',
  'chat.openai.com',
  'chatgpt.com',
  'claude.ai',
  'copilot.microsoft.com',
  'duck.ai',
  'gemini.google.com',
  'generativelanguage.googleapis.com',
  'grok.com',
  'meta.ai',
  'openrouter.ai',
  'perplexity.ai',
  'poe.com',
] as const

export function isConsumerHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '')
  return CONSUMER_HOSTS.some((known) => host === known || host.endsWith(`.${known}`))
}
