import { historyReadSchema, keptKindSchema, keptQuerySchema, keptRuleInputSchema, ROUTES } from '@breakwater/contract'
import type { KeptKind } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { Context } from 'hono'
import { Hono } from 'hono'
import { parseInput, readBody } from '../../platform/http/body.ts'
import { readCaller, readUuid } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { KeptService } from './types.ts'

export function keptRoutes(kept: KeptService): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get(ROUTES.listKeptRules.path, async (c) => c.json({ rules: await kept.listRules(readCaller(c).tenant) }))
    .put(ROUTES.putKeptRule.path, async (c) => {
      const input = await readBody(c, keptRuleInputSchema)
      return c.json(await kept.putRule(readCaller(c), readKind(c), input))
    })
    .delete(ROUTES.endKeptRule.path, async (c) => {
      await kept.endRule(readCaller(c), readKind(c))
      return c.body(null, 204)
    })
    .get(ROUTES.listHistory.path, async (c) => {
      const page = parseInput(keptQuerySchema, c.req.query())
      return c.json({ crossings: await kept.listHistory(readCaller(c), page) })
    })
    .get(ROUTES.readHistory.path, async (c) => {
      const wish = parseInput(historyReadSchema, c.req.query())
      return c.json(await kept.readHistory(readCaller(c), readUuid(c), wish))
    })
}

function readKind(c: Context<ServerEnv>): KeptKind {
  const parsed = keptKindSchema.safeParse(c.req.param('kind'))
  if (parsed.success) return parsed.data
  throw new AppError('resource.unknown', { message: 'nothing of that name is kept' })
}
