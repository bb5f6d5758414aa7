import type { FreezeRecord } from '@breakwater/contract'
import { freezeInputSchema, ROUTES } from '@breakwater/contract'
import { Hono } from 'hono'
import { readBody } from '../../platform/http/body.ts'
import { readCaller, readUuid } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { Freeze, FreezeService } from './types.ts'

export function freezeRoutes(service: FreezeService): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get(ROUTES.listFreezes.path, async (c) => {
      const freezes = await service.list(readCaller(c).tenant)
      return c.json({ freezes: freezes.map(toRecord) })
    })
    .post(ROUTES.freeze.path, async (c) => {
      const { target, reason } = await readBody(c, freezeInputSchema)
      return c.json(toRecord(await service.freeze(readCaller(c), target, reason)))
    })
    .post(ROUTES.previewFreeze.path, async (c) => {
      const { target } = await readBody(c, freezeInputSchema)
      return c.json(await service.preview(readCaller(c), target))
    })
    .post(ROUTES.proposeUnfreeze.path, async (c) => {
      await service.proposeLift(readCaller(c), readUuid(c))
      return c.body(null, 204)
    })
    .post(ROUTES.unfreeze.path, async (c) => {
      await service.lift(readCaller(c), readUuid(c))
      return c.body(null, 204)
    })
}

function toRecord(freeze: Freeze): FreezeRecord {
  const { tenant: _tenant, isSingleControl: _control, frozenAt, liftedAt, ...fields } = freeze
  return {
    ...fields,
    state: stateOf(freeze),
    frozenAt: frozenAt.toISOString(),
    ...(liftedAt && { liftedAt: liftedAt.toISOString() }),
  }
}

function stateOf({ liftProposedBy, liftedAt }: Freeze): FreezeRecord['state'] {
  if (liftedAt) return 'lifted'
  return liftProposedBy === undefined ? 'frozen' : 'lift proposed'
}
