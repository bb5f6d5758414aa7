import type { InvitationInput, PasskeyRecord, SignInOptions, TotpEnrolment, TotpShown } from '@breakwater/contract'
import type { Soon } from '../../platform/async/soon.ts'
import type { Actor } from '../../platform/audit/change.ts'
import type { Caller } from '../../platform/http/env.ts'
import type { Client, StartedSession } from '../sessions/index.ts'

export interface Person {
  readonly tenant: string
  readonly principal: string
  readonly name: string
  /** With `subject` who this is, for ever; both null of a local account. */
  readonly issuer: string | null
  readonly subject: string | null
  readonly identityProvider: string | null
  readonly roles: readonly string[]
  readonly isDisabled: boolean
  readonly lockedUntil: Date | null
  /** How many are enrolled. */
  readonly passkeys: number
  /** Has a password and codes of an app. */
  readonly hasTotp: boolean
}

export interface Passkey {
  readonly tenant: string
  /** Credential id in base64url. */
  readonly id: string
  readonly principal: string
  /** COSE_Key (RFC 9052 section 7). */
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly counter: number
  readonly transports: readonly string[]
  readonly isBackedUp: boolean
  readonly label: string
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

export interface Invitation {
  readonly tenant: string
  readonly sha256: Buffer
  readonly kind: 'bootstrap' | 'invite' | 'reinvite'
  readonly name: string
  readonly roles: readonly string[]
  /** Whose account it is, of a re-invitation. */
  readonly principal: string | null
  readonly issuedBy: string
  readonly createdAt: Date
  readonly expiresAt: Date
}

export interface InvitationLink {
  /** The secret stands in the fragment, which browsers send to nobody. */
  readonly url: string
  readonly expiresAt: Date
}

/** JSON forms of WebAuthn's documents. */
export type WebAuthnJson = Readonly<Record<string, unknown>>

export interface PasskeyService {
  startSignIn(tenant: string): Promise<WebAuthnJson>
  /** Throws `auth.sign-in-failed`, `auth.locked`, `auth.invalid`. */
  finishSignIn(tenant: string, response: WebAuthnJson, client: Client): Promise<StartedSession>
  startStepUp(caller: Caller): Promise<WebAuthnJson>
  /** The session goes on under a new id. Throws as `finishSignIn`. */
  finishStepUp(caller: Caller, response: WebAuthnJson, client: Client): Promise<StartedSession>
  list(tenant: string, principal: string): Promise<readonly PasskeyRecord[]>
  startAdding(caller: Caller): Promise<WebAuthnJson>
  add(caller: Caller, response: WebAuthnJson, label: string): Promise<void>
  /** Throws `resource.unknown`, `resource.conflict` for the last one of a local account. */
  revoke(caller: Caller, id: string): Promise<void>
}

export interface TotpService {
  /** Throws `auth.sign-in-failed`, `auth.locked`, `auth.invalid`. */
  finishSignIn(tenant: string, shown: TotpShown, client: Client): Promise<StartedSession>
  /** The session goes on under a new id. Throws as `finishSignIn`. */
  finishStepUp(caller: Caller, shown: TotpShown, client: Client): Promise<StartedSession>
  /** Throws `resource.unknown`, `resource.conflict` for who has no passkey. */
  remove(caller: Caller): Promise<void>
}

export interface InvitationService {
  /** For the first administrator. Throws `resource.conflict` when there is one. */
  issueBootstrap(tenant: string): Promise<InvitationLink>
  invite(actor: Actor, input: InvitationInput): Promise<InvitationLink>
  /** Throws `resource.unknown`, `resource.conflict` for a person of an identity provider. */
  reinvite(actor: Actor, principal: string): Promise<InvitationLink>
  startEnrolment(token: string): Promise<WebAuthnJson>
  /** Makes the account, or gives it this passkey instead of its old ones; a session begins. Throws `auth.invalid`. */
  finishEnrolment(token: string, response: WebAuthnJson, label: string, client: Client): Promise<StartedSession>
  /** Password and secret of the lesser factor, shown once. Throws `auth.invalid`, `auth.phishing-resistance-required`. */
  startTotpEnrolment(token: string): Promise<TotpEnrolment>
  /** As `finishEnrolment`, with the first code of the app. Throws `auth.invalid`, `auth.sign-in-failed`. */
  finishTotpEnrolment(token: string, challenge: string, code: string, client: Client): Promise<StartedSession>
}

export interface SignInStart {
  readonly url: string
  /** A `Set-Cookie` value that ties what comes back to this browser. */
  readonly cookie: string
}

export interface FederatedSignIn {
  start(tenant: string, provider: string): Promise<SignInStart>
  startStepUp(caller: Caller): Promise<SignInStart>
  /**
   * The browser is back. Throws `auth.sign-in-failed`, `auth.mfa-required`, `auth.no-role`, `auth.locked`, `auth.invalid`,
   * `identity-provider.unavailable`.
   */
  finish(provider: string, callback: URL, cookie: string | null, client: Client): Promise<StartedSession>
}

export interface PeopleService {
  list(tenant: string): Promise<readonly Person[]>
  find(tenant: string, principal: string): Promise<Person | undefined>
  /** Throws `resource.unknown` when the person is not locked, `resource.conflict` for oneself. */
  unlock(actor: Actor, principal: string): Promise<void>
  readSignInOptions(tenant: string): Promise<SignInOptions>
  /** Fewer than two people administer the tenant. */
  isSingleControl(tenant: string): Promise<boolean>
  /** Throws `setup.incomplete` in production while one person could do everything alone. */
  requireSetup(tenant: string): Soon<void>
}
