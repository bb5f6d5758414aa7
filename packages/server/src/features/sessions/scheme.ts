import { findBearer } from '../../platform/http/bearer.ts'
import { requireSameOrigin } from '../../platform/http/same-origin.ts'
import type { AuthenticationScheme } from '../authentication/index.ts'
import { readClient } from './client.ts'
import { hasSessionCookie, readSessionCookie } from './cookie.ts'
import type { SessionService } from './types.ts'

const PREFIX = 'bws_'

/** The console's: a cookie, and with it the browser's word that the request comes from this origin. */
export function createCookieScheme(
  sessions: Pick<SessionService, 'authenticate'>,
  origin: () => string,
): AuthenticationScheme {
  return {
    name: 'session-cookie',
    matches: ({ headers }) => hasSessionCookie(headers.get('cookie')),
    async authenticate(credentials) {
      requireSameOrigin(credentials, origin())
      const secret = readSessionCookie(credentials.headers.get('cookie')) ?? ''
      return sessions.authenticate(secret, 'cookie', readClient(credentials))
    },
  }
}

/** The command line's: the same session, as a bearer token (RFC 6750) that no browser sends by itself. */
export function createBearerSessionScheme(sessions: Pick<SessionService, 'authenticate'>): AuthenticationScheme {
  const find = (headers: { get(name: string): string | null }): string | undefined =>
    findBearer(headers.get('authorization') ?? undefined)
  return {
    name: 'session-bearer',
    matches: ({ headers }) => find(headers)?.startsWith(PREFIX) ?? false,
    authenticate: async (credentials) =>
      sessions.authenticate(find(credentials.headers) ?? '', 'bearer', readClient(credentials)),
  }
}
