import type { AppError } from '@breakwater/kernel'
import { kekError } from '../../kek-provider.ts'
import type { KekErrorCode } from '../../kek-provider.ts'

/**
 * Names that AWS KMS and its sign-in answer with (API reference, "Errors" of Encrypt, Decrypt, DescribeKey and "Common
 * errors"), and ours. What is not here is `keys.unavailable`.
 */
const CODES: Readonly<Record<string, KekErrorCode>> = {
  AccessDeniedException: 'keys.denied',
  CredentialsProviderError: 'keys.denied',
  ExpiredTokenException: 'keys.denied',
  IncompleteSignature: 'keys.denied',
  InvalidClientTokenId: 'keys.denied',
  InvalidKeyUsageException: 'keys.denied',
  InvalidSignatureException: 'keys.denied',
  MissingAuthenticationToken: 'keys.denied',
  NotAuthorized: 'keys.denied',
  TokenRefreshRequired: 'keys.denied',
  UnrecognizedClientException: 'keys.denied',
  DisabledException: 'keys.disabled',
  IncorrectKeyException: 'keys.corrupt',
  InvalidCiphertextException: 'keys.corrupt',
  LimitExceededException: 'keys.throttled',
  NotFoundException: 'keys.destroyed',
  RequestLimitExceeded: 'keys.throttled',
  SlowDown: 'keys.throttled',
  Throttling: 'keys.throttled',
  ThrottlingException: 'keys.throttled',
  TooManyRequestsException: 'keys.throttled',
}

/** The key's state as DescribeKey gives it, where it is not Enabled. */
const STATES: Readonly<Record<string, KekErrorCode>> = {
  Disabled: 'keys.disabled',
  // Until its day has come an administrator can cancel the deletion.
  PendingDeletion: 'keys.disabled',
  PendingReplicaDeletion: 'keys.disabled',
}

export function toAwsCode(error: unknown): KekErrorCode {
  return CODES[nameOf(error)] ?? 'keys.unavailable'
}

/** The key is in a state in which it does not work; which one, only DescribeKey says. */
export function isStateError(error: unknown): boolean {
  return nameOf(error) === 'KMSInvalidStateException'
}

/** Undefined when the key works. */
export function toStateError(state: string | undefined): AppError | undefined {
  return state === 'Enabled' ? undefined : kekError(STATES[state ?? ''] ?? 'keys.unavailable')
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}
