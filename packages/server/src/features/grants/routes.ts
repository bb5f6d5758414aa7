import type { AccessRequestRecord, GrantRecord } from '@breakwater/contract'
import { accessRequestInputSchema, ROUTES } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { Hono } from 'hono'
import { readBody } from '../../platform/http/body.ts'
import { readCaller, readUuid } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import { isCurrent } from './enrich.ts'
import type { AccessRequest, AccessWish, Grant, GrantService } from './types.ts'

export function grantRoutes(service: GrantService, clock: Clock): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .post(ROUTES.requestAccess.path, async (c) => {
      const { beneficiary, startsAt, ...input } = await readBody(c, accessRequestInputSchema)
      const wish: AccessWish = {
        ...input,
        ...(beneficiary !== undefined && { beneficiary }),
        ...(startsAt !== undefined && { startsAt: new Date(startsAt) }),
      }
      return c.json(toRequestRecord(await service.request(readCaller(c), wish), clock.now()))
    })
    .get(ROUTES.listOwnAccessRequests.path, async (c) => {
      const { tenant, id } = readCaller(c)
      const all = await service.listRequests(tenant)
      const own = all.filter(({ requestedBy, beneficiary }) => requestedBy === id || beneficiary === id)
      return c.json({ requests: own.map((request) => toRequestRecord(request, clock.now())) })
    })
    .get(ROUTES.listAccessRequests.path, async (c) => {
      const requests = await service.listRequests(readCaller(c).tenant)
      return c.json({ requests: requests.map((request) => toRequestRecord(request, clock.now())) })
    })
    .post(ROUTES.approveAccessRequest.path, async (c) => {
      return c.json(toGrantRecord(await service.approve(readCaller(c), readUuid(c)), clock.now()))
    })
    .post(ROUTES.denyAccessRequest.path, async (c) => {
      await service.deny(readCaller(c), readUuid(c))
      return c.body(null, 204)
    })
    .post(ROUTES.withdrawAccessRequest.path, async (c) => {
      await service.withdraw(readCaller(c), readUuid(c))
      return c.body(null, 204)
    })
    .get(ROUTES.listGrants.path, async (c) => {
      const grants = await service.listGrants(readCaller(c).tenant)
      return c.json({ grants: grants.map((grant) => toGrantRecord(grant, clock.now())) })
    })
    .post(ROUTES.endGrant.path, async (c) => {
      await service.end(readCaller(c), readUuid(c))
      return c.body(null, 204)
    })
}

function toRequestRecord(request: AccessRequest, now: Date): AccessRequestRecord {
  const { tenant: _tenant, answer, startsAt, requestedAt, lapsesAt, answeredAt, roles, purposes, ...fields } = request
  return {
    ...fields,
    roles: [...roles],
    purposes: [...purposes],
    state: answer ?? (lapsesAt <= now ? 'lapsed' : 'waiting'),
    requestedAt: requestedAt.toISOString(),
    lapsesAt: lapsesAt.toISOString(),
    ...(startsAt && { startsAt: startsAt.toISOString() }),
    ...(answeredAt && { answeredAt: answeredAt.toISOString() }),
  }
}

function toGrantRecord(grant: Grant, now: Date): GrantRecord {
  const { tenant: _t, givenAt: _g, endedReason: _r, validFrom, validUntil, endedAt, roles, purposes, ...fields } = grant
  return {
    ...fields,
    roles: [...roles],
    purposes: [...purposes],
    state: stateOf(grant, now),
    validFrom: validFrom.toISOString(),
    validUntil: validUntil.toISOString(),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
  }
}

function stateOf(grant: Grant, now: Date): GrantRecord['state'] {
  if (isCurrent(grant, now)) return 'in force'
  return grant.endedAt === undefined && now < grant.validFrom ? 'to come' : 'ended'
}
