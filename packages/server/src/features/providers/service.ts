import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { RecordChange } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import type { ProviderStore } from './store.ts'
import type { ProviderService } from './types.ts'

export interface ProviderDeps {
  readonly store: ProviderStore
  readonly clock: Clock
  readonly recordChange: RecordChange
  /** Whether an exception for TLS 1.2 towards this provider is in force now. Left out: none is. */
  readonly isTls12Excepted?: (tenant: string, id: string) => Promise<boolean>
}

export function createProviderService({
  store,
  clock,
  recordChange,
  isTls12Excepted = async () => false,
}: ProviderDeps): ProviderService {
  const snapshots = createSnapshotCache({ load: (tenant) => store.list(tenant) })

  return {
    async findByModel(tenant, model) {
      const providers = await snapshots.get(tenant)
      const found = providers.find(({ isDisabled, models }) => !isDisabled && models.includes(model))
      if (!found)
        throw new AppError('provider.unknown-model', { message: 'no provider serves this model', field: '/model' })
      if (!found.allowsTls12) return found
      // What the row wishes holds only while somebody answers for it.
      return { ...found, allowsTls12: await isTls12Excepted(tenant, found.id) }
    },

    list: async (tenant) => store.list(tenant),

    async get(tenant, id) {
      const found = (await store.list(tenant)).find((provider) => provider.id === id)
      if (!found) throw unknown()
      return found
    },

    async put(actor, fields) {
      const provider = { ...fields, tenant: actor.tenant }
      const version = await store.put(provider, (trx, version) =>
        recordChange(trx, { actor, kind: 'provider.put', object: provider.id, version }),
      )
      if (version === undefined) {
        throw new AppError('resource.conflict', {
          message: 'another provider serves one of these models',
          field: '/models',
        })
      }
      snapshots.drop(actor.tenant)
      return { ...provider, version, isDisabled: false }
    },

    async disable(actor, id) {
      const isDisabled = await store.disable(actor.tenant, id, clock.now(), (trx, version) =>
        recordChange(trx, { actor, kind: 'provider.disabled', object: id, version }),
      )
      if (!isDisabled) throw unknown()
      snapshots.drop(actor.tenant)
    },
  }
}

function unknown(): AppError {
  return new AppError('resource.unknown', { message: 'no such provider' })
}
