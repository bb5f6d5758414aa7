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
