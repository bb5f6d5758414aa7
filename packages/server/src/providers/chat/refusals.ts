import { AppError } from '@breakwater/kernel'
import { entryOf } from './json.ts'

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

/** The entry for an endpoint. Throws `provider.rejected` when the provider does not serve it. */
export function requireServed<T>(table: Readonly<Record<string, T>>, endpoint: string): T {
  const served = entryOf(table, endpoint)
  if (served === undefined) {
    throw new AppError('provider.rejected', { message: 'this provider does not serve the endpoint' })
  }
  return served
}
