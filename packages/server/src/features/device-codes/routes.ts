import { deviceCodeInputSchema, ROUTES } from '@breakwater/contract'
import { Hono } from 'hono'
import { readBody } from '../../platform/http/body.ts'
import { readCaller } from '../../platform/http/caller.ts'
import { readCredentials } from '../../platform/http/credentials.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import { readForm } from '../../platform/http/form.ts'
import { answerOAuthError } from '../../platform/http/oauth.ts'
import { readClient } from '../sessions/index.ts'
import type { DeviceService } from './types.ts'

/** Where a program asks for a code, and where a person answers it; the token endpoint redeems it. */
export function deviceRoutes(service: DeviceService): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .post(ROUTES.startDevice.path, async (c) => {
      try {
        c.header('cache-control', 'no-store')
        return c.json(await service.start(await readForm(c.req.raw), readClient(readCredentials(c))))
      } catch (thrown) {
        return answerOAuthError(thrown, c)
      }
    })
    .post(ROUTES.readDevice.path, async (c) => {
      const { userCode } = await readBody(c, deviceCodeInputSchema)
      return c.json(await service.read(readCaller(c), userCode))
    })
    .post(ROUTES.approveDevice.path, async (c) => {
      const { userCode } = await readBody(c, deviceCodeInputSchema)
      await service.approve(readCaller(c), userCode)
      return c.body(null, 204)
    })
    .post(ROUTES.denyDevice.path, async (c) => {
      const { userCode } = await readBody(c, deviceCodeInputSchema)
      await service.deny(readCaller(c), userCode)
      return c.body(null, 204)
    })
}
