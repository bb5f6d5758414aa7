import type { RecertificationItem, RecertificationRecord } from '@breakwater/contract'
import { recertificationAnswerSchema, recertificationInputSchema, ROUTES } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { Hono } from 'hono'
import { readBody } from '../../platform/http/body.ts'
import { readCaller, readUuid } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import { isTaken } from './service.ts'
import type { CampaignWithItems, Item, RecertificationService } from './types.ts'

export function recertificationRoutes(service: RecertificationService, clock: Clock): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .post(ROUTES.startRecertification.path, async (c) => {
      const { dueAt, ...input } = await readBody(c, recertificationInputSchema)
      const started = await service.start(readCaller(c), { ...input, dueAt: new Date(dueAt) })
      return c.json(toRecord(started, clock.now()))
    })
    .get(ROUTES.listRecertifications.path, async (c) => {
      const campaigns = await service.list(readCaller(c).tenant)
      return c.json({ recertifications: campaigns.map((campaign) => toRecord(campaign, clock.now())) })
    })
    .get(ROUTES.getRecertification.path, async (c) => {
      const campaign = await service.get(readCaller(c).tenant, readUuid(c))
      const now = clock.now()
      return c.json({ ...toRecord(campaign, now), items: campaign.items.map((item) => toItemRecord(item, now)) })
    })
    .post(ROUTES.answerRecertification.path, async (c) => {
      const { answer } = await readBody(c, recertificationAnswerSchema)
      await service.answer(readCaller(c), readUuid(c), readUuid(c, 'item'), answer)
      return c.body(null, 204)
    })
}

function toRecord(campaign: CampaignWithItems, now: Date): RecertificationRecord {
  const { tenant: _tenant, items, scope, reviewers, startedAt, dueAt, closedAt, ...fields } = campaign
  const counts = { waiting: 0, kept: 0, revoked: 0, lapsed: 0 }
  for (const item of items) counts[stateOf(item, now)]++
  return {
    ...fields,
    scope: [...scope],
    reviewers: [...reviewers],
    startedAt: startedAt.toISOString(),
    dueAt: dueAt.toISOString(),
    ...(closedAt && { closedAt: closedAt.toISOString() }),
    counts,
  }
}

function toItemRecord(item: Item, now: Date): RecertificationItem {
  const { tenant: _t, campaign: _c, dueAt: _d, answer: _a, roles, purposes, answeredAt, ...fields } = item
  return {
    ...fields,
    roles: [...roles],
    purposes: [...purposes],
    state: stateOf(item, now),
    ...(answeredAt && { answeredAt: answeredAt.toISOString() }),
  }
}

function stateOf(item: Item, now: Date): RecertificationItem['state'] {
  if (item.answer === 'keep') return 'kept'
  if (item.answer === 'revoke') return 'revoked'
  return isTaken(item, now) ? 'lapsed' : 'waiting'
}
