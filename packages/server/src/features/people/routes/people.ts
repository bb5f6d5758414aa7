import type { PersonRecord } from '@breakwater/contract'
import { invitationInputSchema, ROUTES } from '@breakwater/contract'
import { Hono } from 'hono'
import { readBody } from '../../../platform/http/body.ts'
import { readCaller, readId } from '../../../platform/http/caller.ts'
import type { ServerEnv } from '../../../platform/http/env.ts'
import type { InvitationLink, Person } from '../types.ts'
import type { PeopleRouteDeps } from './deps.ts'

/** For those who look after people. */
export function peopleAdministrationRoutes({ people, invitations, clock }: PeopleRouteDeps): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get(ROUTES.listPeople.path, async (c) => {
      const now = clock.now()
      return c.json({ people: (await people.list(readCaller(c).tenant)).map((person) => toRecord(person, now)) })
    })
    .get(ROUTES.listPeopleNames.path, async (c) => {
      const names = (await people.list(readCaller(c).tenant)).map(({ principal, name }) => ({ id: principal, name }))
      return c.json({ names })
    })
    .post(ROUTES.unlockPerson.path, async (c) => {
      await people.unlock(readCaller(c), readId(c))
      return c.body(null, 204)
    })
    .post(ROUTES.invitePerson.path, async (c) => {
      return c.json(toLink(await invitations.invite(readCaller(c), await readBody(c, invitationInputSchema))))
    })
    .post(ROUTES.reinvitePerson.path, async (c) => {
      return c.json(toLink(await invitations.reinvite(readCaller(c), readId(c))))
    })
}

function toLink({ url, expiresAt }: InvitationLink) {
  return { url, expiresAt: expiresAt.toISOString() }
}

function toRecord(person: Person, now: Date): PersonRecord {
  const { principal, name, identityProvider, roles, isDisabled, lockedUntil, passkeys, hasTotp } = person
  return {
    id: principal,
    name,
    source: identityProvider === null ? 'local' : 'identity-provider',
    identityProvider,
    roles: [...roles],
    isDisabled,
    lockedUntil: lockedUntil !== null && lockedUntil > now ? lockedUntil.toISOString() : null,
    passkeys,
    hasTotp,
  }
}
