import type { BreakGlassRecord } from '@breakwater/contract'
import type { Soon } from '../../platform/async/soon.ts'
import type { Actor, Change, Transaction } from '../../platform/audit/change.ts'
import type { Caller } from '../../platform/http/env.ts'
import type { Kept } from '../justifications/index.ts'

/** One opening: emergency treatment for at most an hour, looked at afterwards by somebody else. */
export interface BreakGlass {
  readonly tenant: string
  readonly id: string
  readonly principal: string
  readonly reason: BreakGlassRecord['reason']
  readonly justification: string
  readonly control: BreakGlassRecord['control']
  readonly openedAt: Date
  readonly endsAt: Date
  readonly confirmedBy?: string
  readonly closedAt?: Date
  readonly reviewDueAt: Date
  readonly reviewedBy?: string
  readonly reviewedAt?: Date
  readonly finding?: NonNullable<BreakGlassRecord['finding']>
}

/** As the database has it. */
export type KeptBreakGlass = Kept<BreakGlass>

export interface BreakGlassWish {
  readonly reason: BreakGlass['reason']
  readonly justification: string
  readonly seconds: number
  readonly control: BreakGlass['control']
}

export interface BreakGlassService {
  /**
   * The caller with the purpose ETREAT and the mark of its opening, while one is in force: its own, or that of the person a
   * service is proven to act for. Throws `database.unavailable`.
   */
  enrich(caller: Caller): Soon<Caller>
  /**
   * Opens now, or once a second person confirms. Told at once: log, ledger and an alert. Throws `auth.step-up-required`,
   * `body.text-identifies`, `resource.conflict` when one is open already, `ledger.unavailable`, and what the key service throws.
   */
  open(caller: Caller, wish: BreakGlassWish): Promise<BreakGlass>
  /** Throws `access.not-second-person`, `resource.unknown`, `resource.conflict` when nothing waits for it. */
  confirm(caller: Caller, id: string): Promise<void>
  /** By who opened it. Throws `resource.unknown`, `resource.conflict` when it is over. */
  close(actor: Actor, id: string): Promise<void>
  /**
   * What somebody who had no hand in it found afterwards. Throws `access.not-second-person`, `resource.unknown`,
   * `resource.conflict` while it is open or when it was reviewed.
   */
  review(caller: Caller, id: string, finding: NonNullable<BreakGlass['finding']>): Promise<void>
  list(tenant: string): Promise<readonly BreakGlass[]>
  /** Closes all of a principal's in a transaction; gives what the caller records with it, and refreshes after it. */
  closeAllIn(trx: Transaction, actor: Actor, principal: string): Promise<readonly Change[]>
  /** Lets this replica see at once what another part of it changed. */
  refresh(tenant: string): void
  /** Raises an alert for each review that is overdue, once. Safe on several replicas at once. Gives their number. */
  sweep(tenant: string): Promise<number>
}
