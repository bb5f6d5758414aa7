import type { TokenReason } from '@breakwater/contract'
import type { Soon } from '../../platform/async/soon.ts'
import type { Actor, Change, Transaction } from '../../platform/audit/change.ts'
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

export interface TokenOptions {
  readonly ttlSeconds: number
  /** Addresses and CIDR ranges it is good from. */
  readonly ranges?: readonly string[] | undefined
  readonly scopes?: readonly string[] | undefined
  readonly reason?: TokenReason | undefined
  /** The seed of a development home alone: a person's session shows factors, a token shows none. */
  readonly isSeed?: boolean
}

export interface PrincipalService {
  /**
   * The principal that an API key belongs to. Throws `auth.invalid` when the key is unknown, expired or revoked or its
   * principal is disabled, `auth.address-refused` when it is not good from that address, `database.unavailable` when that
   * cannot be known.
   */
  authenticate(token: string, remoteAddress: string | undefined): Soon<Principal>
  /** As of at most a second ago; undefined when unknown or disabled. Throws `database.unavailable`. */
  find(tenant: string, id: string): Promise<Principal | undefined>
  /** Somebody else changed principals of the tenant: what was read before is forgotten. */
  refresh(tenant: string): void
  /** Makes the actor's tenant, unless it is there. */
  ensureTenant(actor: Actor): Promise<void>
  /** Makes or changes a principal of the actor's tenant. Throws `resource.conflict` when it is disabled or of another kind. */
  put(actor: Actor, principal: Omit<Principal, 'tenant'>): Promise<void>
  /** Refuses all its tokens from now on. Throws `resource.unknown`. */
  disable(actor: Actor, id: string): Promise<void>
  list(tenant: string): Promise<readonly ListedPrincipal[]>
  /**
   * An API key beside those there are. Throws `resource.unknown` when the principal is unknown or disabled, `resource.conflict`
   * when it is a person, `body.invalid` for a life over 90 days, and outside development for one without ranges or a reason.
   */
  issueToken(actor: Actor, id: string, options: TokenOptions): Promise<IssuedToken>
  /** Tokens that are not revoked, expired ones too, by the SHA-256 of each in hex. */
  listTokens(
    tenant: string,
  ): Promise<readonly { readonly sha256: string; readonly principal: string; readonly expiresAt: Date }[]>
  /** Throws `resource.unknown` when the principal has no such token that is not yet revoked. */
  revokeToken(actor: Actor, id: string, sha256: string): Promise<void>
  /** Revokes all of a principal's in a transaction; gives what the caller records with it, and refreshes after it. */
  revokeTokensIn(trx: Transaction, actor: Actor, id: string): Promise<readonly Change[]>
}
