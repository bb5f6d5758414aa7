import { identityProviderInputSchema, ROUTES } from '@breakwater/contract'
import { Hono } from 'hono'
import { readBody } from '../../platform/http/body.ts'
import { readCaller, readId } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { IdentityProviderService } from './types.ts'

export function identityProviderRoutes(service: IdentityProviderService): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get(ROUTES.listIdentityProviders.path, async (c) => {
      return c.json({ identityProviders: await service.list(readCaller(c).tenant) })
    })
    .get(ROUTES.getIdentityProvider.path, async (c) => c.json(await service.get(readCaller(c).tenant, readId(c))))
    .put(ROUTES.putIdentityProvider.path, async (c) => {
      const input = await readBody(c, identityProviderInputSchema)
      return c.json(await service.put(readCaller(c), readId(c), input))
    })
    .post(ROUTES.disableIdentityProvider.path, async (c) => {
      await service.disable(readCaller(c), readId(c))
      return c.body(null, 204)
    })
}
