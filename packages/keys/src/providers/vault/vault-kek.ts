import { assertDekBytes, assertWrappedBy, kekError } from '../../kek-provider.ts'
import type { KekProvider, WrappedKey } from '../../kek-provider.ts'
import { encodeKeyContext } from '../../key-context.ts'
import type { KeyContext, KeyEnvironment } from '../../key-context.ts'
import { readBase64, readText } from '../shared/answer.ts'
import { createCalls } from '../shared/calls.ts'
import { createTransitApi } from './transit-api.ts'
import type { TransitApiOptions } from './transit-api.ts'

export interface VaultKekOptions extends TransitApiOptions {
  readonly name: string
  readonly environment: KeyEnvironment
  readonly timeoutMs?: number
}

/** `vault:v3:` and base64: the version is part of what is stored. */
const CIPHERTEXT = /^vault:v([1-9]\d{0,8}):[A-Za-z\d+/]+={0,2}$/

/**
 * The transit engine of OpenBao or Vault, with the context as associated data. The token needs `read` on the key and
 * `update` on its encrypt and decrypt paths, no more. Throws `config.invalid`.
 */
export function createVaultKekProvider(options: VaultKekOptions): KekProvider {
  const { name, environment, timeoutMs } = options
  const api = createTransitApi(options)
  const calls = createCalls({ timeoutMs, toCode: () => 'keys.unavailable' })

  return {
    kind: 'vault-transit',
    name,
    describe: () => ({ environment, isExtractable: false, bindsContext: true, authenticatesWraps: true }),
    currentVersion: async (callOptions) =>
      calls.run(callOptions, async (signal) => {
        const key = await api.readKey(signal)
        key.assertFit()
        return String(key.latestVersion)
      }),
    async wrap(dek, context, callOptions) {
      assertDekBytes(dek)
      return calls.run(callOptions, async (signal): Promise<WrappedKey> => {
        // First, and not only for the version: an encryption under a name without a key would make one.
        const key = await api.readKey(signal)
        key.assertFit()
        const plaintext = Buffer.from(dek)
        const input = { plaintext: plaintext.toString('base64'), key_version: key.latestVersion, ...toData(context) }
        plaintext.fill(0)
        const text = readText(await api.encrypt(input, signal), 'ciphertext')
        const keyVersion = String(key.latestVersion)
        if (CIPHERTEXT.exec(text)?.[1] !== keyVersion) throw kekError('keys.unavailable')
        return { provider: name, keyId: api.keyId, keyVersion, ciphertext: Buffer.from(text) }
      })
    },
    async unwrap(wrapped, context, callOptions) {
      assertWrappedBy(name, wrapped)
      const ciphertext = Buffer.from(wrapped.ciphertext).toString('latin1')
      const [, version] = CIPHERTEXT.exec(ciphertext) ?? []
      if (version === undefined || version !== wrapped.keyVersion || wrapped.keyId !== api.keyId) {
        throw kekError('keys.corrupt')
      }
      return calls.run(callOptions, async (signal) => {
        const data = await api.decrypt({ ciphertext, ...toData(context) }, signal)
        if (data) return readDek(data)
        // The service says "bad request" to all of it: its own account of the key tells which.
        const key = await api.readKey(signal)
        key.assertReadable(Number(version))
        throw kekError('keys.corrupt')
      })
    },
    async close() {
      calls.close()
      await api.close()
    },
  }
}

function readDek(data: Parameters<typeof readBase64>[0]): Uint8Array {
  const dek = readBase64(data, 'plaintext')
  assertDekBytes(dek)
  return dek
}

function toData(context: KeyContext): { readonly associated_data: string } {
  return { associated_data: Buffer.from(encodeKeyContext(context)).toString('base64') }
}
