import { describeApi, ROUTES } from '@breakwater/contract'
import { Hono } from 'hono'
import type { ServerEnv } from './platform/http/env.ts'
import { VERSION } from './version.ts'

/** The API's own description, for whoever may call it. */
export function apiRoutes(): Hono<ServerEnv> {
  let document: ReturnType<typeof describeApi> | undefined
  return new Hono<ServerEnv>().get(ROUTES.describeApi.path, (c) => c.json((document ??= describeApi(VERSION))))
}
