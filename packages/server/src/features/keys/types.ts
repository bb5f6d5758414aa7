import type { KeyStatus, Reachability, ShredCertificate } from '@breakwater/contract'
import type { KeyLabel, Keyring } from '@breakwater/kernel'
import type { DekUse } from '@breakwater/keys'
import type { Actor } from '../../platform/audit/change.ts'

/** One version of one key in the key service. */
export interface KekVersion {
  readonly provider: string
  readonly kekId: string
  readonly kekVersion: string
}

/** What was done to it there, as the operator recorded it. */
export interface KekEvent extends KekVersion {
  readonly event: 'disabled' | 'enabled' | 'destroyed'
  readonly happenedAt: Date
}

/** A keyring that can take on a new version. */
export interface RotatableKeyring extends Keyring {
  rotate(label: KeyLabel): Promise<number>
}

interface RewrapResult {
  readonly rewrapped: number
  /** Still under another version: run again. */
  readonly remaining: number
}

export interface KeyService {
  status(tenant: string): Promise<KeyStatus>
  /** A new current data key of a class; what the old one sealed still opens. Throws `keys.*`. */
  rotate(actor: Actor, scope: { readonly objectClass: string; readonly use: DekUse }): Promise<void>
  /** A new version of a secret behind tokens or references, on every replica within a minute. Throws `keys.*`. */
  rotateKeyring(actor: Actor, label: KeyLabel): Promise<void>
  /** Puts data keys under the current version of the key above them, as many as fit; safe to run beside itself. */
  rewrap(actor: Actor): Promise<RewrapResult>
  /** A task for the sweeper, once a second: this replica forgets what another one shredded or rotated. */
  follow(): Promise<void>
  recordKekEvent(actor: Actor, event: KekEvent): Promise<void>
  /** Destroys the keys of a patient in the database. Throws `resource.unknown` when there are none (any more). */
  shred(actor: Actor, patient: string): Promise<ShredCertificate>
  /** Whether a copy made then could be opened at that time; what the log of keys does not tell is `unknown`. */
  readReachability(
    tenant: string,
    question: { readonly patient: string; readonly copiedAt: Date | undefined; readonly at: Date },
  ): Promise<Reachability>
}
