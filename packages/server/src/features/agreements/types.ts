import type { Purpose } from '@breakwater/contract'

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

export interface AgreementService {
  /**
   * The agreement that lets PHI go there at this second: 45 CFR 164.502(e), 164.504(e). Throws
   * `agreement.none-in-force`, `database.unavailable`.
   */
  requireInForce(scope: CrossingScope): Promise<AgreementInForce>
}
