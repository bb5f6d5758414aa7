import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { RecordChange } from '../../platform/audit/change.ts'
import type { IdentityProviderStore } from './store.ts'
import type { IdentityProviderService } from './types.ts'

export interface IdentityProviderDeps {
  readonly store: IdentityProviderStore
  readonly clock: Clock
  readonly recordChange: RecordChange
  /** Plain http is for tests on loopback. */
  readonly allowsInsecureIssuers?: boolean
}

export function createIdentityProviderService(deps: IdentityProviderDeps): IdentityProviderService {
  const { store, clock, recordChange, allowsInsecureIssuers = false } = deps

  return {
    list: async (tenant) => store.list(tenant),

    async get(tenant, id) {
      const found = (await store.list(tenant)).find((provider) => provider.id === id)
      if (!found) throw unknown()
      return found
    },

    async put(actor, id, input) {
      if (!allowsInsecureIssuers && !input.issuer.startsWith('https:')) {
        throw new AppError('body.invalid', { message: 'an issuer speaks https', field: '/issuer' })
      }
      const put = await store.put(actor.tenant, id, input, async (trx, version) =>
        recordChange(trx, { actor, kind: 'identity-provider.put', object: id, version }),
      )
      if (put === 'subjects-known') {
        throw new AppError('resource.conflict', {
          message: 'people of this provider are known by another claim: they would all be new',
          field: '/subjectClaim',
        })
      }
      if (put !== 'taken') return put
      throw new AppError('resource.conflict', {
        message: 'a disabled identity provider stays disabled, and an issuer has one',
        field: '/issuer',
      })
    },

    async disable(actor, id) {
      const isDone = await store.disable(actor.tenant, id, clock.now(), async (trx) =>
        recordChange(trx, { actor, kind: 'identity-provider.disabled', object: id }),
      )
      if (!isDone) throw unknown()
    },
  }
}

function unknown(): AppError {
  return new AppError('resource.unknown', { message: 'no such identity provider' })
}
