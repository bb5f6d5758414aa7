import type { KeyRelease, ReleaseChallenge } from '@breakwater/contract'
import type { Caller } from '../../platform/http/env.ts'

export interface KeyReleaseService {
  /**
   * A nonce for evidence about the caller's machine, good once and for two minutes. Throws `resource.unknown` when the keys
   * of this class are not released, `auth.rate-limited`.
   */
  challenge(caller: Caller, objectClass: string): Promise<ReleaseChallenge>
  /**
   * A data key, encrypted to the machine that the evidence is about. Every answer and every refusal is in the ledger before
   * it is given. Throws `keys.attestation-refused`, `resource.unknown` and what opening a key throws.
   */
  release(
    caller: Caller,
    asked: { readonly objectClass: string; readonly dekId?: string; readonly evidence: Uint8Array },
  ): Promise<KeyRelease>
}
