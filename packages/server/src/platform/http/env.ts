import type { Purpose } from '@breakwater/contract'
import type { HttpBindings } from '@hono/node-server'

/** The session of a person behind a request. */
interface CallerSession {
  readonly id: string
  /** More than one factor was shown when it began (45 CFR 164.312(d)). */
  readonly isMfa: boolean
  /** By a passkey, or what the identity provider says is as good. */
  readonly isPhishingResistant: boolean
  /** When the factors were last shown: what asks for a step-up looks at its age. */
  readonly authenticatedAt: Date
}

/** Who calls: a service or a person of one tenant, with what they may state and see. */
export interface Caller {
  readonly tenant: string
  readonly id: string
  readonly kind: 'service' | 'human'
  readonly roles: readonly string[]
  readonly purposes: readonly Purpose[]
  readonly defaultPurpose?: Purpose
  /** May have the masked values of its own request put back into the answer. */
  readonly mayRestore: boolean
  /** What everything bears that it sends. */
  readonly labels?: readonly string[]
  /** Names the emergency access under way, which adds the purpose ETREAT (45 CFR 164.312(a)(2)(ii)). */
  readonly breakGlass?: string
  /** What was shown, where it can be taken away by itself. */
  readonly credential?: { readonly kind: 'token' | 'client'; readonly id: string }
  /** Of a person; a service has none. */
  readonly session?: CallerSession
  /** On whose behalf a service acts, and how sure that is (RFC 8693; named only by a header it is asserted). */
  readonly actor?: { readonly id: string; readonly assurance: 'verified' | 'asserted' }
  /** What a token was narrowed to; undefined: all that the roles may. */
  readonly scopes?: readonly string[]
}

/**
 * What a request carries besides itself: Node's own request and response, absent in a test that calls `app.request`.
 * Whoever authenticates a caller sets `caller`: what is refused without it counts as unauthenticated.
 */
export interface ServerEnv {
  readonly Bindings: Partial<HttpBindings>
  readonly Variables: {
    caller?: Caller
    /** Of a JSON-RPC request, as its text has it: answers repeat it. */
    rpcId?: string
  }
}
