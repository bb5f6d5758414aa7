import type { IdentityProviderInput } from '@breakwater/contract'
import type { Actor, Transaction } from '../../platform/audit/change.ts'

export interface IdentityProvider extends IdentityProviderInput {
  readonly id: string
  readonly version: number
  readonly isDisabled: boolean
}

export interface IdentityProviderService {
  list(tenant: string): Promise<readonly IdentityProvider[]>
  /** Throws `resource.unknown`. */
  get(tenant: string, id: string): Promise<IdentityProvider>
  /**
   * A mapping that changed counts at once for who is known to be in its group. Throws `resource.conflict` for a second provider
   * of one issuer, a disabled one, or another subject claim than people are known by.
   */
  put(actor: Actor, id: string, input: IdentityProviderInput): Promise<IdentityProvider>
  /** Holds the provider's rules until the transaction ends; gives their version, undefined when it is disabled. */
  holdIn(trx: Transaction, tenant: string, id: string): Promise<number | undefined>
  /** Nobody logs in by it any more; who is logged in stays until the session ends. Throws `resource.unknown`. */
  disable(actor: Actor, id: string): Promise<void>
}

/** What is fixed before the browser leaves, and must come back. */
interface AuthorizationChecks {
  readonly state: string
  readonly nonce: string
  /** RFC 7636: 43 characters of base64url. */
  readonly codeVerifier: string
  readonly redirectUri: string
  /** How old the log-in at the provider may be; 0 asks for the factors again. */
  readonly maxAgeSeconds: number
}

/** What the provider's signed answer said about a person. */
export interface Assertion {
  readonly issuer: string
  readonly subject: string
  /** For people to recognise each other; not an identifier here. */
  readonly name: string
  readonly groups: readonly string[]
  readonly isMfa: boolean
  readonly isPhishingResistant: boolean
  /** When the person showed the factors, as the provider says. */
  readonly authenticatedAt: Date
}

/** The relying party's side of OpenID Connect. */
export interface OidcClient {
  /** Where the browser goes. Throws `identity-provider.unavailable`. */
  authorizationUrl(tenant: string, provider: IdentityProvider, checks: AuthorizationChecks): Promise<string>
  /**
   * Redeems the code that came back and verifies the ID token (OpenID Connect Core section 3.1.3.7). Throws
   * `auth.sign-in-failed`, `identity-provider.unavailable`.
   */
  redeem(tenant: string, provider: IdentityProvider, callback: URL, checks: AuthorizationChecks): Promise<Assertion>
}
