import type { LimitInput, LimitUsage, PriceInput, PriceRecord, Purpose } from '@breakwater/contract'
import type { Soon } from '../../platform/async/soon.ts'
import type { Actor } from '../../platform/audit/change.ts'

export interface Limit extends LimitInput {
  readonly tenant: string
  readonly id: string
  readonly version: number
  readonly endedAt?: Date
}

/** What is about to cross, and what it is thought to need before anybody has counted it. */
export interface Crossing {
  readonly tenant: string
  readonly principal: string
  readonly purpose: Purpose
  readonly provider: string
  readonly model: string
  readonly isStream: boolean
  /** Asked of the engine only: it counts as a request and as nothing else. */
  readonly isPreview: boolean
  /** Asked only where tokens or cost are limited. */
  readonly estimate: () => Usage
}

export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
}

/** What a crossing holds of its limits until it is over. */
export interface Reservation {
  /** Whether anybody wants to know what is used: tokens or cost are limited. */
  readonly isMetered: boolean
  /** Counts what was used in the place of what was thought, and lets go of its stream. Only the first call does. */
  settle(usage: Usage): void
}

export interface BudgetService {
  /**
   * Takes from each limit that applies, on all replicas together. Undefined when none does. Throws `limit.exceeded`,
   * `limit.unpriced`, `database.unavailable`; then nothing is held.
   */
  reserve(crossing: Crossing): Soon<Reservation | undefined>
  listLimits(tenant: string): Promise<readonly Limit[]>
  /** What is counted now. */
  listUsage(tenant: string): Promise<readonly LimitUsage[]>
  /** The next version. Throws `resource.conflict` when it would count something else than before. */
  putLimit(actor: Actor, id: string, input: LimitInput): Promise<Limit>
  /** Throws `resource.unknown`. */
  endLimit(actor: Actor, id: string): Promise<void>
  listPrices(tenant: string): Promise<readonly PriceRecord[]>
  /** The next version. Throws `resource.unknown` when the provider is. */
  putPrice(actor: Actor, input: PriceInput): Promise<PriceRecord>
  /** Gives back what this replica holds. */
  close(): Promise<void>
}
