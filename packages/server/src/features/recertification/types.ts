import type { RecertificationInput, RecertificationKind } from '@breakwater/contract'
import type { Soon } from '../../platform/async/soon.ts'
import type { Actor } from '../../platform/audit/change.ts'
import type { Caller } from '../../platform/http/env.ts'

/** One thing that gives somebody access, as the part that keeps it describes it. */
interface Entitlement {
  readonly subject: string
  /** Whose it is; nobody reviews his own. */
  readonly holder?: string
  readonly roles: readonly string[]
  readonly purposes: readonly string[]
}

/** The part that keeps entitlements of one kind. */
export interface EntitlementSource {
  readonly kind: RecertificationKind
  /** Those that give access now or later. */
  list(tenant: string): Promise<readonly Entitlement[]>
  /** Takes it away where it is kept. Asked again after a crash, so what is gone already is no error. */
  revoke(actor: Actor, subject: string): Promise<void>
}

export interface Campaign {
  readonly tenant: string
  readonly id: string
  readonly scope: readonly RecertificationKind[]
  readonly reviewers: readonly string[]
  readonly startedBy: string
  readonly startedAt: Date
  readonly dueAt: Date
  readonly closedAt?: Date
}

export interface Item extends Entitlement {
  readonly tenant: string
  readonly id: string
  readonly campaign: string
  readonly kind: RecertificationKind
  readonly dueAt: Date
  readonly answer?: 'keep' | 'revoke'
  readonly answeredBy?: string
  readonly answeredAt?: Date
}

export interface CampaignWithItems extends Campaign {
  readonly items: readonly Item[]
}

export interface RecertificationService {
  /**
   * The caller, unless a campaign took away what it comes with: without its token it is nobody, without its roles it may
   * nothing. From the second of the answer or of the due date on, by rows at most a second old. Throws `auth.invalid`,
   * `database.unavailable`.
   */
  enrich(caller: Caller): Soon<Caller>
  /** Whether no campaign has taken this away. Throws `database.unavailable`. */
  isConfirmed(tenant: string, kind: RecertificationKind, subject: string): Soon<boolean>
  /** Subjects of a kind that answers or the clock took away and that are not yet gone where they are kept. */
  listTaken(tenant: string, kind: RecertificationKind): Promise<readonly string[]>
  /**
   * Asks about everything in scope. Throws `body.invalid` for a due date that is past or too far, or when an item's only
   * reviewer would be its holder, `resource.conflict` when there is nothing to ask about.
   */
  start(actor: Actor, input: Omit<RecertificationInput, 'dueAt'> & { readonly dueAt: Date }): Promise<CampaignWithItems>
  list(tenant: string): Promise<readonly CampaignWithItems[]>
  /** Throws `resource.unknown`. */
  get(tenant: string, id: string): Promise<CampaignWithItems>
  /**
   * A reviewer's word; `revoke` is in force at once. Throws `access.not-second-person` for who is no reviewer or holds it,
   * `resource.unknown`, `resource.conflict` when it was answered or is past its due date.
   */
  answer(caller: Caller, campaign: string, item: string, answer: 'keep' | 'revoke'): Promise<void>
  /** Carries out what answers and the clock have decided, with an entry for each. Safe on several replicas at once. */
  sweep(tenant: string): Promise<number>
}
