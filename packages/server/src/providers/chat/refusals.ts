import { AppError } from '@breakwater/kernel'

/** A field of the request that this provider's dialect has no place for. `field` is a pointer of declared names and indices. */
export function notCarried(field: string, why = 'this provider cannot be asked for it'): AppError {
  return new AppError('body.feature-refused', { message: `${field}: ${why}`, field })
}

export function malformed(field: string, rule: string): AppError {
  return new AppError('body.invalid', { message: `${field}: must be ${rule}`, field })
}

/** What came back is not of the provider's dialect, or of a part of it that nobody asked for. */
export function invalidAnswer(message: string, cause?: unknown): AppError {
  return new AppError('provider.invalid-answer', { message, cause })
}

/** The codes for what a provider says of itself inside an answer. */
export type FailureCode = keyof typeof FAILURES

/** The provider's own failure; its text stays here. */
export function providerFailure(code: FailureCode): AppError {
  return new AppError(code, { message: FAILURES[code] })
}

const FAILURES = {
  'provider.credentials-refused': "the provider refused Breakwater's credentials",
  'provider.failed': 'the provider failed',
  'provider.rate-limited': 'the provider asks to slow down',
  'provider.rejected': 'the provider refused the request',
  'provider.timeout': 'the provider did not answer before the deadline',
} as const
