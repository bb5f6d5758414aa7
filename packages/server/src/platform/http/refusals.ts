import type { HttpBindings } from '@hono/node-server'
import type { ErrorCode } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Context, MiddlewareHandler } from 'hono'
import type { ServerEnv } from './env.ts'
import type { RefusalCounter } from './rate-limit.ts'

/** What is refused before anybody is known. */
const COUNTED: ReadonlySet<ErrorCode> = new Set(['auth.invalid', 'auth.missing', 'route.unknown'])

/**
 * Counts refusals of unknown callers, and past the limit of an address answers them `auth.rate-limited` with
 * `Retry-After`. A valid token is never held up: only the answer to a refused one changes.
 */
export function countRefusals(
  refusals: RefusalCounter,
  answer: (error: AppError, c: Context) => Response,
): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    await next()
    if (!(c.error instanceof AppError) || c.get('caller') || !COUNTED.has(c.error.code)) return
    // A request that came by no socket has no environment either.
    const env: Partial<HttpBindings> | undefined = c.env
    const address = env?.incoming?.socket.remoteAddress ?? 'unknown'
    const waitSeconds = refusals.count(address, c.error.code)
    if (waitSeconds === 0) return
    const limited = new AppError('auth.rate-limited', { message: 'too many refused requests from this address' })
    const response = answer(limited, c)
    response.headers.set('retry-after', String(waitSeconds))
    // Emptied first: Hono would merge the headers of the answer that is replaced.
    c.res = undefined
    c.res = response
  }
}
