import { slugSchema } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { Context } from 'hono'
import { z } from 'zod'
import { parseInput } from './body.ts'
import type { Caller, ServerEnv } from './env.ts'

/** Who was let through by the guard. */
export function readCaller(c: Context<ServerEnv>): Caller {
  const caller = c.get('caller')
  if (!caller) throw new AppError('internal', { message: 'a route without a guard' })
  return caller
}

/** The id in the path. What cannot be an id names no record. */
export function readId(c: Context<ServerEnv>): string {
  return parseInput(slugSchema, c.req.param('id'))
}

const uuidSchema = z.uuid()

/** An id in the path that the server chose. What cannot be one names no record. */
export function readUuid(c: Context<ServerEnv>, name = 'id'): string {
  const parsed = uuidSchema.safeParse(c.req.param(name))
  if (parsed.success) return parsed.data
  throw new AppError('resource.unknown', { message: 'no such record' })
}
