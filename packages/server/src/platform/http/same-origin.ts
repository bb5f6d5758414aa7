import { AppError } from '@breakwater/kernel'
import type { Credentials } from './credentials.ts'

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Lets a request pass that a browser sent from this origin (Fetch, section `Sec-Fetch-Site`; RFC 6454). One that changes
 * something has to say where it comes from; one that reads must not come from another site. Throws `auth.cross-site`.
 */
export function requireSameOrigin({ method, headers }: Pick<Credentials, 'method' | 'headers'>, origin: string): void {
  const site = headers.get('sec-fetch-site')
  const stated = headers.get('origin')
  if (SAFE_METHODS.has(method)) {
    if (site === 'cross-site' || site === 'same-site') throw refusal('a request from another site')
    return
  }
  if (site === null && stated === null) throw refusal('the request does not say where it comes from')
  if ((site !== null && site !== 'same-origin') || (stated !== null && stated !== origin)) {
    throw refusal('a change asked for by another site')
  }
}

function refusal(message: string): AppError {
  return new AppError('auth.cross-site', { message })
}
