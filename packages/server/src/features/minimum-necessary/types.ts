import type { MinimumPolicyInput, MinimumPolicyRecord, MinimumRules, MinimumTrial, Purpose } from '@breakwater/contract'
import type { Soon } from '../../platform/async/soon.ts'
import type { Actor } from '../../platform/audit/change.ts'

export interface MinimumPolicy extends MinimumPolicyInput {
  readonly tenant: string
  readonly id: string
  readonly version: number
  readonly state: MinimumPolicyRecord['state']
}

/** Who asks for what, where. */
export interface MinimumScope {
  readonly tenant: string
  readonly roles: readonly string[]
  readonly purpose: Purpose
  /** E.g. `chat.completions`. */
  readonly endpoint: string
  readonly model: string
}

export interface MinimumService {
  /** Every policy that applies, by id: each of them has to let a thing leave. Throws `database.unavailable`. */
  findInForce(scope: MinimumScope): Soon<readonly MinimumPolicy[]>
  /** All versions, the newest of each first. */
  list(tenant: string): Promise<readonly MinimumPolicy[]>
  /** Records the next version, which is off; the one before stays in force. */
  put(actor: Actor, id: string, input: MinimumPolicyInput): Promise<MinimumPolicy>
  /** Puts the latest version in force. Throws `resource.unknown`, `resource.conflict` when it is or has ended. */
  activate(actor: Actor, id: string): Promise<MinimumPolicy>
  /** Nothing is trimmed by it from here on. Throws `resource.unknown` when none is in force. */
  end(actor: Actor, id: string): Promise<void>
}

/** What rules leave of a text, as a crossing would have it at this second. Throws `minimum.not-permitted`, `minimum.unreadable`. */
export type TryRules = (rules: MinimumRules, text: string) => MinimumTrial
