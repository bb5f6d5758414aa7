import type { AlertRecord } from '@breakwater/contract'
import { ROUTES } from '@breakwater/contract'
import { Hono } from 'hono'
import { readCaller, readUuid } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { Alert, AlertService } from './types.ts'

export function alertRoutes(service: AlertService): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get(ROUTES.listAlerts.path, async (c) => {
      const alerts = await service.list(readCaller(c).tenant)
      return c.json({ alerts: alerts.map(toRecord) })
    })
    .post(ROUTES.acknowledgeAlert.path, async (c) => {
      await service.acknowledge(readCaller(c), readUuid(c))
      return c.body(null, 204)
    })
}

function toRecord({ tenant: _tenant, raisedAt, acknowledgedAt, ...alert }: Alert): AlertRecord {
  return {
    ...alert,
    raisedAt: raisedAt.toISOString(),
    ...(acknowledgedAt && { acknowledgedAt: acknowledgedAt.toISOString() }),
  }
}
