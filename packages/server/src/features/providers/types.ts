import type { ProviderFallback, ProviderKind, ProviderSettings } from '@breakwater/contract'
import type { Soon } from '../../platform/async/soon.ts'
import type { Actor } from '../../platform/audit/change.ts'

/** Where a model lives and how it may be reached. */
export interface Provider {
  readonly tenant: string
  readonly id: string
  readonly version: number
  readonly kind: ProviderKind
  /** Kind `demo` has none. */
  readonly baseUrl?: string
  /** Whose service it is, which of theirs, and where it is served: what the registry of vendors goes by. */
  readonly vendor?: string
  readonly service?: string
  readonly region?: string
  /** In the organisation's own network: reached only at `allowedAddresses`, and may speak plain HTTP. */
  readonly isInternal: boolean
  /** IP addresses or CIDR blocks; not empty for an internal provider. */
  readonly allowedAddresses: readonly string[]
  /** Name of the file in the secrets folder that holds the provider's API key. */
  readonly apiKeyFile?: string
  /** SHA-256 of the public keys that it may show, in base64; none: any that a trusted authority signed. */
  readonly pins?: readonly string[]
  /** TLS 1.2 is allowed towards it, by exception. */
  readonly allowsTls12?: boolean
  readonly models: readonly string[]
  /** How the provider calls a model, where that is not how callers do. */
  readonly upstreamModels?: Readonly<Record<string, string>>
  /** What its kind needs to know besides. */
  readonly settings?: ProviderSettings
  /** Who may be asked when this one cannot, in order. */
  readonly fallbacks?: readonly ProviderFallback[]
}

export interface ListedProvider extends Provider {
  readonly isDisabled: boolean
}

export interface ProviderService {
  /** The enabled provider of this tenant that serves the model. Throws `provider.unknown-model`, `database.unavailable`. */
  findByModel(tenant: string, model: string): Soon<Provider>
  /** The enabled provider of this id, if it serves the model. */
  findFallback(tenant: string, id: string, model: string): Promise<Provider | undefined>
  list(tenant: string): Promise<readonly ListedProvider[]>
  /** Throws `resource.unknown`. */
  get(tenant: string, id: string): Promise<ListedProvider>
  /**
   * Makes a provider of the actor's tenant, or its next version, enabled. Throws `resource.conflict` when another enabled
   * provider serves one of the models: a model's name leads to one place. Throws `body.invalid` for a kind that this
   * server has no adapter for, and for a fallback that is no other provider of the tenant.
   */
  put(actor: Actor, provider: Omit<Provider, 'tenant' | 'version'>): Promise<ListedProvider>
  /** Throws `resource.unknown`. */
  disable(actor: Actor, id: string): Promise<void>
}
