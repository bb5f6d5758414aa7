import { AppError } from '@breakwater/kernel'
import { errors } from 'undici'
import { PIN_MISMATCH } from '../../platform/tls/pins.ts'
import type { Deadline } from './deadline.ts'
import { failWith } from './provider-error.ts'

// A name, an authority or a key that is not the one expected: somebody else may have answered.
const IDENTITY: ReadonlySet<string> = new Set([
  PIN_MISMATCH,
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** Says why an exchange ended: a refusal of ours, the deadline, the caller, or the provider. */
export function translateError(
  thrown: unknown,
  deadline: Deadline,
  isUnconnected: (error: unknown) => boolean,
): AppError {
  if (thrown instanceof AppError) return thrown
  const ended = deadline.reason(thrown)
  if (ended) return ended
  const refused = findRefusal(thrown)
  if (refused) return refused
  return failWith(thrown instanceof errors.ConnectTimeoutError ? 'provider.timeout' : 'provider.failed', {
    cause: thrown,
    isUnprocessed: isUnconnected(thrown),
  })
}

/** The lookup's own refusal, however deep the client wrapped it. */
function findRefusal(thrown: unknown): AppError | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (error instanceof AppError) return error
    if ('code' in error && IDENTITY.has(String(error.code))) {
      return failWith('provider.identity-refused', { cause: thrown })
    }
  }
  return undefined
}
