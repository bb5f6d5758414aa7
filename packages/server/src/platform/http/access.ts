import { AppError } from '@breakwater/kernel'
import type { Log } from '@breakwater/kernel'
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Telemetry } from '../telemetry/index.ts'
import type { Caller, ServerEnv } from './env.ts'

/** One request as it may be written down: nothing that its sender chose, but who that was. */
interface Access {
  readonly method: string
  /** As declared, with parameters by name. */
  readonly route: string
  readonly status: number
  /** Of the refusal. */
  readonly code?: string | undefined
  /** To the first byte of a stream, to the last of anything else. */
  readonly durationMs: number
  readonly caller?: Caller | undefined
}

export type RecordAccess = (access: Access) => void

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const NOT_FOUND = 404

/** `log` is left out where no line shall be written; the time is measured all the same. */
export function createAccessRecorder(telemetry: Pick<Telemetry, 'countRequest'>, log?: Log): RecordAccess {
  return ({ method, route, status, code, durationMs, caller }) => {
    const known = METHODS.has(method) ? method : 'other'
    telemetry.countRequest({ method: known, route, status, durationMs })
    log?.('request', {
      method: known,
      route,
      status,
      ms: Math.round(durationMs * 10) / 10,
      ...(code !== undefined && { code }),
      ...(caller && { tenant: caller.tenant, principal: caller.id }),
    })
  }
}

/** Records what the router answers. */
export function recordAccess(record: RecordAccess): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    const startedMs = performance.now()
    await next()
    const { status } = c.res
    const code = c.error instanceof AppError ? c.error.code : undefined
    record({
      method: c.req.method,
      // A path that nobody declared is its sender's own words.
      route: status === NOT_FOUND && code === 'route.unknown' ? 'unknown' : routePath(c, -1),
      status,
      code,
      durationMs: performance.now() - startedMs,
      caller: c.get('caller'),
    })
  }
}
