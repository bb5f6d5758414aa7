import type { FreezePreview, FreezeRecord, FreezeScope } from '@breakwater/contract'
import type { Soon } from '../../platform/async/soon.ts'
import type { Actor } from '../../platform/audit/change.ts'
import type { Caller } from '../../platform/http/env.ts'

export interface Freeze {
  readonly tenant: string
  readonly id: string
  readonly target: FreezeScope
  readonly reason: FreezeRecord['reason']
  /** There was one administrator when it was made, so one person may lift it. */
  readonly isSingleControl: boolean
  readonly frozenBy: string
  readonly frozenAt: Date
  readonly liftProposedBy?: string
  readonly liftedBy?: string
  readonly liftedAt?: Date
}

/** Where something would leave to. */
export interface Egress {
  readonly tenant: string
  readonly provider: string
}

/** One connection to a provider that lasts. */
export interface Watched extends Egress {
  /** Called once, with the reason, when nothing may leave there any more. */
  readonly cut: (reason: Error) => void
}

export interface FreezeService {
  /**
   * Whether something may leave at this second, by rows at most a second old. Throws `egress.frozen`,
   * `database.unavailable` when that cannot be known.
   */
  requireOpen(egress: Egress): Soon<void>
  /**
   * Looks again and again while it lasts, and cuts it within seconds of a freeze, or when nobody can tell any more whether
   * there is one. Call what it gives when the connection is over.
   */
  watch(watched: Watched): () => void
  /** Throws `resource.unknown` for a provider nobody knows, `policy.denied` when another tenant than the home freezes all. */
  freeze(actor: Actor, target: FreezeScope, reason: Freeze['reason']): Promise<Freeze>
  /** What a freeze would stop. */
  preview(actor: Actor, target: FreezeScope): Promise<FreezePreview>
  list(tenant: string): Promise<readonly Freeze[]>
  /** The first of two people. Throws `access.not-second-person` for a service, `resource.unknown`, `resource.conflict`. */
  proposeLift(caller: Caller, id: string): Promise<void>
  /** The other one. Throws `access.not-second-person`, `resource.unknown`, `resource.conflict` when nobody proposed it. */
  lift(caller: Caller, id: string): Promise<void>
  /** Stops watching. */
  close(): void
}
