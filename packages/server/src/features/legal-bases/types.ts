import type { BasisKind, DataClass, Purpose } from '@breakwater/contract'
import type { Actor } from '../../platform/audit/change.ts'

/** What somebody wants to do under a basis. */
export interface BasisScope {
  readonly tenant: string
  readonly id: string
  readonly principal: string
  readonly purpose: Purpose
  /** Keyed reference of the patient that the request names. */
  readonly patient: string | undefined
}

export interface BasisInForce {
  readonly id: string
  readonly version: number
  readonly kind: BasisKind
  /** The most sensitive data it covers. */
  readonly dataClass: DataClass
}

/** One version of a record; in force from `effectiveFrom` on, until its time, its event or its revocation. */
export interface LegalBasis extends BasisInForce {
  readonly tenant: string
  readonly purposes: readonly string[]
  readonly principals: readonly string[]
  readonly elements: readonly string[]
  readonly documentSha256: string
  /** Keyed references; none: not bound to named people. */
  readonly patients: readonly string[]
  readonly effectiveFrom: Date
  readonly expiresAt?: Date
  readonly expiryEvent?: string
  readonly endedAt?: Date
  readonly endReason?: EndReason
}

export type EndReason = 'revoked' | 'expiry-event'

export interface LegalBasisService {
  /**
   * The record that opens this purpose to this principal at this second: 45 CFR 164.508, 164.512, 164.514(e). Only the
   * latest version counts. Throws `basis.none-in-force`, `database.unavailable`.
   */
  requireInForce(scope: BasisScope): Promise<BasisInForce>
  /** The latest version of each. */
  list(tenant: string): Promise<readonly LegalBasis[]>
  /** Records the next version; `patients` are ids, of which references are kept. */
  put(actor: Actor, basis: Omit<LegalBasis, 'tenant' | 'version' | 'endedAt' | 'endReason'>): Promise<LegalBasis>
  /** Ends the latest version at this second. Throws `resource.unknown`. */
  end(actor: Actor, id: string, reason: EndReason): Promise<void>
}
