import type { AlertRecord } from '@breakwater/contract'
import type { Actor, Transaction } from '../../platform/audit/change.ts'

export interface Alert {
  readonly id: string
  readonly tenant: string
  readonly kind: AlertRecord['kind']
  /** The id of what it is about. */
  readonly object: string
  /** Its name, when people named it. */
  readonly subject?: string
  readonly principal?: string
  /** The address, or network of addresses, it is about. */
  readonly source?: string
  readonly raisedAt: Date
  readonly acknowledgedBy?: string
  readonly acknowledgedAt?: Date
}

export interface AlertService {
  /**
   * In the transaction of what it tells about: both or neither. Once for a kind and an object: false when it was raised before.
   */
  raiseIn(
    trx: Transaction,
    alert: Pick<Alert, 'tenant' | 'kind' | 'object' | 'subject' | 'principal' | 'source'>,
  ): Promise<boolean>
  /** Newest first. */
  list(tenant: string): Promise<readonly Alert[]>
  /** Throws `resource.unknown` when there is none that waits. */
  acknowledge(actor: Actor, id: string): Promise<void>
}
