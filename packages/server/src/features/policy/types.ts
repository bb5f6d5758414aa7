import type { Purpose } from '@breakwater/contract'
import type { Principal } from '../principals/index.ts'

export const POLICY_ACTIONS = ['cross', 'preview', 'restore', 'administer', 'readLedger'] as const
export type PolicyAction = (typeof POLICY_ACTIONS)[number]

export interface DecisionRequest {
  readonly principal: Principal
  readonly action: PolicyAction
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

export interface PolicyService {
  /**
   * Decides by the tenant's activated policy set (Cedar). Throws `policy.unavailable` on any error of the engine,
   * `policy.mismatch` when the activated set cannot be loaded and verified here.
   */
  decide(request: DecisionRequest): Promise<Decision>
}
