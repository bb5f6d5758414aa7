import type { HttpBindings } from '@hono/node-server'
import type { ErrorCode } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Context, MiddlewareHandler } from 'hono'
import { findBearer } from './bearer.ts'
import type { ServerEnv } from './env.ts'
import type { RefusalCounter } from './rate-limit.ts'

/** What is refused before anybody is known. */
const COUNTED: ReadonlySet<ErrorCode> = new Set([
  'auth.address-refused',
  'auth.client-refused',
  'auth.cross-site',
  'auth.invalid',
  'auth.locked',
  'auth.mfa-required',
  'auth.missing',
  'auth.no-role',
  'auth.proof-refused',
  'auth.replayed',
  'auth.session-expired',
  'auth.sign-in-failed',
  'auth.unbound',
  'route.unknown',
])

export interface RefusalTenants {
  /** The tenant that a token names, if it has the form of one. */
  readonly readTenant: (token: string) => string | undefined
  /** Looked up however many were refused. */
  readonly homeTenant: string
}

/**
 * Counts refusals of unknown callers, and past the limit of an address answers them `auth.rate-limited` with
 * `Retry-After`. From then on a token that names a tenant nobody has come from yet is not even looked up, so that no
 * address can keep the database busy with invented ones. A valid token of the home tenant, or of one at work, is never held
 * up.
 */
export function countRefusals(
  refusals: RefusalCounter,
  answer: (error: AppError, c: Context) => Response,
  { readTenant, homeTenant }: RefusalTenants,
): MiddlewareHandler<ServerEnv> {
  // No more than there are tenants: only a valid token adds one.
  const tenants = new Set([homeTenant])

  function refuse(c: Context, waitSeconds: number): Response {
    const limited = new AppError('auth.rate-limited', { message: 'too many refused requests from this address' })
    const response = answer(limited, c)
    response.headers.set('retry-after', String(waitSeconds))
    return response
  }

  return async (c, next) => {
    // A request that came by no socket has no environment either.
    const env: Partial<HttpBindings> | undefined = c.env
    const address = env?.incoming?.socket.remoteAddress ?? 'unknown'
    const tenant = readTenant(findBearer(c.req.header('authorization')) ?? '')
    if (tenant !== undefined && !tenants.has(tenant) && refusals.waitSeconds(address) > 0) {
      return refuse(c, refusals.count(address, 'auth.invalid'))
    }
    await next()
    const caller = c.get('caller')
    if (caller) tenants.add(caller.tenant)
    if (!(c.error instanceof AppError) || caller || !COUNTED.has(c.error.code)) return undefined
    const waitSeconds = refusals.count(address, c.error.code)
    if (waitSeconds === 0) return undefined
    const response = refuse(c, waitSeconds)
    // Emptied first: Hono would merge the headers of the answer that is replaced.
    c.res = undefined
    c.res = response
    return undefined
  }
}
