import { AppError } from '@breakwater/kernel'
import type { TokenCredential } from '@azure/identity'
import type { KeyVaultKey } from '@azure/keyvault-keys'
import { assertDekBytes, assertWrappedBy, kekError } from '../../kek-provider.ts'
import type { KekProvider, WrappedKey } from '../../kek-provider.ts'
import { assertKeyContext } from '../../key-context.ts'
import type { KeyEnvironment } from '../../key-context.ts'
import { createCalls } from '../shared/calls.ts'
import { toCause } from '../shared/cause.ts'
import { invalid } from '../shared/endpoint.ts'
import { once } from '../shared/once.ts'
import { createAzureClient } from './azure-client.ts'
import type { AzureClient } from './azure-client.ts'
import { createAzureCredential } from './azure-credential.ts'
import type { AzureCredentialSettings } from './azure-credential.ts'
import { isNotFound, toAzureCode } from './azure-errors.ts'
import { parseKeyUrl, parseKeyUrlOf } from './key-url.ts'

export interface AzureKekOptions {
  readonly name: string
  readonly environment: KeyEnvironment
  /** The version that wraps: `https://V.vault.azure.net/keys/K/32-hex-digits`. Others of the same key only unwrap. */
  readonly keyUrl: string
  /** Or a credential of the SDK's, made elsewhere. */
  readonly credential: AzureCredentialSettings | TokenCredential
  /** PEM. Only certificates under it are believed. */
  readonly caFile?: string
  readonly timeoutMs?: number
}

const ALGORITHM = 'RSA-OAEP-256'
/** 128 bits of security (NIST SP 800-57 part 1, table 2). */
const MIN_MODULUS_BYTES = 384

/**
 * Azure Key Vault: wrapKey and unwrapKey by RSA-OAEP-256 under a pinned version. RSA takes no context and anybody with
 * the public key can wrap: our envelope binds the one and authenticates the other. Needs get, wrapKey and unwrapKey. Not
 * verified against the live service: its judge is a server of ours that follows the REST reference. Throws
 * `config.invalid`.
 */
export function createAzureKekProvider(options: AzureKekOptions): KekProvider {
  const { name, environment, timeoutMs, caFile } = options
  const current = parseKeyUrl(options.keyUrl, 'keyUrl')
  const calls = createCalls({ timeoutMs, toCode: toAzureCode })
  const load = once(async (): Promise<AzureClient> => {
    const { credential } = options
    return createAzureClient(
      current,
      'type' in credential ? await createAzureCredential(credential) : credential,
      caFile,
    )
  })

  /** A deleted key can come back until it is purged. Who may not look there is told the milder of the two. */
  const explain = async ({ keys }: AzureClient, error: unknown, abortSignal: AbortSignal): Promise<never> => {
    if (!isNotFound(error)) throw error
    const isPurged = await keys.getDeletedKey(current.keyName, { abortSignal }).then(() => false, isNotFound)
    throw kekError(isPurged ? 'keys.destroyed' : 'keys.disabled', toCause(error))
  }
  /** Each time anew, since the service itself wraps under a disabled key too. */
  const assertUsable = async (client: AzureClient, abortSignal: AbortSignal): Promise<void> => {
    const reading = client.keys.getKey(current.keyName, { version: current.version, abortSignal })
    assertFit(await reading.catch(async (error: unknown) => explain(client, error, abortSignal)))
  }

  return {
    kind: 'azure-key-vault',
    name,
    describe: () => ({ environment, isExtractable: false, bindsContext: false, authenticatesWraps: false }),
    currentVersion: async (callOptions) =>
      calls.run(callOptions, async (signal) => {
        await assertUsable(await load(), signal)
        return current.version
      }),
    async wrap(dek, context, callOptions) {
      assertDekBytes(dek)
      assertKeyContext(context)
      return calls.run(callOptions, async (abortSignal): Promise<WrappedKey> => {
        const client = await load()
        await assertUsable(client, abortSignal)
        const { result } = await client.forVersion(current.version).wrapKey(ALGORITHM, dek, { abortSignal })
        if (result.length < MIN_MODULUS_BYTES) throw kekError('keys.unavailable')
        return { provider: name, keyId: options.keyUrl, keyVersion: current.version, ciphertext: result }
      })
    },
    async unwrap(wrapped, context, callOptions) {
      assertWrappedBy(name, wrapped)
      assertKeyContext(context)
      const version = parseKeyUrlOf(current, wrapped.keyId, wrapped.keyVersion)
      return calls.run(callOptions, async (abortSignal) => {
        const client = await load()
        const opening = client.forVersion(version).unwrapKey(ALGORITHM, wrapped.ciphertext, { abortSignal })
        const { result } = await opening.catch(async (error: unknown) => explain(client, error, abortSignal))
        assertDekBytes(result)
        return result
      })
    },
    async close() {
      calls.close()
      const loaded = await load.ifMade()
      loaded?.close()
    },
  }
}

/** Throws unless the key is enabled, is RSA of 3,072 bits or more for wrapping, and cannot leave its vault. */
function assertFit({ key, keyType, keyOperations = [], properties }: KeyVaultKey): void {
  if (properties.enabled !== true) throw kekError('keys.disabled')
  const isRsa = keyType === 'RSA' || keyType === 'RSA-HSM'
  const isForWrapping = keyOperations.includes('wrapKey') && keyOperations.includes('unwrapKey')
  if (!isRsa || !isForWrapping || (key?.n?.length ?? 0) < MIN_MODULUS_BYTES) {
    throw invalid('must name an RSA key of 3,072 bits or more for wrapping and unwrapping', 'keyUrl')
  }
  if (properties.exportable === true) {
    throw new AppError('keys.environment-refused', { message: 'the key can be copied out of its vault' })
  }
}
