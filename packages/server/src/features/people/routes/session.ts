import type { CurrentSession } from '@breakwater/contract'
import { passkeyAddSchema, passkeyIdSchema, passkeyResponseSchema, ROUTES, totpSchema } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import { Hono } from 'hono'
import { parseInput, readBody } from '../../../platform/http/body.ts'
import { readCaller } from '../../../platform/http/caller.ts'
import { readCredentials } from '../../../platform/http/credentials.ts'
import type { ServerEnv } from '../../../platform/http/env.ts'
import { isSteppedUp } from '../../../platform/http/step-up.ts'
import { toWhoami } from '../../principals/index.ts'
import { readClient, toSessionRecord } from '../../sessions/index.ts'
import type { PeopleRouteDeps } from './deps.ts'
import { setSession } from './sign-in.ts'

/** The session of this request: who it is, how to step up, and the passkeys of its person. */
export function ownSessionRoutes(deps: PeopleRouteDeps): Hono<ServerEnv> {
  const { people, passkeys, totp, federated, sessions, clock } = deps

  return new Hono<ServerEnv>()
    .get(ROUTES.readSession.path, async (c) => {
      const caller = readCaller(c)
      const { tenant, id } = caller
      const own = (await sessions.list(tenant, id)).find((session) => session.id === caller.session?.id)
      const person = await people.find(tenant, id)
      if (!own || !person) throw new AppError('resource.unknown', { message: 'this caller has no session' })
      const answer: CurrentSession = {
        person: toWhoami(caller),
        session: toSessionRecord(own, own.id),
        isSteppedUp: isSteppedUp(caller, clock),
        stepUpMethods: [
          ...(person.passkeys > 0 ? (['passkey'] as const) : []),
          ...(person.hasTotp ? (['totp'] as const) : []),
          ...(person.identityProvider === null ? [] : (['oidc'] as const)),
        ],
        isSingleControl: await people.isSingleControl(tenant),
      }
      return c.json(answer)
    })
    .post(ROUTES.startOidcStepUp.path, async (c) => {
      const { url, cookie } = await federated.startStepUp(readCaller(c))
      c.header('set-cookie', cookie)
      return c.json({ url })
    })
    .post(ROUTES.startPasskeyStepUp.path, async (c) => c.json({ options: await passkeys.startStepUp(readCaller(c)) }))
    .post(ROUTES.finishPasskeyStepUp.path, async (c) => {
      const { response } = await readBody(c, passkeyResponseSchema)
      setSession(c, await passkeys.finishStepUp(readCaller(c), response, readClient(readCredentials(c))))
      return c.body(null, 204)
    })
    .post(ROUTES.finishTotpStepUp.path, async (c) => {
      const shown = await readBody(c, totpSchema)
      setSession(c, await totp.finishStepUp(readCaller(c), shown, readClient(readCredentials(c))))
      return c.body(null, 204)
    })
    .post(ROUTES.removeTotp.path, async (c) => {
      await totp.remove(readCaller(c))
      return c.body(null, 204)
    })
    .get(ROUTES.listPasskeys.path, async (c) => {
      const { tenant, id } = readCaller(c)
      return c.json({ passkeys: await passkeys.list(tenant, id) })
    })
    .post(ROUTES.startPasskey.path, async (c) => c.json({ options: await passkeys.startAdding(readCaller(c)) }))
    .post(ROUTES.addPasskey.path, async (c) => {
      const { response, label } = await readBody(c, passkeyAddSchema)
      await passkeys.add(readCaller(c), response, label)
      return c.body(null, 204)
    })
    .post(ROUTES.revokePasskey.path, async (c) => {
      await passkeys.revoke(readCaller(c), parseInput(passkeyIdSchema, c.req.param('id')))
      return c.body(null, 204)
    })
}
