import type { KMSClient, KMSClientConfig } from '@aws-sdk/client-kms'
import { assertDekBytes, assertWrappedBy, kekError } from '../../kek-provider.ts'
import type { KekProvider } from '../../kek-provider.ts'
import { toContextPairs } from '../../key-context.ts'
import type { KeyEnvironment } from '../../key-context.ts'
import { createCalls, DEFAULT_TIMEOUT_MS } from '../shared/calls.ts'
import { toCause } from '../shared/cause.ts'
import { invalid, parseTestEndpoint } from '../shared/endpoint.ts'
import { once } from '../shared/once.ts'
import { createTlsAgent } from '../shared/tls.ts'
import { readAwsCredentials } from './aws-credentials.ts'
import { isStateError, toAwsCode, toStateError } from './aws-errors.ts'
import { parseKeyArn } from './key-arn.ts'

export interface AwsKekOptions {
  readonly name: string
  readonly environment: KeyEnvironment
  /** The key that wraps: an ARN with `key/`. Its region is where calls go. */
  readonly keyArn: string
  /** Keys of before, in the same region: they only unwrap. */
  readonly olderKeyArns?: readonly string[]
  /** See `readAwsCredentials`. Without it: the default chain of AWS (web identity, container, instance, shared files). */
  readonly credentialsFile?: string
  readonly useFips?: boolean
  /** PEM. Only certificates under it are believed. */
  readonly caFile?: string
  /** For tests: a loopback address. */
  readonly endpoint?: string
  readonly timeoutMs?: number
}

const ALGORITHM = 'SYMMETRIC_DEFAULT'

/**
 * AWS KMS: Encrypt and Decrypt with the context as encryption context, the ARN in every request and checked in every
 * answer. Needs kms:DescribeKey, kms:Encrypt and kms:Decrypt on the keys. Throws `config.invalid`.
 */
export function createAwsKekProvider(options: AwsKekOptions): KekProvider {
  const { name, environment, useFips = false, timeoutMs = DEFAULT_TIMEOUT_MS } = options
  const current = parseKeyArn(options.keyArn, 'keyArn', { useFips })
  const older = (options.olderKeyArns ?? []).map((arn) => parseKeyArn(arn, 'olderKeyArns', { useFips }))
  if (older.some(({ host }) => host !== current.host)) throw invalid('must be in the region of keyArn', 'olderKeyArns')
  // Named here, because the SDK would take an address from the environment or a profile.
  const endpoint =
    options.endpoint === undefined ? `https://${current.host}` : parseTestEndpoint(options.endpoint, 'endpoint').href
  const pinned = new Set([current, ...older].map(({ arn }) => arn))
  const calls = createCalls({ timeoutMs, toCode: toAwsCode })
  const load = once(async () => {
    const sdk = await import('@aws-sdk/client-kms')
    return { sdk, client: await createClient(sdk.KMSClient, { ...options, region: current.region, endpoint }) }
  })

  /** Throws unless the key is enabled and of the right kind. Gives the version of what it wraps with now. */
  const describeKey = async (arn: string, abortSignal: AbortSignal): Promise<string> => {
    const { sdk, client } = await load()
    const { KeyMetadata: key } = await client.send(new sdk.DescribeKeyCommand({ KeyId: arn }), { abortSignal })
    if (key?.Arn !== arn) throw kekError('keys.unavailable')
    const stateError = toStateError(key.KeyState)
    if (stateError) throw stateError
    if (key.KeyUsage !== 'ENCRYPT_DECRYPT' || key.KeySpec !== ALGORITHM) {
      throw invalid('must name a symmetric key for encryption', 'keyArn')
    }
    // AWS rotates the material under an ARN and says which one it is; older services do not.
    const { id } = parseKeyArn(arn, 'keyArn', { useFips })
    return key.CurrentKeyMaterialId === undefined ? id : `${id}/${key.CurrentKeyMaterialId}`
  }

  return {
    kind: 'aws-kms',
    name,
    describe: () => ({ environment, isExtractable: false, bindsContext: true, authenticatesWraps: true }),
    currentVersion: async (callOptions) => calls.run(callOptions, async (signal) => describeKey(current.arn, signal)),
    async wrap(dek, context, callOptions) {
      assertDekBytes(dek)
      const EncryptionContext = toContextPairs(context)
      return calls.run(callOptions, async (abortSignal) => {
        const keyVersion = await describeKey(current.arn, abortSignal)
        const { sdk, client } = await load()
        const input = { KeyId: current.arn, Plaintext: dek, EncryptionContext, EncryptionAlgorithm: ALGORITHM } as const
        const { KeyId, CiphertextBlob } = await client.send(new sdk.EncryptCommand(input), { abortSignal })
        if (KeyId !== current.arn || !CiphertextBlob?.length) throw kekError('keys.unavailable')
        return { provider: name, keyId: current.arn, keyVersion, ciphertext: CiphertextBlob }
      })
    },
    async unwrap(wrapped, context, callOptions) {
      assertWrappedBy(name, wrapped)
      if (!pinned.has(wrapped.keyId)) throw kekError('keys.corrupt')
      const EncryptionContext = toContextPairs(context)
      return calls.run(callOptions, async (abortSignal) => {
        const { sdk, client } = await load()
        const CiphertextBlob = wrapped.ciphertext
        const input = {
          KeyId: wrapped.keyId,
          CiphertextBlob,
          EncryptionContext,
          EncryptionAlgorithm: ALGORITHM,
        } as const
        try {
          const { KeyId, Plaintext } = await client.send(new sdk.DecryptCommand(input), { abortSignal })
          if (KeyId !== wrapped.keyId || !Plaintext) throw kekError('keys.unavailable')
          assertDekBytes(Plaintext)
          return Plaintext
        } catch (error) {
          if (!isStateError(error)) throw error
          await describeKey(wrapped.keyId, abortSignal)
          throw kekError('keys.unavailable', toCause(error))
        }
      })
    },
    async close() {
      calls.close()
      const loaded = await load.ifMade()
      loaded?.client.destroy()
    },
  }
}

type ClientOptions = AwsKekOptions & { readonly region: string; readonly endpoint: string }

async function createClient(
  Client: new (config: KMSClientConfig) => KMSClient,
  { region, endpoint, credentialsFile, caFile, timeoutMs = DEFAULT_TIMEOUT_MS }: ClientOptions,
): Promise<KMSClient> {
  return new Client({
    region,
    endpoint,
    maxAttempts: 1,
    requestHandler: {
      httpsAgent: await createTlsAgent(caFile),
      connectionTimeout: timeoutMs,
      requestTimeout: timeoutMs,
    },
    ...(credentialsFile !== undefined && { credentials: async () => readAwsCredentials(credentialsFile) }),
  })
}
