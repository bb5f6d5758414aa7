import { AppError } from '@breakwater/kernel'

/** The namespace in which Anthropic's clients find what they know. */
export const ANTHROPIC_PREFIX = '/anthropic/'

const TYPES: ReadonlyMap<number, string> = new Map([
  [400, 'invalid_request_error'],
  [401, 'authentication_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [409, 'invalid_request_error'],
  [413, 'request_too_large'],
  [415, 'invalid_request_error'],
  [422, 'invalid_request_error'],
  [429, 'rate_limit_error'],
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
])
const FIRST_OF_OURS = 500

/** The document that Anthropic's clients read errors from; also the last event of a stream that failed. */
export function toAnthropicError({ code, message, field, status }: AppError): object {
  const type = TYPES.get(status) ?? (status < FIRST_OF_OURS ? 'invalid_request_error' : 'api_error')
  return { type: 'error', error: { type, message, code, param: field ?? null } }
}

/**
 * The `Authorization` of a request. Anthropic's clients send their token as `x-api-key`, which stands for a bearer token
 * in their namespace and nowhere else. Throws `auth.invalid` for a request with both: a reader and a checker could each
 * believe another.
 */
export function readAuthorization(path: string, header: (name: string) => string | undefined): string | undefined {
  const authorization = header('authorization')
  const key = path.startsWith(ANTHROPIC_PREFIX) ? header('x-api-key') : undefined
  if (key === undefined) return authorization
  if (authorization === undefined) return `Bearer ${key}`
  throw new AppError('auth.invalid', { message: 'the request carries two credentials' })
}
