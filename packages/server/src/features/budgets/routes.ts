import type { LimitRecord } from '@breakwater/contract'
import { limitIdSchema, limitInputSchema, priceInputSchema, ROUTES } from '@breakwater/contract'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { parseInput, readBody } from '../../platform/http/body.ts'
import { readCaller } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { BudgetService, Limit } from './types.ts'

export function budgetRoutes(service: BudgetService): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get(ROUTES.listLimits.path, async (c) => {
      const limits = await service.listLimits(readCaller(c).tenant)
      return c.json({ limits: limits.map(toRecord) })
    })
    .get(ROUTES.listLimitUsage.path, async (c) => c.json({ usage: await service.listUsage(readCaller(c).tenant) }))
    .put(ROUTES.putLimit.path, async (c) => {
      const input = await readBody(c, limitInputSchema)
      return c.json(toRecord(await service.putLimit(readCaller(c), readLimitId(c), input)))
    })
    .post(ROUTES.endLimit.path, async (c) => {
      await service.endLimit(readCaller(c), readLimitId(c))
      return c.body(null, 204)
    })
    .get(ROUTES.listPrices.path, async (c) => c.json({ prices: await service.listPrices(readCaller(c).tenant) }))
    .put(ROUTES.putPrice.path, async (c) => {
      return c.json(await service.putPrice(readCaller(c), await readBody(c, priceInputSchema)))
    })
}

function readLimitId(c: Context<ServerEnv>): string {
  return parseInput(limitIdSchema, c.req.param('id'))
}

function toRecord({ tenant: _tenant, endedAt, ...limit }: Limit): LimitRecord {
  return { ...limit, ...(endedAt && { endedAt: endedAt.toISOString() }) }
}
