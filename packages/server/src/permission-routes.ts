import type { Action } from '@breakwater/contract'
import type { Route } from '@breakwater/contract'
import { ACTIONS, ROUTES } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { Hono } from 'hono'
import type { PolicyService } from './features/policy/index.ts'
import { readCaller } from './platform/http/caller.ts'
import type { Caller, ServerEnv } from './platform/http/env.ts'

// Of these only the routes' own actions are asked about: whether data may move depends on purpose, class and fields.
const ROUTE_ACTIONS: ReadonlySet<Action> = new Set(
  Object.values(ROUTES).flatMap((route) => ('action' in route ? [route.action] : [])),
)

// Whoever asks for these shows a factor again first.
const STEP_UP_ACTIONS: ReadonlySet<Action> = new Set(
  Object.values<Route>(ROUTES).flatMap(({ action, needsStepUp }) => (action && needsStepUp ? [action] : [])),
)

/**
 * What the caller may ask for at all, so that a console shows no page that only refuses; nothing is recorded. What asks for
 * a step-up is told as it would stand right after one: the request itself is decided on what was really shown.
 */
export function permissionRoutes(policy: Pick<PolicyService, 'decide'>, clock: Clock): Hono<ServerEnv> {
  return new Hono<ServerEnv>().get(ROUTES.listPermittedActions.path, async (c) => {
    const caller = readCaller(c)
    const steppedUp: Caller = {
      ...caller,
      ...(caller.session && { session: { ...caller.session, authenticatedAt: clock.now() } }),
    }
    const actions: Action[] = []
    for (const action of ACTIONS) {
      if (!ROUTE_ACTIONS.has(action)) continue
      const principal = STEP_UP_ACTIONS.has(action) ? steppedUp : caller
      if ((await policy.decide({ principal, action })).isAllowed) actions.push(action)
    }
    return c.json({ actions })
  })
}
