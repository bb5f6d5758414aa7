import type { Action } from '@breakwater/contract'
import { ACTIONS, ROUTES } from '@breakwater/contract'
import { Hono } from 'hono'
import type { PolicyService } from './features/policy/index.ts'
import { readCaller } from './platform/http/caller.ts'
import type { ServerEnv } from './platform/http/env.ts'

// Of these only the routes' own actions are asked about: whether data may move depends on purpose, class and fields.
const ROUTE_ACTIONS: ReadonlySet<Action> = new Set(
  Object.values(ROUTES).flatMap((route) => ('action' in route ? [route.action] : [])),
)

/** What the caller may ask for at all, so that a console shows no page that only refuses; nothing is recorded. */
export function permissionRoutes(policy: Pick<PolicyService, 'decide'>): Hono<ServerEnv> {
  return new Hono<ServerEnv>().get(ROUTES.listPermittedActions.path, async (c) => {
    const principal = readCaller(c)
    const actions: Action[] = []
    for (const action of ACTIONS) {
      if (!ROUTE_ACTIONS.has(action)) continue
      if ((await policy.decide({ principal, action })).isAllowed) actions.push(action)
    }
    return c.json({ actions })
  })
}
