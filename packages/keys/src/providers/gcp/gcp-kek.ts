import { assertDekBytes, assertWrappedBy, kekError } from '../../kek-provider.ts'
import type { KekErrorCode, KekProvider, WrappedKey } from '../../kek-provider.ts'
import { encodeKeyContext } from '../../key-context.ts'
import type { KeyContext, KeyEnvironment } from '../../key-context.ts'
import { readBase64, readText, toFields } from '../shared/answer.ts'
import type { Fields } from '../shared/answer.ts'
import { createCalls } from '../shared/calls.ts'
import { invalid, parseTestEndpoint } from '../shared/endpoint.ts'
import { crc32c } from './crc32c.ts'
import { createGcpApi, FailedPrecondition } from './gcp-api.ts'

export interface GcpKekOptions {
  readonly name: string
  readonly environment: KeyEnvironment
  /** `projects/P/locations/L/keyRings/R/cryptoKeys/K`: its primary version wraps. */
  readonly keyName: string
  /** Mode 0600; see `createGcpTokens`. Without it: the application default credentials. */
  readonly credentialsFile?: string
  /** PEM. Only certificates under it are believed. */
  readonly caFile?: string
  /** A regional endpoint of Google's, or loopback in tests. Default `https://cloudkms.googleapis.com`. */
  readonly endpoint?: string
  readonly timeoutMs?: number
}

const KEY_NAME =
  /^projects\/[a-z\d.:-]{1,63}\/locations\/[a-z\d-]{1,32}\/keyRings\/[\w-]{1,63}\/cryptoKeys\/[\w-]{1,63}$/
const GOOGLES = /^https:\/\/cloudkms(\.[a-z\d-]{1,32}\.rep)?\.googleapis\.com$/
/** CryptoKeyVersionState, where it is not ENABLED. */
const STATES: Readonly<Record<string, KekErrorCode>> = {
  DISABLED: 'keys.disabled',
  // Until its day has come an administrator can restore it.
  DESTROY_SCHEDULED: 'keys.disabled',
  DESTROYED: 'keys.destroyed',
}

/**
 * Google Cloud KMS with the context as additional authenticated data and CRC-32C both ways. Needs
 * cloudkms.cryptoKeyVersions.useToEncrypt, useToDecrypt and get, and cloudkms.cryptoKeys.get. Not verified against the
 * live service: its judge is a server of ours that follows the REST reference. Throws `config.invalid`.
 */
export function createGcpKekProvider(options: GcpKekOptions): KekProvider {
  const { name, environment, keyName, timeoutMs, credentialsFile, caFile } = options
  if (!KEY_NAME.test(keyName)) throw invalid('must be the full name of a crypto key', 'keyName')
  const api = createGcpApi(parseGcpEndpoint(options.endpoint), caFile, credentialsFile)
  const calls = createCalls({ timeoutMs, toCode: () => 'keys.unavailable' })

  /** The primary version. Throws unless it is enabled and the key is for encryption. */
  const readPrimary = async (signal: AbortSignal): Promise<string> => {
    const key = await api.call(keyName, undefined, signal)
    if (key['purpose'] !== 'ENCRYPT_DECRYPT') throw invalid('must name a symmetric key for encryption', 'keyName')
    const primary = toFields(key['primary'])
    assertEnabled(primary)
    return readVersion(primary)
  }
  const readVersion = (fields: Fields): string => {
    const [prefix, version = ''] = readText(fields, 'name').split('/cryptoKeyVersions/')
    if (prefix !== keyName || !/^[1-9]\d{0,8}$/.test(version)) throw kekError('keys.unavailable')
    return version
  }

  return {
    kind: 'gcp-kms',
    name,
    describe: () => ({ environment, isExtractable: false, bindsContext: true, authenticatesWraps: true }),
    currentVersion: async (callOptions) => calls.run(callOptions, readPrimary),
    async wrap(dek, context, callOptions) {
      assertDekBytes(dek)
      return calls.run(callOptions, async (signal): Promise<WrappedKey> => {
        const input = { ...withSum('plaintext', dek), ...toData(context) }
        const answer = await api.call(`${keyName}:encrypt`, input, signal).catch(async (error: unknown) => {
          if (error instanceof FailedPrecondition) await readPrimary(signal)
          throw error
        })
        const isVerified = answer['verifiedPlaintextCrc32c'] && answer['verifiedAdditionalAuthenticatedDataCrc32c']
        // Else the service may have wrapped something else than what we sent.
        if (isVerified !== true) throw kekError('keys.unavailable')
        const ciphertext = readSummed(answer, 'ciphertext')
        return { provider: name, keyId: keyName, keyVersion: readVersion(answer), ciphertext }
      })
    },
    async unwrap(wrapped, context, callOptions) {
      assertWrappedBy(name, wrapped)
      if (wrapped.keyId !== keyName || !/^[1-9]\d{0,8}$/.test(wrapped.keyVersion)) throw kekError('keys.corrupt')
      return calls.run(callOptions, async (signal) => {
        const input = { ...withSum('ciphertext', wrapped.ciphertext), ...toData(context) }
        const answer = await api.call(`${keyName}:decrypt`, input, signal).catch(async (error: unknown) => {
          if (error instanceof FailedPrecondition) {
            assertEnabled(await api.call(`${keyName}/cryptoKeyVersions/${wrapped.keyVersion}`, undefined, signal))
          }
          throw error
        })
        const dek = readSummed(answer, 'plaintext')
        assertDekBytes(dek)
        return dek
      })
    },
    async close() {
      calls.close()
      await api.close()
    },
  }
}

function parseGcpEndpoint(text = 'https://cloudkms.googleapis.com'): URL {
  return GOOGLES.test(text) ? new URL(text) : parseTestEndpoint(text, 'endpoint')
}

function assertEnabled(version: Fields): void {
  const state = version['state']
  if (state !== 'ENABLED') throw kekError(STATES[String(state)] ?? 'keys.unavailable')
}

function toData(context: KeyContext): Fields {
  return withSum('additionalAuthenticatedData', encodeKeyContext(context))
}

/** A field and its checksum, which Google's JSON writes as text (Int64Value). */
function withSum(name: string, bytes: Uint8Array): Fields {
  return { [name]: Buffer.from(bytes).toString('base64'), [`${name}Crc32c`]: String(crc32c(bytes)) }
}

/** Throws `keys.unavailable` when the bytes changed on their way to us. */
function readSummed(fields: Fields, name: string): Buffer {
  const bytes = readBase64(fields, name)
  if (readText(fields, `${name}Crc32c`) !== String(crc32c(bytes))) throw kekError('keys.unavailable')
  return bytes
}
