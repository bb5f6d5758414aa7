import type { Actor } from '../../platform/audit/change.ts'
import type { Caller } from '../../platform/http/env.ts'

export type { Actor } from '../../platform/audit/change.ts'

/** Who calls, as the rest of the server knows it. */
export type Principal = Caller

export interface ListedPrincipal extends Principal {
  readonly isDisabled: boolean
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
  /** Makes the actor's tenant, unless it is there. */
  ensureTenant(actor: Actor): Promise<void>
  /** Makes or changes a principal of the actor's tenant. Throws `resource.conflict` when it is disabled. */
  put(actor: Actor, principal: Omit<Principal, 'tenant'>): Promise<void>
  /** Refuses all its tokens from now on. Throws `resource.unknown`. */
  disable(actor: Actor, id: string): Promise<void>
  list(tenant: string): Promise<readonly ListedPrincipal[]>
  /** Throws `resource.unknown` when the principal is unknown or disabled. */
  issueToken(actor: Actor, id: string, options: { readonly ttlSeconds: number }): Promise<IssuedToken>
  /** Throws `resource.unknown` when the principal has no such token that is not yet revoked. */
  revokeToken(actor: Actor, id: string, sha256: string): Promise<void>
}
