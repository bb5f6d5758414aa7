import type { ExceptionInput, ExceptionRecord } from '@breakwater/contract'
import type { Actor, Transaction } from '../../platform/audit/change.ts'
import type { Caller } from '../../platform/http/env.ts'
import type { Kept } from '../justifications/index.ts'

/** One row of the risk register. */
export interface RiskException {
  readonly tenant: string
  readonly id: string
  readonly kind: ExceptionRecord['kind']
  readonly subject: string
  readonly owner: string
  readonly justification: string
  readonly proposedBy: string
  readonly proposedAt: Date
  readonly expiresAt: Date
  readonly approvedBy?: string
  readonly approvedAt?: Date
  readonly endedBy?: string
  readonly endedAt?: Date
}

/** As the database has it. */
export type KeptException = Kept<RiskException>

export interface ExceptionService {
  /**
   * Whether a second person agreed that this subject, or the whole tenant, may deviate, and it has not expired: judged by
   * the clock at this second, on rows at most a second old. Throws `database.unavailable`.
   */
  isInForce(tenant: string, kind: RiskException['kind'], subject: string): Promise<boolean>
  /** The same of one row. */
  isInForceById(tenant: string, id: string): Promise<boolean>
  list(tenant: string): Promise<readonly RiskException[]>
  /** Not in force before somebody else approves it. Throws `body.text-identifies`, and what the key service throws. */
  propose(caller: Caller, input: ExceptionInput): Promise<RiskException>
  /** Throws `access.not-second-person`, `resource.unknown`, `resource.conflict` when it is not waiting. */
  approve(caller: Caller, id: string): Promise<void>
  /** Ends one in force, or refuses one that waits. Throws `resource.unknown`, `resource.conflict` when it has ended. */
  end(actor: Actor, id: string): Promise<void>
  /** One that was approved with something else, in its transaction; the caller records and refreshes. */
  addIn(trx: Transaction, row: KeptException): Promise<void>
  /** Lets this replica see a change at once. */
  refresh(tenant: string): void
  /** Writes down which ones time has ended. Safe on several replicas at once. Gives their number. */
  sweep(tenant: string): Promise<number>
}
