import type { Soon } from '../../platform/async/soon.ts'
import type { Credentials } from '../../platform/http/credentials.ts'
import type { Principal } from '../principals/index.ts'

/** One way of showing who one is: a token, a session's cookie, a proof of possession. */
export interface AuthenticationScheme {
  readonly name: string
  /** Whether the request carries a credential of this scheme, valid or not. */
  matches(credentials: Credentials): boolean
  /** Throws `auth.invalid` and the scheme's own refusals, `database.unavailable` when it cannot be known. */
  authenticate(credentials: Credentials): Soon<Principal>
}

export interface Authenticator {
  /** Who sends this. Throws `auth.missing` without a credential, `auth.invalid` with a bad one or with two. */
  authenticate(credentials: Credentials): Soon<Principal>
}
