import {
  enrolSchema,
  enrolTokenSchema,
  passkeyResponseSchema,
  ROUTES,
  signInTenantSchema,
  slugSchema,
  totpEnrolSchema,
  totpSignInSchema,
} from '@breakwater/contract'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { parseInput, readBody } from '../../../platform/http/body.ts'
import { readId } from '../../../platform/http/caller.ts'
import { readCredentials } from '../../../platform/http/credentials.ts'
import type { ServerEnv } from '../../../platform/http/env.ts'
import { toAppError } from '../../../platform/http/problem.ts'
import { requireSameOrigin } from '../../../platform/http/same-origin.ts'
import type { StartedSession } from '../../sessions/index.ts'
import { formatSessionCookie, readClient } from '../../sessions/index.ts'
import { clearSignInCookie } from '../federated.ts'
import type { PeopleRouteDeps } from './deps.ts'

/** Before anybody is known: nothing here is asked for by another site, so that nobody is logged in as somebody else. */
export function signInRoutes(deps: PeopleRouteDeps): Hono<ServerEnv> {
  const { people, passkeys, totp, invitations, federated, homeTenant } = deps
  const clientOf = (c: Context<ServerEnv>) => readClient(readCredentials(c))
  const requireOwnOrigin = (c: Context<ServerEnv>): void =>
    requireSameOrigin(readCredentials(c), new URL(deps.publicUrl()).origin)

  return new Hono<ServerEnv>()
    .get(ROUTES.readSignInOptions.path, async (c) => {
      const tenant = parseInput(slugSchema, c.req.query('tenant') ?? homeTenant)
      return c.json(await people.readSignInOptions(tenant))
    })
    .get(ROUTES.finishOidcSignIn.path, async (c) => {
      c.header('set-cookie', clearSignInCookie(), { append: true })
      try {
        const callback = new URL(c.req.url)
        const started = await federated.finish(readId(c), callback, c.req.header('cookie') ?? null, clientOf(c))
        setSession(c, started)
        return c.redirect('/', 303)
      } catch (thrown) {
        // A browser is shown the console's page with the code; the refusal is counted all the same.
        if (!c.req.header('accept')?.includes('text/html')) throw thrown
        const error = toAppError(thrown)
        c.error = error
        return c.redirect(`/sign-in#${error.code}`, 303)
      }
    })
    .post(ROUTES.startOidcSignIn.path, async (c) => {
      requireOwnOrigin(c)
      const { tenant = homeTenant } = await readBody(c, signInTenantSchema)
      const { url, cookie } = await federated.start(tenant, readId(c))
      c.header('set-cookie', cookie)
      return c.json({ url })
    })
    .post(ROUTES.startPasskeySignIn.path, async (c) => {
      requireOwnOrigin(c)
      const { tenant = homeTenant } = await readBody(c, signInTenantSchema)
      return c.json({ options: await passkeys.startSignIn(tenant) })
    })
    .post(ROUTES.finishPasskeySignIn.path, async (c) => {
      requireOwnOrigin(c)
      const { tenant = homeTenant, response } = await readBody(c, passkeyResponseSchema)
      setSession(c, await passkeys.finishSignIn(tenant, response, clientOf(c)))
      return c.body(null, 204)
    })
    .post(ROUTES.finishTotpSignIn.path, async (c) => {
      requireOwnOrigin(c)
      const { tenant = homeTenant, ...shown } = await readBody(c, totpSignInSchema)
      setSession(c, await totp.finishSignIn(tenant, shown, clientOf(c)))
      return c.body(null, 204)
    })
    .post(ROUTES.startTotpEnrolment.path, async (c) => {
      requireOwnOrigin(c)
      const { token } = await readBody(c, enrolTokenSchema)
      c.header('cache-control', 'no-store')
      return c.json(await invitations.startTotpEnrolment(token))
    })
    .post(ROUTES.finishTotpEnrolment.path, async (c) => {
      requireOwnOrigin(c)
      const { token, challenge, code } = await readBody(c, totpEnrolSchema)
      setSession(c, await invitations.finishTotpEnrolment(token, challenge, code, clientOf(c)))
      return c.body(null, 204)
    })
    .post(ROUTES.startEnrolment.path, async (c) => {
      requireOwnOrigin(c)
      const { token } = await readBody(c, enrolTokenSchema)
      return c.json({ options: await invitations.startEnrolment(token) })
    })
    .post(ROUTES.finishEnrolment.path, async (c) => {
      requireOwnOrigin(c)
      const { token, response, label } = await readBody(c, enrolSchema)
      setSession(c, await invitations.finishEnrolment(token, response, label, clientOf(c)))
      return c.body(null, 204)
    })
}

export function setSession(c: Context<ServerEnv>, { secret }: StartedSession): void {
  c.header('set-cookie', formatSessionCookie(secret), { append: true })
}
