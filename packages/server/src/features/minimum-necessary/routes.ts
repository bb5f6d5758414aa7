import type { MinimumPolicyRecord } from '@breakwater/contract'
import { minimumPolicyInputSchema, minimumTrialInputSchema, ROUTES } from '@breakwater/contract'
import { Hono } from 'hono'
import { readBody } from '../../platform/http/body.ts'
import { readCaller, readId } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import { MINIMUM_STARTERS } from './starters.ts'
import type { MinimumPolicy, MinimumService, TryRules } from './types.ts'

// 200,000 characters, whatever they are, and the rules.
const MAX_TRIAL_BYTES = 1_000_000

export function minimumRoutes(service: MinimumService, tryRules: TryRules): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get(ROUTES.listMinimumPolicies.path, async (c) => {
      const policies = await service.list(readCaller(c).tenant)
      return c.json({ policies: policies.map(toRecord) })
    })
    .get(ROUTES.listMinimumStarters.path, (c) => c.json({ starters: MINIMUM_STARTERS }))
    .post(ROUTES.tryMinimumRules.path, async (c) => {
      const { rules, text } = await readBody(c, minimumTrialInputSchema, MAX_TRIAL_BYTES)
      return c.json(tryRules(rules, text))
    })
    .put(ROUTES.putMinimumPolicy.path, async (c) => {
      const input = await readBody(c, minimumPolicyInputSchema)
      return c.json(toRecord(await service.put(readCaller(c), readId(c), input)))
    })
    .post(ROUTES.activateMinimumPolicy.path, async (c) => {
      return c.json(toRecord(await service.activate(readCaller(c), readId(c))))
    })
    .post(ROUTES.endMinimumPolicy.path, async (c) => {
      await service.end(readCaller(c), readId(c))
      return c.body(null, 204)
    })
}

function toRecord({ tenant: _tenant, ...policy }: MinimumPolicy): MinimumPolicyRecord {
  return policy
}
