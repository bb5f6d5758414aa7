import { constants, publicEncrypt } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { AppError } from '@breakwater/kernel'
import type { Mac } from '@breakwater/kernel'
import { openDek } from '../dek.ts'
import type { DekRecord, DekWrapper } from '../dek.ts'
import type { KekProvider } from '../kek-provider.ts'
import type { KeyContext } from '../key-context.ts'
import { attestationRefused } from './attested.ts'
import type { AttestationVerifier } from './attested.ts'

export interface AttestationPolicy {
  /** What checks evidence for a key; undefined: this key needs none and opens as before. */
  readonly findVerifier: (context: KeyContext) => AttestationVerifier | undefined
  /** As in `DeksOptions`: required with a provider that cannot tell who wrapped. */
  readonly recordMac?: Mac
}

/** A provider some of whose keys open only for a machine that has proved what it is. */
export interface AttestedKekProvider extends KekProvider {
  /**
   * A data key of the policy's, encrypted (RSA-OAEP with SHA-256) to the public key inside the evidence, so that only the
   * attested machine can use it. `spend` uses up the nonce of the evidence, on all replicas, or throws; it is called after
   * everything else about the evidence was checked, before the key service is asked. Throws `keys.attestation-refused`,
   * and what opening a key throws.
   */
  release(record: DekRecord, evidence: Uint8Array, spend: (nonce: Uint8Array) => Promise<void>): Promise<Uint8Array>
}

const MIN_RSA_BITS = 2048

/**
 * Puts a policy before a provider: `unwrap` refuses the policy's keys, whoever asks in this process, and `release` hands
 * them to attested machines. Re-wrapping goes on: it hands out nothing. The process that made a key of the policy's still
 * holds it until its next refresh. Throws `config.invalid`.
 */
export function requireAttestation(provider: KekProvider, policy: AttestationPolicy): AttestedKekProvider {
  const { findVerifier, recordMac } = policy
  const { authenticatesWraps } = provider.describe()
  if (!authenticatesWraps && !recordMac) {
    throw new AppError('config.invalid', {
      message: 'this key provider cannot tell who wrapped: it needs a record MAC',
    })
  }
  const wrapper: DekWrapper = {
    name: provider.name,
    wrap: async (...input) => provider.wrap(...input),
    unwrap: async (...input) => provider.unwrap(...input),
    ...(!authenticatesWraps && recordMac && { recordMac }),
  }
  return {
    kind: provider.kind,
    name: provider.name,
    describe: () => provider.describe(),
    currentVersion: async (options) => provider.currentVersion(options),
    wrap: async (dek, context, options) => provider.wrap(dek, context, options),
    async unwrap(wrapped, context, options) {
      if (findVerifier(context)) throw attestationRefused('this key is released to attested machines only')
      return provider.unwrap(wrapped, context, options)
    },
    unwrapForRewrap: async (wrapped, context, options) => provider.unwrap(wrapped, context, options),
    close: async () => provider.close(),
    async release(record, evidence, spend) {
      const verify = findVerifier(record)
      if (!verify || record.use !== 'data') throw attestationRefused('this key is not one that is released')
      const { nonce, publicKey } = await verify(evidence)
      if (!publicKey || !isStrongRsa(publicKey)) throw attestationRefused('the evidence holds no RSA key to encrypt to')
      await spend(nonce)
      const bytes = (await openDek(record, wrapper)).export()
      try {
        return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, bytes)
      } finally {
        bytes.fill(0)
      }
    },
  }
}

function isStrongRsa({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS
}
