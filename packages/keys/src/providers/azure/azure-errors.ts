import type { KekErrorCode } from '../../kek-provider.ts'
import { toFields } from '../shared/answer.ts'

/** HTTP statuses of Key Vault (REST error codes). What is not here is `keys.unavailable`. */
const CODES: Readonly<Record<number, KekErrorCode>> = {
  400: 'keys.corrupt',
  401: 'keys.denied',
  403: 'keys.denied',
  409: 'keys.disabled',
  429: 'keys.throttled',
}

const SIGN_IN = new Set([
  'AggregateAuthenticationError',
  'AuthenticationRequiredError',
  'ChainedTokenCredentialError',
  'CredentialUnavailableError',
])

/** What the SDK refuses itself when it has read the key: an expired one, one of another use. */
const OUT_OF_USE = /expired at|can't be used before|is not supported on key/

/** The service knows no such key: it was deleted, for good or not yet. */
export function isNotFound(error: unknown): boolean {
  return toFields(error)['statusCode'] === 404
}

export function toAzureCode(error: unknown): KekErrorCode {
  const { name, message, statusCode } = toFields(error)
  if (SIGN_IN.has(String(name))) return 'keys.denied'
  if (typeof statusCode !== 'number') return OUT_OF_USE.test(String(message)) ? 'keys.disabled' : 'keys.unavailable'
  // The sign-in answers 400 to credentials it does not take.
  if (name === 'AuthenticationError' && statusCode === 400) return 'keys.denied'
  if (statusCode === 403 && readInnerCode(error) === 'KeyDisabled') return 'keys.disabled'
  return CODES[statusCode] ?? 'keys.unavailable'
}

/** The inner code of the answer, as the SDK reads it. */
function readInnerCode(error: unknown): unknown {
  const { innerError } = toFields(toFields(toFields(error)['details'])['error'])
  return toFields(innerError)['code']
}
