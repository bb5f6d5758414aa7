import type { ErrorCode } from '@breakwater/kernel'
import { entryOf } from '../chat/json.ts'
import { failWith } from '../transport/provider-error.ts'
import type { ProviderError } from '../transport/provider-error.ts'

/** Exceptions that ConverseStream and InvokeModelWithResponseStream put into an answer of status 200, and errors of both. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  accessDeniedException: 'provider.credentials-refused',
  expiredTokenException: 'provider.credentials-refused',
  incompleteSignature: 'provider.credentials-refused',
  invalidSignatureException: 'provider.credentials-refused',
  missingAuthenticationTokenException: 'provider.credentials-refused',
  unrecognizedClientException: 'provider.credentials-refused',
  resourceNotFoundException: 'provider.rejected',
  validationException: 'provider.rejected',
  modelNotReadyException: 'provider.rate-limited',
  serviceQuotaExceededException: 'provider.rate-limited',
  throttlingException: 'provider.rate-limited',
  modelTimeoutException: 'provider.timeout',
}

/** What is not on the list failed. The exception's text stays here. */
export function toExceptionFailure(name: string | undefined): ProviderError {
  const key = `${name?.charAt(0).toLowerCase()}${name?.slice(1)}`
  return failWith(entryOf(CODES, key) ?? 'provider.failed')
}
