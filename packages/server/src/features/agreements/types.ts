import type { AgreementKind, ClauseId, Condition, Exemption, Feature, Purpose } from '@breakwater/contract'
import type { Soon } from '../../platform/async/soon.ts'
import type { Actor } from '../../platform/audit/change.ts'
import type { Provider } from '../providers/index.ts'

/** Of a provider's row, what tells whose service it is and where. */
type CoveredProvider = Pick<
  Provider,
  'id' | 'kind' | 'isInternal' | 'baseUrl' | 'vendor' | 'service' | 'region' | 'settings' | 'upstreamModels'
>

/** What an agreement must cover for something to cross. */
export interface CrossingScope {
  readonly tenant: string
  readonly provider: CoveredProvider
  /** E.g. `chat.completions`. */
  readonly endpoint: string
  readonly model: string
  readonly purpose: Purpose
  /** What the request makes use of. One that the closed list does not hold is covered by nothing. */
  readonly features: readonly string[]
  /** Whether what is sent shall train a model. */
  readonly isTraining?: boolean
  /** Where it must stay, as regions or countries. */
  readonly residencies?: readonly string[]
}

export interface AgreementInForce {
  readonly id: string
  readonly version: number
  readonly kind: AgreementKind
}

/** What a contract grants and says, beyond whom and when. */
interface AgreementTerms {
  /** The vendor's service; left out: whichever the provider is. */
  readonly service?: string
  /** None: wherever the provider's row points. */
  readonly hosts: readonly string[]
  /** Beside the plain ones, which are covered wherever the endpoint is. */
  readonly features: readonly Feature[]
  /** `*` stands for any place, known or not. */
  readonly regions: readonly string[]
  /** Left out: not limited. */
  readonly maxRetentionDays?: number
  readonly allowsHumanReview: boolean
  readonly allowsTraining: boolean
  readonly retentionExemption?: { readonly kind: Exemption; readonly reference: string; readonly recordedOn: string }
  readonly conditions: readonly Condition[]
  readonly parties: {
    readonly coveredEntity?: string
    readonly businessAssociate?: string
    readonly subcontractor?: string
  }
  /** Ids of agreements that must be in force as well. */
  readonly chain: readonly string[]
  readonly clauses: readonly { readonly clause: ClauseId; readonly location: string }[]
  readonly incidentNoticeDays?: number
}

/** One version of an agreement; in force from `effectiveFrom` on and before `effectiveTo`, once it was activated. */
export interface Agreement extends AgreementInForce, AgreementTerms {
  readonly tenant: string
  readonly provider: string
  readonly endpoints: readonly string[]
  /** Names of models; `*` stands for every model of the provider. */
  readonly models: readonly string[]
  readonly purposes: readonly Purpose[]
  readonly effectiveFrom: Date
  readonly effectiveTo: Date
  readonly activatedAt?: Date
  readonly activatedBy?: string
  readonly terminatedAt?: Date
}

type Own = 'tenant' | 'version' | 'activatedAt' | 'activatedBy' | 'terminatedAt'

/** What is put: terms that are left out are the narrowest of its kind. */
export type AgreementDraft = Omit<Agreement, Own | keyof AgreementTerms> &
  Partial<AgreementTerms> & { readonly isDraft?: boolean }

/** The newest version of one agreement, and which is active when that one is a draft. */
export interface ListedAgreement extends Agreement {
  readonly state: 'draft' | 'not yet' | 'in force' | 'expired' | 'terminated'
  readonly activeVersion?: number
}

/** The agreement that covers a crossing, or what is missing, by names of closed lists. */
export interface Weighed {
  readonly agreement?: Agreement
  readonly missing: readonly string[]
}

export interface AgreementService {
  /**
   * The agreement that lets PHI go there at this second: 45 CFR 164.502(e), 164.504(e). It covers provider, service, endpoint,
   * model, region, purpose and every feature by itself. Only the newest active version of each counts. Throws
   * `agreement.none-in-force`, naming what is not covered, and `database.unavailable`.
   */
  requireInForce(scope: CrossingScope): Soon<AgreementInForce>
  /**
   * The same without throwing for a lack: the agreement that covers it, or what is missing in the one that comes closest.
   * Throws `database.unavailable`.
   */
  weigh(scope: CrossingScope): Soon<Weighed>
  /** The newest version of each. */
  list(tenant: string): Promise<readonly ListedAgreement[]>
  /** The newest version. Throws `resource.unknown`. */
  get(tenant: string, id: string): Promise<ListedAgreement>
  /**
   * Records the next version, active unless it is a draft. Throws `resource.unknown` when the provider or a link of the chain
   * is, `agreement.clauses-missing`.
   */
  put(actor: Actor, agreement: AgreementDraft): Promise<ListedAgreement>
  /** Puts the newest version in force, a draft until now. Throws `resource.unknown`, `agreement.clauses-missing`. */
  activate(actor: Actor, id: string): Promise<void>
  /** Ends the active version at this second. Throws `resource.unknown`. */
  terminate(actor: Actor, id: string): Promise<void>
  /** Raises an alert for each agreement that ends within 60, 30 or 7 days, or has ended: once each. */
  sweep(tenant: string): Promise<void>
}
