import type { KeyObject } from 'node:crypto'
import { AppError } from '@breakwater/kernel'

/** What evidence says about a machine, once everything about it was checked but whether its nonce is one of ours. */
export interface Attested {
  readonly nonce: Uint8Array
  /** The machine's own, made inside: what is encrypted to it opens nowhere else. */
  readonly publicKey?: KeyObject
}

/** Checks evidence against one policy. Throws `keys.attestation-refused`, which names the rule and no value. */
export type AttestationVerifier = (evidence: Uint8Array) => Promise<Attested>

export function attestationRefused(message: string, cause?: unknown): AppError {
  return new AppError('keys.attestation-refused', { message, cause })
}
