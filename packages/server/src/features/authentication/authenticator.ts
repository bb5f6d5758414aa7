import { AppError } from '@breakwater/kernel'
import { findBearer } from '../../platform/http/bearer.ts'
import type { Credentials } from '../../platform/http/credentials.ts'
import type { AuthenticationScheme, Authenticator } from './types.ts'

/** Exactly one credential of one scheme: with two, a reader and a checker could each believe another. */
export function createAuthenticator(schemes: readonly AuthenticationScheme[]): Authenticator {
  return {
    async authenticate(credentials) {
      const [scheme, ...others] = schemes.filter((candidate) => candidate.matches(credentials))
      if (!scheme) throw refuseUnknown(credentials)
      if (others.length > 0) throw new AppError('auth.invalid', { message: 'the request carries two credentials' })
      return scheme.authenticate(credentials)
    },
  }
}

function refuseUnknown({ headers }: Credentials): AppError {
  return findBearer(headers.get('authorization') ?? undefined) === undefined
    ? new AppError('auth.missing', { message: 'send Authorization: Bearer <token>' })
    : new AppError('auth.invalid', { message: 'no token of this server has this form' })
}
