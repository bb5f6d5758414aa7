import { AppError } from '@breakwater/kernel'
import type { AppErrorOptions, ErrorCode } from '@breakwater/kernel'

interface ProviderErrorOptions extends AppErrorOptions {
  /** The provider did not begin to work on it: it may be sent again without being done twice. */
  readonly isUnprocessed?: boolean
}

/** A failure of a provider, with what a retry has to know of it. */
export class ProviderError extends AppError {
  readonly isUnprocessed: boolean

  constructor(code: ErrorCode, { isUnprocessed = false, ...options }: ProviderErrorOptions) {
    super(code, options)
    this.isUnprocessed = isUnprocessed
  }
}

const MESSAGES: Readonly<Partial<Record<ErrorCode, string>>> = {
  'provider.rejected': 'the provider refused the request',
  'provider.credentials-refused': "the provider refused Breakwater's credentials",
  'provider.identity-refused': "the provider's certificate or public key is not the one expected",
  'provider.rate-limited': 'the provider asks to slow down',
  'provider.unavailable': 'the provider failed several times in a row and is left alone for some seconds',
  'provider.timeout': 'the provider did not answer before the deadline',
  'provider.address-refused': 'the provider answered with a redirect',
  'provider.failed': 'the provider failed',
  'request.aborted': 'the caller closed the connection',
}

/** A failure in our own words. */
export function failWith(code: ErrorCode, options: Omit<ProviderErrorOptions, 'message'> = {}): ProviderError {
  return new ProviderError(code, { message: MESSAGES[code] ?? 'the provider failed', ...options })
}
