import type { Action, Purpose } from '@breakwater/contract'
import type { Actor } from '../../platform/audit/change.ts'
import type { Principal } from '../principals/index.ts'

export interface DecisionRequest {
  readonly principal: Principal
  readonly action: Action
  readonly purpose?: Purpose
  /** E.g. `chat.completions`. */
  readonly endpoint?: string
  /** The provider's id. */
  readonly provider?: string
  readonly model?: string
  /** Entity classes to restore; required for `restore`, and an empty set is refused. */
  readonly classes?: readonly string[]
}

export interface Decision {
  readonly isAllowed: boolean
  /** Ids of the policies that decided; `['default-deny']` when none spoke. */
  readonly policies: readonly string[]
  /** SHA-256, in hex, of the policy set that decided. */
  readonly setSha256: string
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
  decide(request: DecisionRequest): Promise<Decision>
  /** Verifies a set and makes it the tenant's active one; answers its SHA-256 in hex. Throws `policy.unavailable`. */
  activate(actor: Actor, set: PolicySet): Promise<string>
  /** The active set's SHA-256 in hex, verified and loaded here. Throws as `decide`. */
  requireActive(tenant: string): Promise<string>
}
