import { randomUUID } from 'node:crypto'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { RecordChange } from '../../platform/audit/change.ts'
import type { AlertStore } from './store.ts'
import type { AlertService } from './types.ts'

export interface AlertDeps {
  readonly store: AlertStore
  readonly clock: Clock
  readonly recordChange: RecordChange
}

export function createAlertService({ store, clock, recordChange }: AlertDeps): AlertService {
  return {
    raiseIn: async (trx, alert) => store.insertIn(trx, { ...alert, id: randomUUID(), raisedAt: clock.now() }),
    list: async (tenant) => store.list(tenant),
    async acknowledge(actor, id) {
      const by = { id: actor.id, at: clock.now() }
      const facts = { features: [`alert:${id}`] }
      const isDone = await store.acknowledge(actor.tenant, id, by, async (trx) =>
        recordChange(trx, { actor, kind: 'alert.acknowledged', object: id, facts }),
      )
      if (!isDone) throw new AppError('resource.unknown', { message: 'no such alert that waits' })
    },
  }
}
