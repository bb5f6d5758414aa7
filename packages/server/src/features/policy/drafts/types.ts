import type { PolicyCase, PolicyCaseResult } from '@breakwater/contract'
import type { Actor } from '../../../platform/audit/change.ts'
import type { Caller } from '../../../platform/http/env.ts'
import type { PolicySet } from '../types.ts'

/** A policy set on its way: drafted, tested, approved by somebody else, activated. */
export interface PolicyDraft {
  readonly sha256: string
  readonly origin: 'uploaded' | 'shipped'
  readonly draftedBy: string
  readonly draftedAt: Date
  readonly testedAt?: Date
  readonly casesPassed?: number
  readonly approvedBy?: string
  readonly approvedAt?: Date
  /** Approved by who drafted it, because there was nobody else yet. */
  readonly isSingleControl: boolean
}

export interface TestedDraft {
  readonly draft: PolicyDraft
  readonly results: readonly PolicyCaseResult[]
}

export interface PolicyDraftService {
  list(tenant: string): Promise<readonly PolicyDraft[]>
  /**
   * Keeps a set and runs its cases here. It counts as tested when all pass and both answers are among them. Throws
   * `policy.invalid`.
   */
  draft(
    actor: Actor,
    set: PolicySet,
    cases: readonly PolicyCase[],
    origin?: PolicyDraft['origin'],
  ): Promise<TestedDraft>
  /** Runs other cases. Throws `resource.unknown`. */
  test(actor: Actor, sha256: string, cases: readonly PolicyCase[]): Promise<TestedDraft>
  /**
   * A person other than who drafted it agrees. Throws `resource.unknown`, `resource.conflict` when it is not tested or
   * approved already, `access.not-second-person`.
   */
  approve(caller: Caller, sha256: string): Promise<PolicyDraft>
  /** Throws `resource.unknown`, `resource.conflict` when it is not approved. */
  activate(actor: Actor, sha256: string): Promise<PolicyDraft>
  /** Throws `resource.unknown`. */
  readSet(tenant: string, sha256: string): Promise<PolicySet>
}
