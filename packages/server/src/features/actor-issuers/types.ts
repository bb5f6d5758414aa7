import type { IssuerJwk } from '@breakwater/contract'
import type { Actor } from '../../platform/audit/change.ts'

/** Who may vouch for people behind a service: an identity provider by its public keys. */
export interface ActorIssuer {
  readonly id: string
  readonly issuer: string
  /** `aud` of the tokens that count: one made for another purpose vouches for nobody here. */
  readonly audience: string
  readonly keys: readonly IssuerJwk[]
  readonly isDisabled: boolean
}

/** A person that an issuer vouched for. */
interface Vouched {
  /** `<issuer's id>/<subject>`. */
  readonly actor: string
  readonly expiresAt: Date
}

export interface ActorIssuers {
  list(tenant: string): Promise<readonly ActorIssuer[]>
  /** Throws `resource.conflict` when another one has this issuer. */
  put(actor: Actor, issuer: Omit<ActorIssuer, 'isDisabled'>): Promise<void>
  /** Throws `resource.unknown`. */
  disable(actor: Actor, id: string): Promise<void>
  /** Whom a token (RFC 8693 `subject_token`) speaks of. Throws `auth.grant-refused`. */
  verify(tenant: string, token: string): Promise<Vouched>
}
