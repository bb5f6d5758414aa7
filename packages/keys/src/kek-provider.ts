import { AppError } from '@breakwater/kernel'
import type { ErrorCode } from '@breakwater/kernel'
import type { KeyContext, KeyEnvironment } from './key-context.ts'

export type KekKind = 'local' | 'pkcs11' | 'aws-kms' | 'azure-key-vault' | 'gcp-kms' | 'vault-transit'

/** A data key under a key-encryption key: what is stored. Holds no secret. */
export interface WrappedKey {
  /** Name of the provider that wrapped it (`KekProvider.name`). */
  readonly provider: string
  /** The service's own name of the key: an ARN, a URL, a label. */
  readonly keyId: string
  readonly keyVersion: string
  /** At most 4,096 bytes. */
  readonly ciphertext: Uint8Array
}

/** What a provider's key is, as the operator set it up. */
export interface KekDescription {
  readonly environment: KeyEnvironment
  /** True when the key can be copied out, as from a file. Refused in production. */
  readonly isExtractable: boolean
  /** The service itself refuses another context. Where false, only our commitment does (RSA-OAEP takes no context). */
  readonly bindsContext: boolean
  /** False when whoever holds a public key can wrap: the record then needs a MAC of ours. */
  readonly authenticatesWraps: boolean
}

export interface KekCallOptions {
  readonly signal?: AbortSignal
}

/**
 * Key-encryption keys in a service that never gives them away. Every method ends within the provider's own deadline and
 * throws only a `KekErrorCode` (or `request.aborted`); an error of the service is the cause, its text never the message.
 */
export interface KekProvider {
  readonly kind: KekKind
  /** Of this instance, stored in every `WrappedKey`: an id that stays when settings change. */
  readonly name: string
  describe(): KekDescription
  /** The version that `wrap` uses now. Wrapped keys of another version are due for re-wrapping. */
  currentVersion(options?: KekCallOptions): Promise<string>
  /** Wraps a key of 16 to 64 bytes under the current version. */
  wrap(dek: Uint8Array, context: KeyContext, options?: KekCallOptions): Promise<WrappedKey>
  /** Opens a key wrapped under any version that is enabled. The caller owns, and wipes, the bytes. */
  unwrap(wrapped: WrappedKey, context: KeyContext, options?: KekCallOptions): Promise<Uint8Array>
  /** In place of `unwrap` where the key goes under another wrap at once and to nobody; left out: `unwrap` itself. */
  unwrapForRewrap?(wrapped: WrappedKey, context: KeyContext, options?: KekCallOptions): Promise<Uint8Array>
  /** Ends sessions and connections; may be called again. Afterwards every call throws `keys.unavailable`. */
  close(): Promise<void>
}

/**
 * throttled and unavailable (also: no answer in time) pass by themselves; denied is a matter of credentials; disabled
 * and destroyed of the key; context-mismatch and corrupt of what was stored. A service that cannot tell those two apart
 * answers corrupt.
 */
export type KekErrorCode = Extract<
  ErrorCode,
  | 'keys.context-mismatch'
  | 'keys.corrupt'
  | 'keys.denied'
  | 'keys.destroyed'
  | 'keys.disabled'
  | 'keys.throttled'
  | 'keys.unavailable'
>

const MESSAGES: Readonly<Record<KekErrorCode, string>> = {
  'keys.context-mismatch': 'the wrapped key belongs to another context',
  'keys.corrupt': 'the wrapped key was altered, or belongs to another key or context',
  'keys.denied': 'the key service refuses our credentials',
  'keys.destroyed': 'the key was destroyed',
  'keys.disabled': 'the key is disabled',
  'keys.throttled': 'the key service asks us to slow down',
  'keys.unavailable': 'the key service does not answer',
}

/** An error of a provider: one message a code, so that nothing of the service's answer leaves. */
export function kekError(code: KekErrorCode, cause?: unknown): AppError {
  return new AppError(code, { message: MESSAGES[code], cause })
}

/** True when the same call may succeed later without anybody's doing. */
export function isPassingKeyError(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'keys.throttled' || error.code === 'keys.unavailable')
}

const MIN_DEK_BYTES = 16
const MAX_DEK_BYTES = 64
const MAX_WRAPPED_BYTES = 4096

/** For the start of `wrap` and the end of `unwrap`. Throws `keys.corrupt`. */
export function assertDekBytes(dek: Uint8Array): void {
  if (dek.length < MIN_DEK_BYTES || dek.length > MAX_DEK_BYTES) throw kekError('keys.corrupt')
}

/** For the start of `unwrap`. Throws `keys.corrupt` when empty, too long, or wrapped by a provider of another name. */
export function assertWrappedBy(name: string, wrapped: WrappedKey): void {
  const { length } = wrapped.ciphertext
  if (wrapped.provider !== name || length === 0 || length > MAX_WRAPPED_BYTES) throw kekError('keys.corrupt')
}
