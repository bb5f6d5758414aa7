import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { whenThere } from '../../platform/async/soon.ts'
import type { Change, RecordChange } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import type { MinimumStore } from './store.ts'
import type { MinimumPolicy, MinimumScope, MinimumService } from './types.ts'

export interface MinimumDeps {
  readonly store: MinimumStore
  readonly clock: Clock
  readonly recordChange: RecordChange
}

export function createMinimumService({ store, clock, recordChange }: MinimumDeps): MinimumService {
  const snapshots = createSnapshotCache({ load: (tenant) => store.listInForce(tenant) })
  const recordAs =
    (actor: Change['actor'], kind: Change['kind'], id: string) =>
    async (trx: Parameters<RecordChange>[0], version: number): Promise<void> =>
      recordChange(trx, { actor, kind, object: id, version })

  return {
    findInForce: (scope) =>
      whenThere(snapshots.get(scope.tenant), (policies) => policies.filter((policy) => appliesTo(policy, scope))),

    list: async (tenant) => store.list(tenant),

    async put(actor, id, input) {
      const deed = { by: actor.id, at: clock.now() }
      const version = await store.put(actor.tenant, id, input, deed, recordAs(actor, 'minimum.put', id))
      return { ...input, tenant: actor.tenant, id, version, state: 'off' }
    },

    async activate(actor, id) {
      const deed = { by: actor.id, at: clock.now() }
      const policy = await store.activateLatest(actor.tenant, id, deed, recordAs(actor, 'minimum.activated', id))
      if (policy === undefined) throw new AppError('resource.unknown', { message: 'no such policy' })
      if (policy === false) {
        const message = 'its latest version is in force or has ended: put another'
        throw new AppError('resource.conflict', { message })
      }
      snapshots.drop(actor.tenant)
      return policy
    },

    async end(actor, id) {
      const deed = { by: actor.id, at: clock.now() }
      const isEnded = await store.end(actor.tenant, id, deed, recordAs(actor, 'minimum.ended', id))
      if (!isEnded) throw new AppError('resource.unknown', { message: 'no such policy in force' })
      snapshots.drop(actor.tenant)
    },
  }
}

function appliesTo({ roles, purposes, endpoints, models }: MinimumPolicy, scope: MinimumScope): boolean {
  return (
    roles.some((role) => scope.roles.includes(role)) &&
    purposes.includes(scope.purpose) &&
    (endpoints === undefined || endpoints.some((endpoint) => endpoint === scope.endpoint)) &&
    (models === undefined || models.includes(scope.model))
  )
}
