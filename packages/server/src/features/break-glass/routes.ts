import type { BreakGlassRecord } from '@breakwater/contract'
import { breakGlassInputSchema, breakGlassReviewSchema, ROUTES } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { Hono } from 'hono'
import { readBody } from '../../platform/http/body.ts'
import { readCaller, readUuid } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import { stateOf } from './service.ts'
import type { BreakGlass, BreakGlassService } from './types.ts'

export function breakGlassRoutes(service: BreakGlassService, clock: Clock): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .post(ROUTES.openBreakGlass.path, async (c) => {
      const wish = await readBody(c, breakGlassInputSchema)
      return c.json(toRecord(await service.open(readCaller(c), wish), clock.now()))
    })
    .get(ROUTES.listBreakGlass.path, async (c) => {
      const rows = await service.list(readCaller(c).tenant)
      return c.json({ breakGlass: rows.map((row) => toRecord(row, clock.now())) })
    })
    .post(ROUTES.confirmBreakGlass.path, async (c) => {
      await service.confirm(readCaller(c), readUuid(c))
      return c.body(null, 204)
    })
    .post(ROUTES.closeBreakGlass.path, async (c) => {
      await service.close(readCaller(c), readUuid(c))
      return c.body(null, 204)
    })
    .post(ROUTES.reviewBreakGlass.path, async (c) => {
      const { finding } = await readBody(c, breakGlassReviewSchema)
      await service.review(readCaller(c), readUuid(c), finding)
      return c.body(null, 204)
    })
}

function toRecord(row: BreakGlass, now: Date): BreakGlassRecord {
  const { tenant: _tenant, openedAt, endsAt, closedAt, reviewDueAt, reviewedAt, ...fields } = row
  return {
    ...fields,
    state: stateOf(row, now),
    isReviewOverdue: reviewedAt === undefined && reviewDueAt <= now,
    openedAt: openedAt.toISOString(),
    endsAt: endsAt.toISOString(),
    reviewDueAt: reviewDueAt.toISOString(),
    ...(closedAt && { closedAt: closedAt.toISOString() }),
    ...(reviewedAt && { reviewedAt: reviewedAt.toISOString() }),
  }
}
