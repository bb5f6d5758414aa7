import type { Action, BasisKind, DataClass, Environment, Purpose, ResourceKind } from '@breakwater/contract'
import type { Actor } from '../../platform/audit/change.ts'
import type { Soon } from '../../platform/async/soon.ts'
import type { Principal } from '../principals/index.ts'
import type { Obligations } from './obligations.ts'

export interface DecisionRequest {
  readonly principal: Principal
  readonly action: Action
  readonly purpose?: Purpose
  /** What is acted on. Left out: the model's endpoint for what crosses, the tenant for what administers. */
  readonly resource?: { readonly kind: ResourceKind; readonly id: string }
  /** What the caller says of the data: may raise what the environment or the basis has them be, never lower it. */
  readonly dataClass?: DataClass
  /** Names of columns or fields; required to read and to write data, and an empty set is refused. */
  readonly fields?: readonly string[]
  /** Sensitivity labels of what is asked about, e.g. `hipaa-self-pay`. They only ever take away. */
  readonly labels?: readonly string[]
  /** The model runs in the organisation's own network. Left out: it does not. */
  readonly isLocal?: boolean
  /** The model is served where the labels say that the data must stay. Left out: as long as they name no place. */
  readonly isResidencyKept?: boolean
  /** The legal-basis record, in force and checked to open the purpose to this principal. */
  readonly basis?: { readonly kind: BasisKind; readonly dataClass: DataClass }
  /** E.g. `chat.completions`. */
  readonly endpoint?: string
  /** The provider's id. */
  readonly provider?: string
  readonly model?: string
  /** Entity classes to restore; required for `restore`, and an empty set is refused. */
  readonly classes?: readonly string[]
}

/** A request with what the server knows by itself. Times are booleans here: policies do not compute. */
export interface Question extends DecisionRequest {
  readonly environment: Environment
  readonly dataClass: DataClass
  /** The session behind it began with more than one factor. */
  readonly isMfa: boolean
  /** The factors were shown a few minutes ago at most. */
  readonly isRecentlyAuthenticated: boolean
}

/** What one policy set says. */
export interface Verdict {
  readonly isAllowed: boolean
  /** Ids of the policies that decided; `['default-deny']` when none spoke. */
  readonly policies: readonly string[]
  /** What the permission is bound to. Nothing of it may be left undone. */
  readonly obligations: Obligations
}

export interface Decision extends Verdict {
  /** SHA-256, in hex, of the policy set that decided. */
  readonly setSha256: string
  /** What the data were taken for. */
  readonly dataClass: DataClass
}

/** Which classes of identifiers may be put back. */
export interface RestoreDecision {
  readonly classes: ReadonlySet<string>
  readonly obligations: Obligations
}

/** A Cedar schema and the policies that are valid under it. */
export interface PolicySet {
  readonly schema: string
  /** Texts by id. */
  readonly policies: Readonly<Record<string, string>>
}

/** Which set a tenant activated; its document is the canonical JSON of a PolicySet. */
export interface ActivePolicySet {
  readonly sha256: string
}

export interface PolicyService {
  /**
   * Decides by the tenant's activated policy set (Cedar). Throws `policy.unavailable` on any error of the engine or when
   * no set is active, `policy.mismatch` when the activated set cannot be loaded and verified here,
   * `database.unavailable`.
   */
  decide(request: DecisionRequest): Soon<Decision>
  /** Decides each class by itself where the whole is not permitted; what a policy masks is left out. Throws as `decide`. */
  decideRestore(
    request: Omit<DecisionRequest, 'action'> & { readonly classes: readonly string[] },
  ): Soon<RestoreDecision>
  /** Verifies a set and makes it the tenant's active one; answers its SHA-256 in hex. Throws `policy.unavailable`. */
  activate(actor: Actor, set: PolicySet): Promise<string>
  /** The active set's SHA-256 in hex, verified and loaded here. Throws as `decide`. */
  requireActive(tenant: string): Promise<string>
}
