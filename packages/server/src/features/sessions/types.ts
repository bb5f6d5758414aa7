import type { SessionPolicy, SignInMethod } from '@breakwater/contract'
import type { Actor, Change, Transaction } from '../../platform/audit/change.ts'
import type { Caller } from '../../platform/http/env.ts'

/** Where a request comes from, as the connection and its headers say. */
export interface Client {
  readonly address: string
  /** Printable ASCII, 200 characters at most. */
  readonly userAgent: string
}

/** How the secret travels: a session of one carrier is none for the other. */
export type Carrier = 'cookie' | 'bearer'

export type EndReason =
  | 'signed-out'
  | 'replaced'
  | 'revoked'
  | 'concurrent-use'
  | 'too-many'
  | 'idle'
  | 'absolute'
  | 'disabled'
  | 'credentials-changed'

/** One session that has not been ended, as it is kept; idle and absolute time are judged when it is used. */
export interface StoredSession extends Client {
  readonly tenant: string
  readonly sha256: Buffer
  readonly id: string
  readonly principal: string
  readonly carrier: Carrier
  readonly method: SignInMethod
  readonly isPhishingResistant: boolean
  readonly startedAt: Date
  readonly authenticatedAt: Date
  readonly lastSeenAt: Date
  readonly endsAt: Date
  readonly isFlagged: boolean
  /** What it was narrowed to; null: all that the person may. */
  readonly scopes: readonly string[] | null
}

interface NewSession {
  readonly tenant: string
  readonly principal: string
  readonly method: SignInMethod
  readonly carrier: Carrier
  /** More than one factor was shown. False is refused with `auth.mfa-required`. */
  readonly isMfa: boolean
  readonly isPhishingResistant: boolean
  /** When the factors were shown; left out: now. */
  readonly authenticatedAt?: Date
  readonly client: Client
  /** Id of the session that ends with it: re-authentication gives a new secret (ASVS 7.2.4). */
  readonly replaces?: string
  /** Id of the session that vouched for it: whoever said so is no second person. */
  readonly approvedBy?: string
  readonly scopes?: readonly string[]
}

export interface StartedSession {
  /** `bws_<tenant>_<43 characters of base64url>`: shown to the browser once, kept as a hash. */
  readonly secret: string
  readonly session: StoredSession
}

/** A session that may be used now, and whose. */
export interface LiveSession extends StoredSession {
  readonly idleEndsAt: Date
}

export interface SessionService {
  /**
   * Begins a session of a person. Ends the one that it replaces and the oldest beyond the limit; flags it when the person is
   * at work somewhere else. Throws `auth.mfa-required`, `auth.invalid` when the person is disabled.
   */
  createSession(input: NewSession): Promise<StartedSession>
  /** The person behind a secret. Throws `auth.session-expired`, `database.unavailable`. */
  authenticate(secret: string, carrier: Carrier, client: Client): Promise<Caller>
  /** Those that have not ended, newest first. */
  list(tenant: string, principal?: string): Promise<readonly LiveSession[]>
  /** Throws `resource.unknown`; with `principal`, also when it is another's. */
  end(actor: Actor, id: string, options: { readonly reason: EndReason; readonly principal?: string }): Promise<void>
  /** Ends all of a person's but the one kept; answers how many. */
  endAll(
    actor: Actor,
    principal: string,
    options: { readonly reason: EndReason; readonly keep?: string },
  ): Promise<number>
  /** Ends all of a person's in a transaction; gives what the caller records with it, and refreshes after it. */
  endAllIn(trx: Transaction, actor: Actor, principal: string, reason: EndReason): Promise<readonly Change[]>
  /** Lets this replica see at once what another part of it changed. */
  refresh(tenant: string): void
  readPolicy(tenant: string): Promise<SessionPolicy>
  /** Throws `resource.conflict` for more than 15 idle minutes without an exception in force. */
  putPolicy(actor: Actor, policy: SessionPolicy): Promise<void>
  /** Writes down when sessions were last seen; called by itself a second after the first of them. */
  flushSeen(): Promise<void>
}
