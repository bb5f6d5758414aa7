import type { ProviderKind } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Soon } from '../../platform/async/soon.ts'
import { whenThere } from '../../platform/async/soon.ts'
import type { RecordChange } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import type { ProviderStore } from './store.ts'
import type { Provider, ProviderService } from './types.ts'

export interface ProviderDeps {
  readonly store: ProviderStore
  readonly clock: Clock
  readonly recordChange: RecordChange
  /** Whether an exception for TLS 1.2 towards this provider is in force now. Left out: none is. */
  readonly isTls12Excepted?: (tenant: string, id: string) => Promise<boolean>
  /** Whether this server has an adapter for the kind. */
  readonly hasAdapter?: (kind: ProviderKind) => boolean
}

export function createProviderService({
  store,
  clock,
  recordChange,
  isTls12Excepted = async () => false,
  hasAdapter = () => true,
}: ProviderDeps): ProviderService {
  const snapshots = createSnapshotCache({ load: (tenant) => store.list(tenant) })

  /** What the row wishes holds only while somebody answers for it. */
  function withExceptions(provider: Provider): Soon<Provider> {
    if (provider.allowsTls12 !== true) return provider
    return isTls12Excepted(provider.tenant, provider.id).then((allowsTls12) => ({ ...provider, allowsTls12 }))
  }

  return {
    findByModel: (tenant, model) =>
      whenThere(snapshots.get(tenant), (providers) => {
        const found = providers.find(({ isDisabled, models }) => !isDisabled && models.includes(model))
        if (found) return withExceptions(found)
        throw new AppError('provider.unknown-model', { message: 'no provider serves this model', field: '/model' })
      }),

    async findFallback(tenant, id, model) {
      const providers = await snapshots.get(tenant)
      const found = providers.find((provider) => provider.id === id)
      return found && !found.isDisabled && found.models.includes(model) ? withExceptions(found) : undefined
    },

    list: async (tenant) => store.list(tenant),

    async get(tenant, id) {
      const found = (await store.list(tenant)).find((provider) => provider.id === id)
      if (!found) throw unknown()
      return found
    },

    async put(actor, fields) {
      if (!hasAdapter(fields.kind)) throw invalid('/kind', 'this server has no adapter for this kind')
      const { fallbacks = [] } = fields
      if (fallbacks.length > 0) {
        const others = new Set((await store.list(actor.tenant)).flatMap(({ id }) => (id === fields.id ? [] : [id])))
        if (fallbacks.some(({ provider }) => !others.has(provider)))
          throw invalid('/fallbacks', 'names other providers of this tenant')
      }
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

function invalid(field: string, message: string): AppError {
  return new AppError('body.invalid', { message: `${field}: ${message}`, field })
}

function unknown(): AppError {
  return new AppError('resource.unknown', { message: 'no such provider' })
}
