import type { Purpose } from '@breakwater/contract'

/** Who calls: a service or a person of one tenant, with what they may state and see. */
export interface Principal {
  readonly tenant: string
  readonly id: string
  readonly kind: 'service' | 'human'
  readonly roles: readonly string[]
  readonly purposes: readonly Purpose[]
  readonly defaultPurpose?: Purpose
  /** May have the masked values of its own request put back into the answer. */
  readonly mayRestore: boolean
}

/** What changes a record: a principal through the API, or the program itself at its first start. */
export interface Actor {
  readonly tenant: string
  readonly id: string
}

export interface IssuedToken {
  /** The secret, shown once: `bw_<tenant>_<43 characters of base64url>`. */
  readonly token: string
  /** The SHA-256 of the secret in hex: names the token when it is revoked. */
  readonly sha256: string
  readonly expiresAt: Date
}

export interface PrincipalService {
  /**
   * The principal that a bearer token belongs to. Throws `auth.invalid` when the token is unknown, expired or revoked or
   * its principal is disabled, `database.unavailable` when that cannot be known.
   */
  authenticate(token: string): Promise<Principal>
  /** Makes or changes a principal. */
  put(actor: Actor, principal: Principal): Promise<void>
  /** Refuses all its tokens from now on. Throws `resource.unknown`. */
  disable(actor: Actor, id: string): Promise<void>
  list(tenant: string): Promise<readonly (Principal & { readonly isDisabled: boolean })[]>
  /** Throws `resource.unknown` when the principal is unknown or disabled. */
  issueToken(actor: Actor, id: string, options: { readonly ttlSeconds: number }): Promise<IssuedToken>
  /** Throws `resource.unknown`. */
  revokeToken(actor: Actor, id: string, sha256: string): Promise<void>
}
