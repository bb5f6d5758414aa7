import type { ActorIssuerRecord } from '@breakwater/contract'
import { actorIssuerInputSchema, ROUTES } from '@breakwater/contract'
import { Hono } from 'hono'
import { readBody } from '../../platform/http/body.ts'
import { readCaller, readId } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { ActorIssuer, ActorIssuers } from './types.ts'

export function actorIssuerRoutes(issuers: ActorIssuers): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get(ROUTES.listActorIssuers.path, async (c) => {
      return c.json({ issuers: (await issuers.list(readCaller(c).tenant)).map(toRecord) })
    })
    .put(ROUTES.putActorIssuer.path, async (c) => {
      await issuers.put(readCaller(c), { ...(await readBody(c, actorIssuerInputSchema)), id: readId(c) })
      return c.body(null, 204)
    })
    .post(ROUTES.disableActorIssuer.path, async (c) => {
      await issuers.disable(readCaller(c), readId(c))
      return c.body(null, 204)
    })
}

function toRecord({ id, issuer, audience, keys, isDisabled }: ActorIssuer): ActorIssuerRecord {
  return { id, issuer, audience, kids: keys.map(({ kid }) => kid), isDisabled }
}
