import type { HttpBindings } from '@hono/node-server'
import type { ErrorCode } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Context, MiddlewareHandler } from 'hono'
import { readAuthorization } from './anthropic.ts'
import { findBearer } from './bearer.ts'
import type { Caller, ServerEnv } from './env.ts'
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

/** Of a connection that has lost its peer. */
export const UNKNOWN_ADDRESS = 'unknown'

export interface RefusalTenants {
  /** The tenant that a token names, if it has the form of one. */
  readonly readTenant: (token: string) => string | undefined
  /** Looked up however many were refused. */
  readonly homeTenant: string
}

/** Counts refusals of unknown callers; past the limit of an address, says how long it has to wait. */
export interface RefusalGate {
  /**
   * Before anything is looked up: seconds to wait, 0 to go on. Past the limit a token that names a tenant nobody has come
   * from yet is not even looked up, so that no address can keep the database busy with invented ones. A valid token of the
   * home tenant, or of one at work, is never held up.
   */
  hold(address: string, authorization: string | undefined): number
  /** After the answer was made: counts what nobody known was refused. Seconds to wait, 0 to answer as it is. */
  settle(address: string, caller: Caller | undefined, error: unknown): number
}

export function createRefusalGate(refusals: RefusalCounter, { readTenant, homeTenant }: RefusalTenants): RefusalGate {
  // No more than there are tenants: only a valid token adds one.
  const tenants = new Set([homeTenant])
  return {
    hold(address, authorization) {
      const tenant = readTenant(findBearer(authorization) ?? '')
      if (tenant === undefined || tenants.has(tenant) || refusals.waitSeconds(address) === 0) return 0
      return refusals.count(address, 'auth.invalid')
    },
    settle(address, caller, error) {
      if (caller) tenants.add(caller.tenant)
      if (!(error instanceof AppError) || caller || !COUNTED.has(error.code)) return 0
      return refusals.count(address, error.code)
    },
  }
}

/** For an address that has had enough; to be sent with `Retry-After`. */
export function rateLimited(): AppError {
  return new AppError('auth.rate-limited', { message: 'too many refused requests from this address' })
}

/** Where a token comes in a header of its own. Two are refused later, by who reads credentials. */
function toBearer(c: Context): string | undefined {
  return readAuthorization(c.req.path, (name) => c.req.header(name))
}

/** The gate for what the router brings: who has to wait is answered `auth.rate-limited` with `Retry-After`. */
export function countRefusals(
  gate: RefusalGate,
  answer: (error: AppError, c: Context) => Response,
): MiddlewareHandler<ServerEnv> {
  function refuse(c: Context, waitSeconds: number): Response {
    const response = answer(rateLimited(), c)
    response.headers.set('retry-after', String(waitSeconds))
    return response
  }

  return async (c, next) => {
    // A request that came by no socket has no environment either.
    const env: Partial<HttpBindings> | undefined = c.env
    const address = env?.incoming?.socket.remoteAddress ?? UNKNOWN_ADDRESS
    const heldSeconds = gate.hold(address, c.req.header('authorization') ?? toBearer(c))
    if (heldSeconds > 0) return refuse(c, heldSeconds)
    await next()
    const waitSeconds = gate.settle(address, c.get('caller'), c.error)
    if (waitSeconds === 0) return undefined
    const response = refuse(c, waitSeconds)
    // Emptied first: Hono would merge the headers of the answer that is replaced.
    c.res = undefined
    c.res = response
    return undefined
  }
}
