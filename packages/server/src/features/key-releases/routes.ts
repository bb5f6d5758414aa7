import { releaseChallengeInputSchema, releaseInputSchema, ROUTES } from '@breakwater/contract'
import { Hono } from 'hono'
import { readBody } from '../../platform/http/body.ts'
import { readCaller } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { KeyReleaseService } from './types.ts'

export function keyReleaseRoutes(service: KeyReleaseService): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .post(ROUTES.challengeRelease.path, async (c) => {
      const { objectClass } = await readBody(c, releaseChallengeInputSchema)
      return c.json(await service.challenge(readCaller(c), objectClass))
    })
    .post(ROUTES.releaseKey.path, async (c) => {
      const { evidence, dekId, objectClass } = await readBody(c, releaseInputSchema)
      const asked = { objectClass, ...(dekId !== undefined && { dekId }), evidence: Buffer.from(evidence, 'base64') }
      return c.json(await service.release(readCaller(c), asked))
    })
}
