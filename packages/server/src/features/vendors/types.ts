import type { Condition, Exemption, Feature, VendorFactInput } from '@breakwater/contract'
import type { Actor } from '../../platform/audit/change.ts'

/** What a vendor's terms say of one feature of one of its services; a version of it. */
export interface VendorFact {
  readonly id: string
  readonly version: number
  readonly vendor: string
  readonly service: string
  /** `*`: every endpoint. */
  readonly endpoint: string
  readonly feature: Feature | 'plain'
  /** A model's name, or its start before a star. */
  readonly model: string
  /** `*`: any place. */
  readonly region: string
  readonly coverage: 'yes' | 'no' | 'if'
  readonly conditions: readonly Condition[]
  /** Undefined: not known, so without end. */
  readonly retentionDays?: number
  readonly liftedBy: readonly Exemption[]
  /** Undefined: not known, so it happens. */
  readonly humanReview?: boolean
  readonly training?: boolean
  readonly subprocessors: readonly string[]
  readonly agreementTerm?: string
  readonly source: string
  /** A day, `2026-11-22`. */
  readonly checkedOn: string
  readonly putBy: string
  readonly putAt: Date
  readonly confirmedBy?: string
  readonly confirmedAt?: Date
}

/** The newest version of one fact, and which counts while that one is to be confirmed. */
export interface ListedFact extends VendorFact {
  readonly confirmedVersion?: number
}

/** The service behind a provider, by its address and by what its row says. */
export interface IdentifiedService {
  readonly vendor?: string
  readonly service?: string
  readonly host?: string
  /** How the vendor calls the model. */
  readonly upstreamModel: string
  /** Where this model is really served; undefined: nobody said. */
  readonly region?: string
  /** Of somebody else: what it keeps is the registry's to say. */
  readonly isOfVendor: boolean
  /** Address and row say different things. */
  readonly isContradicted: boolean
}

/** One call, as the registry is asked about it. */
export interface VendorCall {
  readonly service: IdentifiedService
  readonly endpoint: string
  readonly features: readonly string[]
}

/** What an agreement grants and what was arranged under it. */
export interface GrantedTerms {
  /** Undefined: not limited. */
  readonly maxRetentionDays?: number
  readonly allowsHumanReview: boolean
  readonly allowsTraining: boolean
  /** Every approval and arrangement on record, the exemption among them. */
  readonly conditions: readonly Condition[]
}

export interface VendorService {
  /** What of the call the vendor's terms do not cover under these terms, by names of closed lists; empty when all of it is. */
  findGaps(tenant: string, call: VendorCall, terms: GrantedTerms): Promise<readonly string[]>
  /** The newest version of each. */
  list(tenant: string): Promise<readonly ListedFact[]>
  /** Takes facts over, to be confirmed; those that say what is on record already stay as they are. */
  import(
    actor: Actor,
    facts: readonly VendorFactInput[],
  ): Promise<{ readonly added: number; readonly changed: number; readonly unchanged: number }>
  /** Throws `resource.unknown` when this is not the newest version, or is confirmed. */
  confirm(actor: Actor, id: string, version: number): Promise<void>
}
