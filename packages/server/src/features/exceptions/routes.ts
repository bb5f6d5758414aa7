import type { ExceptionRecord } from '@breakwater/contract'
import { exceptionInputSchema, ROUTES } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { Hono } from 'hono'
import { readBody } from '../../platform/http/body.ts'
import { readCaller, readUuid } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { ExceptionService, RiskException } from './types.ts'

export function exceptionRoutes(service: ExceptionService, clock: Clock): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get(ROUTES.listExceptions.path, async (c) => {
      const exceptions = await service.list(readCaller(c).tenant)
      const now = clock.now()
      return c.json({ exceptions: exceptions.map((row) => toRecord(row, now)) })
    })
    .post(ROUTES.proposeException.path, async (c) => {
      const input = await readBody(c, exceptionInputSchema)
      return c.json(toRecord(await service.propose(readCaller(c), input), clock.now()))
    })
    .post(ROUTES.approveException.path, async (c) => {
      await service.approve(readCaller(c), readUuid(c))
      return c.body(null, 204)
    })
    .post(ROUTES.endException.path, async (c) => {
      await service.end(readCaller(c), readUuid(c))
      return c.body(null, 204)
    })
}

function toRecord(row: RiskException, now: Date): ExceptionRecord {
  const { tenant: _tenant, proposedAt, expiresAt, approvedAt, endedAt, ...fields } = row
  return {
    ...fields,
    state: stateOf(row, now),
    proposedAt: proposedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(approvedAt && { approvedAt: approvedAt.toISOString() }),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
  }
}

function stateOf({ approvedAt, endedAt, expiresAt }: RiskException, now: Date): ExceptionRecord['state'] {
  if (now >= expiresAt) return 'expired'
  if (endedAt) return 'ended'
  return approvedAt ? 'in force' : 'proposed'
}
