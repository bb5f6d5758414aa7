import {
  kekEventSchema,
  keyringRotationSchema,
  keyRotationSchema,
  reachabilityInputSchema,
  ROUTES,
  shredInputSchema,
} from '@breakwater/contract'
import { Hono } from 'hono'
import { readBody } from '../../platform/http/body.ts'
import { readCaller } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { KeyService } from './types.ts'

export function keyRoutes(service: KeyService): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get(ROUTES.readKeys.path, async (c) => c.json(await service.status(readCaller(c).tenant)))
    .post(ROUTES.rotateKey.path, async (c) => {
      await service.rotate(readCaller(c), await readBody(c, keyRotationSchema))
      return c.body(null, 204)
    })
    .post(ROUTES.rotateKeyring.path, async (c) => {
      const { label } = await readBody(c, keyringRotationSchema)
      await service.rotateKeyring(readCaller(c), label)
      return c.body(null, 204)
    })
    .post(ROUTES.rewrapKeys.path, async (c) => c.json(await service.rewrap(readCaller(c))))
    .post(ROUTES.recordKekEvent.path, async (c) => {
      const { happenedAt, ...event } = await readBody(c, kekEventSchema)
      await service.recordKekEvent(readCaller(c), { ...event, happenedAt: new Date(happenedAt) })
      return c.body(null, 204)
    })
    .post(ROUTES.shredKeys.path, async (c) => {
      const { patient } = await readBody(c, shredInputSchema)
      return c.json(await service.shred(readCaller(c), patient))
    })
    .post(ROUTES.readReachability.path, async (c) => {
      const { patient, copiedAt, at } = await readBody(c, reachabilityInputSchema)
      const copy = copiedAt === undefined ? undefined : new Date(copiedAt)
      const question = { patient, copiedAt: copy, at: new Date(at) }
      return c.json(await service.readReachability(readCaller(c).tenant, question))
    })
}
