import type { AppError, ErrorCode } from '@breakwater/kernel'
import type { Context } from 'hono'
import { toAppError } from './problem.ts'

/** As OAuth's clients know them (RFC 6749 section 5.2, RFC 8628 section 3.5, RFC 9449). Anything else is the server's trouble. */
const OAUTH_ERRORS: Partial<Record<ErrorCode, string>> = {
  'auth.client-refused': 'invalid_client',
  'auth.device-denied': 'access_denied',
  'auth.device-expired': 'expired_token',
  'auth.device-pending': 'authorization_pending',
  'auth.device-slow-down': 'slow_down',
  'auth.grant-refused': 'invalid_grant',
  'auth.invalid': 'access_denied',
  'auth.proof-refused': 'invalid_dpop_proof',
  'auth.replayed': 'invalid_client',
  'auth.scope-refused': 'invalid_scope',
  'auth.unbound': 'invalid_request',
  'body.too-large': 'invalid_request',
  'request.aborted': 'invalid_request',
}

/** An OAuth endpoint's answer to what was thrown; what is the server's trouble, and 429, is answered as everywhere. */
export function answerOAuthError(thrown: unknown, c: Context): Response {
  const error: AppError = toAppError(thrown)
  // As if thrown, so that refusals are counted and failures logged as everywhere.
  if (error.status >= 500 || error.status === 429) throw thrown
  c.error = error
  const isGrant = error.field === 'grant_type'
  const name = isGrant ? 'unsupported_grant_type' : (OAUTH_ERRORS[error.code] ?? 'invalid_request')
  const body = { error: name, error_description: error.message, code: error.code }
  return c.json(body, error.status === 401 ? 401 : 400)
}
