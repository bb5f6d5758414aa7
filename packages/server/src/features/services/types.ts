import type { ClientAlgorithm, PublicJwk } from '@breakwater/contract'
import type { Actor } from '../../platform/audit/change.ts'

export interface ClientKey {
  /** RFC 7638 thumbprint with SHA-256. */
  readonly kid: string
  readonly algorithm: ClientAlgorithm
  readonly jwk: PublicJwk
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** What a service of a tenant shows instead of a secret. Its id is that of its principal. */
export interface ServiceClient {
  readonly tenant: string
  readonly id: string
  readonly scopes: readonly string[]
  /** SHA-256 of certificates, base64url (`x5t#S256`, RFC 8705). */
  readonly certificates: readonly string[]
  readonly certificateUris: readonly string[]
  readonly isDisabled: boolean
  /** Ended ones are left out. */
  readonly keys: readonly ClientKey[]
}

export type ClientChange = Pick<ServiceClient, 'scopes' | 'certificates' | 'certificateUris'>

interface NewClientKey {
  readonly jwk: PublicJwk
  readonly ttlDays: number
}

export interface ServiceClients {
  /** As of at most a second ago; undefined when unknown or disabled. Throws `database.unavailable`. */
  find(tenant: string, id: string): Promise<ServiceClient | undefined>
  list(tenant: string): Promise<readonly ServiceClient[]>
  /** Throws `resource.unknown`. */
  get(tenant: string, id: string): Promise<ServiceClient>
  /** Throws `resource.unknown` without a service principal of that id, `resource.conflict` when it was disabled. */
  put(actor: Actor, id: string, change: ClientChange): Promise<void>
  /** For good. Throws `resource.unknown`. */
  disable(actor: Actor, id: string): Promise<void>
  /** Beside the keys it has. Throws `resource.unknown`, `resource.conflict`, `body.invalid` for a key that is none. */
  addKey(actor: Actor, id: string, input: NewClientKey): Promise<ClientKey>
  /** The key ends after the grace, or when it would have anyway. Throws `resource.unknown`. */
  retireKey(actor: Actor, id: string, kid: string, grace: { readonly graceSeconds: number }): Promise<void>
}
