import type { SessionRecord } from '@breakwater/contract'
import { ROUTES, sessionIdSchema, sessionPolicySchema } from '@breakwater/contract'
import { Hono } from 'hono'
import { parseInput, readBody } from '../../platform/http/body.ts'
import { readCaller, readId } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import { clearSessionCookie } from './cookie.ts'
import type { LiveSession, SessionService } from './types.ts'

/** Sessions as records: what is only about the present one is the people slice's. */
export function sessionRoutes(service: SessionService): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .post(ROUTES.endSession.path, async (c) => {
      const { session, ...person } = readCaller(c)
      if (session) await service.end(person, session.id, { reason: 'signed-out', principal: person.id })
      c.header('set-cookie', clearSessionCookie())
      c.header('clear-site-data', '"cache", "storage"')
      return c.body(null, 204)
    })
    .get(ROUTES.listOwnSessions.path, async (c) => {
      const caller = readCaller(c)
      const sessions = await service.list(caller.tenant, caller.id)
      return c.json({ sessions: sessions.map((session) => toSessionRecord(session, caller.session?.id)) })
    })
    .post(ROUTES.endOwnSession.path, async (c) => {
      const caller = readCaller(c)
      const id = parseInput(sessionIdSchema, c.req.param('id'))
      await service.end(caller, id, { reason: 'revoked', principal: caller.id })
      return c.body(null, 204)
    })
    .post(ROUTES.endOtherSessions.path, async (c) => {
      const caller = readCaller(c)
      const keep = caller.session?.id
      const ended = await service.endAll(caller, caller.id, { reason: 'revoked', ...(keep !== undefined && { keep }) })
      return c.json({ ended })
    })
    .get(ROUTES.listSessions.path, async (c) => {
      const caller = readCaller(c)
      const sessions = await service.list(caller.tenant)
      return c.json({ sessions: sessions.map((session) => toSessionRecord(session, caller.session?.id)) })
    })
    .post(ROUTES.revokeSession.path, async (c) => {
      const id = parseInput(sessionIdSchema, c.req.param('id'))
      await service.end(readCaller(c), id, { reason: 'revoked' })
      return c.body(null, 204)
    })
    .post(ROUTES.revokeSessionsOf.path, async (c) => {
      return c.json({ ended: await service.endAll(readCaller(c), readId(c), { reason: 'revoked' }) })
    })
    .get(ROUTES.readSessionPolicy.path, async (c) => c.json(await service.readPolicy(readCaller(c).tenant)))
    .put(ROUTES.putSessionPolicy.path, async (c) => {
      await service.putPolicy(readCaller(c), await readBody(c, sessionPolicySchema))
      return c.body(null, 204)
    })
}

export function toSessionRecord(session: LiveSession, currentId: string | undefined): SessionRecord {
  return {
    id: session.id,
    principal: session.principal,
    method: session.method,
    isMfa: true,
    isPhishingResistant: session.isPhishingResistant,
    isCurrent: session.id === currentId,
    isFlagged: session.isFlagged,
    startedAt: session.startedAt.toISOString(),
    authenticatedAt: session.authenticatedAt.toISOString(),
    lastSeenAt: session.lastSeenAt.toISOString(),
    idleEndsAt: session.idleEndsAt.toISOString(),
    endsAt: session.endsAt.toISOString(),
    address: session.address,
    userAgent: session.userAgent,
  }
}
