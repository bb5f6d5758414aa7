import type {
  EvaluationInput,
  EvaluationRecord,
  EvaluationSample,
  FeedbackInput,
  FeedbackRecord,
  HistoryRecord,
  HistoryTexts,
  KeptAnswer,
  KeptKind,
  KeptRuleInput,
  KeptRuleRecord,
  OPEN_PURPOSES,
  Purpose,
} from '@breakwater/contract'
import type { Soon } from '../../platform/async/soon.ts'
import type { Actor } from '../../platform/audit/change.ts'
import type { Principal } from '../principals/index.ts'

export type OpenPurpose = (typeof OPEN_PURPOSES)[number]

export interface KeptRule extends KeptRuleInput {
  readonly kind: KeptKind
  readonly putBy: string
  readonly putAt: Date
}

/** Request and answer of a crossing, in the words of its endpoint. */
export interface CrossingTexts {
  readonly request: string
  readonly answer: string
}

/** A crossing that ended well, as the pipeline hands it over once its outcome is durable. */
export interface KeptCrossing {
  readonly tenant: string
  readonly crossing: string
  readonly principal: string
  readonly endpoint: string
  readonly provider: string
  readonly model: string
  readonly purpose: Purpose
  readonly isStream: boolean
  /** A keyed reference, in hex. */
  readonly patient: string | undefined
  /** Of identifiers that were masked. */
  readonly classes: readonly string[]
  /** What waits in memory until it is written. */
  readonly sizeBytes: number
  /** Called off the request's way. Throws what keeps a crossing from being kept; that is counted by its code. */
  readonly read: () => Promise<{ readonly masked: CrossingTexts; readonly restored?: CrossingTexts }>
}

/** The pipeline's side: never waited for, never in the way. */
export interface Keeper {
  /** What the tenant keeps of crossings; undefined, also when that cannot be found out: nothing. Never throws. */
  findHistoryRule(tenant: string): Soon<{ readonly keepsRestored: boolean } | undefined>
  /** Takes a crossing up to be written. What does not fit is counted, and the count goes to the ledger. */
  keep(crossing: KeptCrossing): void
  /** Counts a crossing that could not be taken up. */
  drop(tenant: string, code: string): void
}

/** How something kept is asked for. */
interface KeptPage {
  readonly purpose: OpenPurpose
  readonly before?: string | undefined
  readonly limit: number
}

/** Masks a text for keeping, as a prompt is. Throws `residual.found`, `detector.unavailable`, naming the field. */
export type MaskText = (
  caller: { readonly tenant: string; readonly id: string },
  text: string,
  field: string,
) => Promise<string>

export interface EvaluationService {
  listEvaluations(caller: Principal): Promise<readonly EvaluationRecord[]>
  /** Throws `resource.conflict` when there is one of that name, `resource.unknown` while nothing is kept. */
  createEvaluation(caller: Principal, id: string): Promise<EvaluationRecord>
  /** Throws `resource.unknown`, `purpose.not-permitted`, `residual.found`, `resource.conflict`, `keys.*`. */
  addSample(caller: Principal, evaluation: string, input: EvaluationInput): Promise<KeptAnswer>
  /** A set with all that is in it, or one sample of it. Throws `resource.unknown`. */
  removeEvaluation(caller: Principal, evaluation: string, sample?: string): Promise<void>
  /** The samples whose time is not over and whose keys are not shredded, durable in the ledger before the first of them. */
  exportEvaluation(
    caller: Principal,
    evaluation: string,
    purpose: OpenPurpose,
  ): Promise<AsyncGenerator<EvaluationSample, void, undefined>>
}

export interface KeptService extends EvaluationService, Keeper {
  listRules(tenant: string): Promise<readonly KeptRuleRecord[]>
  /** Switches a kind on, or changes how: a shorter time reaches back to what is kept. Throws `body.invalid`. */
  putRule(actor: Actor, kind: KeptKind, input: KeptRuleInput): Promise<KeptRuleRecord>
  /** Switches a kind off and deletes what was kept. Throws `resource.unknown` when it is off. */
  endRule(actor: Actor, kind: KeptKind): Promise<void>
  /** What was kept, without its texts. Throws `purpose.not-permitted`, `resource.unknown` while nothing is kept. */
  listHistory(caller: Principal, page: KeptPage): Promise<readonly HistoryRecord[]>
  /**
   * One crossing with its texts, durable in the ledger before it is told. Throws `policy.denied` for a restored form that
   * the caller may not have whole, `resource.unknown` (also once its time is over), `purpose.not-permitted`,
   * `keys.destroyed` after a shredding.
   */
  readHistory(
    caller: Principal,
    crossing: string,
    wish: { readonly purpose: OpenPurpose; readonly form: 'masked' | 'restored' },
  ): Promise<HistoryTexts>
  /**
   * What a caller thinks of an answer of its own, or of anybody's who may read what is kept. Throws `resource.unknown`,
   * `residual.found`, `detector.unavailable`.
   */
  giveFeedback(caller: Principal, crossing: string, input: FeedbackInput): Promise<KeptAnswer>
  /** Throws `purpose.not-permitted`, `resource.unknown` while nothing is kept. */
  listFeedback(caller: Principal, page: KeptPage): Promise<readonly FeedbackRecord[]>
  /** Deletes what is over its time. Gives how many rows that were. */
  sweep(tenant: string): Promise<number>
  /** Waits until everything taken up is written or counted. */
  settle(): Promise<void>
}
