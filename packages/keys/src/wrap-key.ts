import { openBytes, sealBytes } from './aead.ts'
import type { DekWrapper } from './dek.ts'
import type { HeldDek } from './dek-cache.ts'
import { encodeInfo } from './derive.ts'
import { assertDekBytes, assertWrappedBy, kekError } from './kek-provider.ts'
import { encodeKeyContext } from './key-context.ts'
import type { KeyContext } from './key-context.ts'

/** In `WrappedKey.provider`: the data key of a subject, under the wrap key of its tenant and object class. */
export const WRAP_KEY_PROVIDER = 'dek'
const KEY_VERSION = '1'

/**
 * Wraps the keys of subjects by AES-256-GCM under a wrap key, which a provider keeps: ten thousand patients cost the key
 * service one call. `take` counts a message under the wrap key, or throws.
 */
export function createWrapKeyWrapper({ record, key }: HeldDek, take: () => Promise<void>): DekWrapper {
  // A key of the other use would answer under other rules.
  if (record.use !== 'wrap') throw kekError('keys.context-mismatch')
  const head = encodeInfo(['breakwater wrap v1', record.dekId])
  const aad = (context: KeyContext): Uint8Array => encodeKeyContext(context, head)
  return {
    name: WRAP_KEY_PROVIDER,
    async wrap(dek, context) {
      assertDekBytes(dek)
      await take()
      const ciphertext = sealBytes(key, dek, aad(context))
      return { provider: WRAP_KEY_PROVIDER, keyId: record.dekId, keyVersion: KEY_VERSION, ciphertext }
    },
    async unwrap(wrapped, context) {
      assertWrappedBy(WRAP_KEY_PROVIDER, wrapped)
      const dek = openBytes(key, wrapped.ciphertext, aad(context))
      if (!dek) throw kekError('keys.corrupt')
      return dek
    },
  }
}
