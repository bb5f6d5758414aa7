import type { AccessRequestRecord, Purpose, Role } from '@breakwater/contract'
import type { Soon } from '../../platform/async/soon.ts'
import type { Actor, Change, Transaction } from '../../platform/audit/change.ts'
import type { Caller } from '../../platform/http/env.ts'
import type { Kept } from '../justifications/index.ts'

export interface AccessRequest {
  readonly tenant: string
  readonly id: string
  readonly kind: AccessRequestRecord['kind']
  readonly beneficiary: string
  readonly roles: readonly Role[]
  readonly purposes: readonly Purpose[]
  readonly seconds: number
  readonly startsAt?: Date
  readonly reason: AccessRequestRecord['reason']
  readonly justification: string
  readonly requestedBy: string
  readonly requestedAt: Date
  readonly lapsesAt: Date
  readonly answer?: 'approved' | 'denied' | 'withdrawn' | 'lapsed'
  readonly answeredBy?: string
  readonly answeredAt?: Date
}

/** As the database has it. */
export type KeptRequest = Kept<AccessRequest>

export type EndReason = 'expired' | 'revoked' | 'exception-ended' | 'recertification'

/** Roles and purposes for a time, from `validFrom` on and before `validUntil`. */
export interface Grant {
  readonly tenant: string
  readonly id: string
  readonly request: string
  readonly exception?: string
  readonly principal: string
  readonly roles: readonly Role[]
  readonly purposes: readonly Purpose[]
  readonly validFrom: Date
  readonly validUntil: Date
  readonly givenBy: string
  readonly givenAt: Date
  readonly endedAt?: Date
  readonly endedReason?: EndReason
}

export interface AccessWish {
  readonly kind: AccessRequest['kind']
  readonly beneficiary?: string
  readonly roles: readonly Role[]
  readonly purposes: readonly Purpose[]
  readonly seconds: number
  readonly startsAt?: Date
  readonly reason: AccessRequest['reason']
  readonly justification: string
}

/** Whom access can be given to. */
export interface Subject {
  readonly roles: readonly string[]
  readonly isDisabled: boolean
}

export interface GrantService {
  /**
   * The caller with the roles and purposes of its grants in force at this second, by rows at most a second old. A grant that
   * would bring duties together that must stay apart adds nothing. Throws `database.unavailable`.
   */
  enrich(caller: Caller): Soon<Caller>
  /**
   * Asks for access. Throws `access.term-too-long`, `access.duties-conflict`, `body.text-identifies`, `body.invalid`,
   * `resource.unknown` for a beneficiary nobody knows, and what the key service throws.
   */
  request(caller: Caller, wish: AccessWish): Promise<AccessRequest>
  /**
   * Gives what was asked for, from now or the wished start. Throws `access.not-second-person`, `access.duties-conflict`,
   * `resource.unknown`, `resource.conflict` when the request is not waiting any more.
   */
  approve(caller: Caller, id: string): Promise<Grant>
  /** Throws as `approve`. */
  deny(caller: Caller, id: string): Promise<void>
  /** By who asked or would profit. Throws `resource.unknown`, `resource.conflict`. */
  withdraw(actor: Actor, id: string): Promise<void>
  listRequests(tenant: string): Promise<readonly AccessRequest[]>
  listGrants(tenant: string): Promise<readonly Grant[]>
  /** Grants that are not over at this second. */
  listOpen(tenant: string): Promise<readonly Grant[]>
  /** From this second on. Throws `resource.unknown` when there is no such grant that has not ended. */
  end(actor: Actor, id: string, reason?: EndReason): Promise<void>
  /** Ends all of a principal's in a transaction; gives what the caller records with it, and refreshes after it. */
  endAllIn(trx: Transaction, actor: Actor, principal: string): Promise<readonly Change[]>
  /** Lets this replica see at once what another part of it changed. */
  refresh(tenant: string): void
  /** Writes down what time has ended, grants and waiting requests. Safe on several replicas at once. Gives their number. */
  sweep(tenant: string): Promise<number>
}
