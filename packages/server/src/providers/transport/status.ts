import type { AppError, ErrorCode } from '@breakwater/kernel'
import type { ProviderError } from './provider-error.ts'
import { failWith } from './provider-error.ts'
import type { UpstreamFailure, WireDialect } from './types.ts'

/** What an upstream status means to our caller. Whatever is not listed failed. */
const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [400, 'provider.rejected'],
  [401, 'provider.credentials-refused'],
  [403, 'provider.credentials-refused'],
  [404, 'provider.rejected'],
  [408, 'provider.timeout'],
  [413, 'provider.rejected'],
  [422, 'provider.rejected'],
  [429, 'provider.rate-limited'],
  [504, 'provider.timeout'],
])

/** With `Retry-After` they say that nothing was begun (RFC 9110 section 15.6.4, RFC 6585 section 4). */
const MAY_COME_AGAIN: ReadonlySet<number> = new Set([429, 503])

const MAX_RETRY_AFTER_SECONDS = 3_600

/** Undefined for an answer; the error that any other status stands for. */
export function errorOf({ status, headers }: Pick<UpstreamFailure, 'status' | 'headers'>): ProviderError | undefined {
  if (status === 200) return undefined
  if (status >= 300 && status < 400) return failWith('provider.address-refused')
  const code = CODES.get(status) ?? 'provider.failed'
  const retryAfterSeconds = MAY_COME_AGAIN.has(status) ? readRetryAfter(headers['retry-after']) : undefined
  if (retryAfterSeconds === undefined) return failWith(code)
  return failWith(code, { isUnprocessed: true, wait: { seconds: retryAfterSeconds } })
}

/** The closer word that an adapter has on a failure; the status's own when it has none, or cannot read it. */
export function refine(
  failure: UpstreamFailure,
  error: AppError,
  readFailure: NonNullable<WireDialect['readFailure']>,
): AppError {
  try {
    return readFailure(failure) ?? error
  } catch {
    return error
  }
}

/** Whole seconds, bounded; a date is not asked for by any provider, and its clock is not ours (RFC 9110 section 10.2.3). */
function readRetryAfter(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) return undefined
  return Math.min(Number(value), MAX_RETRY_AFTER_SECONDS)
}
