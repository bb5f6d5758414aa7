import type { ServiceKey, ServiceRecord } from '@breakwater/contract'
import {
  kidSchema,
  retireKeyInputSchema,
  ROUTES,
  serviceInputSchema,
  serviceKeyInputSchema,
} from '@breakwater/contract'
import { Hono } from 'hono'
import { parseInput, readBody } from '../../platform/http/body.ts'
import { readCaller, readId } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { ClientKey, ServiceClient, ServiceClients } from './types.ts'

export function serviceRoutes(services: ServiceClients): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get(ROUTES.listServices.path, async (c) => {
      return c.json({ services: (await services.list(readCaller(c).tenant)).map(toRecord) })
    })
    .get(ROUTES.getService.path, async (c) => {
      return c.json(toRecord(await services.get(readCaller(c).tenant, readId(c))))
    })
    .put(ROUTES.putService.path, async (c) => {
      await services.put(readCaller(c), readId(c), await readBody(c, serviceInputSchema))
      return c.body(null, 204)
    })
    .post(ROUTES.disableService.path, async (c) => {
      await services.disable(readCaller(c), readId(c))
      return c.body(null, 204)
    })
    .post(ROUTES.addServiceKey.path, async (c) => {
      const input = await readBody(c, serviceKeyInputSchema)
      return c.json(toKey(await services.addKey(readCaller(c), readId(c), input)))
    })
    .post(ROUTES.retireServiceKey.path, async (c) => {
      const kid = parseInput(kidSchema, c.req.param('kid'))
      await services.retireKey(readCaller(c), readId(c), kid, await readBody(c, retireKeyInputSchema))
      return c.body(null, 204)
    })
}

function toRecord({
  tenant,
  id,
  keys,
  scopes,
  certificates,
  certificateUris,
  isDisabled,
}: ServiceClient): ServiceRecord {
  return {
    id,
    clientId: `${tenant}.${id}`,
    scopes: [...scopes],
    certificates: [...certificates],
    certificateUris: [...certificateUris],
    isDisabled,
    keys: keys.map(toKey),
  }
}

function toKey({ kid, algorithm, createdAt, expiresAt }: ClientKey): ServiceKey {
  return { kid, algorithm, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() }
}
