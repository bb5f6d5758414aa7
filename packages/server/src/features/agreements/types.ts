import type { Purpose } from '@breakwater/contract'
import type { Actor } from '../../platform/audit/change.ts'

/** What an agreement must cover for something to cross. */
export interface CrossingScope {
  readonly tenant: string
  /** The provider's id. */
  readonly provider: string
  /** E.g. `chat.completions`. */
  readonly endpoint: string
  readonly model: string
  readonly purpose: Purpose
}

export interface AgreementInForce {
  readonly id: string
  readonly version: number
  readonly kind: 'business-associate' | 'internal'
}

/** One version of an agreement; in force from `effectiveFrom` on and before `effectiveTo`. */
export interface Agreement extends AgreementInForce {
  readonly tenant: string
  readonly provider: string
  readonly endpoints: readonly string[]
  /** Names of models; `*` stands for every model of the provider. */
  readonly models: readonly string[]
  readonly purposes: readonly Purpose[]
  readonly effectiveFrom: Date
  readonly effectiveTo: Date
  readonly terminatedAt?: Date
}

export interface AgreementService {
  /**
   * The agreement that lets PHI go there at this second: 45 CFR 164.502(e), 164.504(e). Only the latest version of each
   * counts. Throws `agreement.none-in-force`, `database.unavailable`.
   */
  requireInForce(scope: CrossingScope): Promise<AgreementInForce>
  /** The latest version of each. */
  list(tenant: string): Promise<readonly Agreement[]>
  /** The latest version. Throws `resource.unknown`. */
  get(tenant: string, id: string): Promise<Agreement>
  /** Records the next version. Throws `resource.unknown` when the provider is. */
  put(actor: Actor, agreement: Omit<Agreement, 'tenant' | 'version' | 'terminatedAt'>): Promise<Agreement>
  /** Ends the latest version at this second. Throws `resource.unknown`. */
  terminate(actor: Actor, id: string): Promise<void>
}
