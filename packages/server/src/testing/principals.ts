import type { Purpose, Role } from '@breakwater/contract'
import type { Caller } from '../platform/http/env.ts'
import type { TestApp } from './app.ts'

interface TestPrincipal {
  readonly kind?: Caller['kind']
  readonly roles: readonly Role[]
  readonly purposes?: readonly Purpose[]
  readonly mayRestore?: boolean
}

const HOUR_SECONDS = 3_600

/** Another principal of the seeded tenant; gives its token, good for thirty days. */
export async function addPrincipal(
  { services, tenant }: TestApp,
  id: string,
  { kind = 'human', roles, purposes = [], mayRestore = false }: TestPrincipal,
): Promise<string> {
  const admin = { tenant, id: 'admin' }
  await services.principals.put(admin, { id, kind, roles, purposes, mayRestore })
  const { token } = await services.principals.issueToken(admin, id, {
    ttlSeconds: 30 * 24 * HOUR_SECONDS,
    isSeed: true,
  })
  return token
}

/** A person as a log-in with two factors makes one, at this second. */
export function loggedIn({ clock, tenant }: TestApp, id: string, { roles, purposes = [] }: TestPrincipal): Caller {
  const session = { id: `of-${id}`, isMfa: true, isPhishingResistant: true, authenticatedAt: clock.now() }
  return { tenant, id, kind: 'human', roles, purposes, mayRestore: false, session }
}

/** The codes of an entry without the mark that fewer than two people administer, as in most tests. */
export function codesOf({ codes }: { readonly codes: readonly string[] }): readonly string[] {
  return codes.filter((code) => code !== 'single-control')
}

/** What a test waits for a second replica, or a cache of this one, to have read anew. */
export const SNAPSHOT_MS = 1_100
