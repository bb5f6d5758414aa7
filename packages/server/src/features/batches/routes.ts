import { ROUTES } from '@breakwater/contract'
import { Hono } from 'hono'
import { readBytes } from '../../platform/http/body.ts'
import { readCaller } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { BatchService } from './service.ts'

const MAX_MANIFEST_BYTES = 131_072

export function batchRoutes(batches: BatchService, origin: () => string): Hono<ServerEnv> {
  return new Hono<ServerEnv>().post(ROUTES.submitBatch.path, async (c) => {
    const { pathname, search } = new URL(c.req.url)
    const body = await readBytes(c.req.raw, MAX_MANIFEST_BYTES)
    const { method, headers } = c.req.raw
    const request = { method, targetUri: `${origin()}${pathname}${search}`, headers, body }
    return c.json(await batches.receive(readCaller(c), request))
  })
}
