import type { GroupMapping } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Actor, Change, RecordChange, Transaction } from '../../platform/audit/change.ts'
import type { IdentityProviderStore } from './store.ts'
import type { IdentityProviderService } from './types.ts'

export interface IdentityProviderDeps {
  readonly store: IdentityProviderStore
  readonly clock: Clock
  readonly recordChange: RecordChange
  /** What the groups of a provider give from now on, for who is known to be in them; gives what to record. */
  readonly syncMappings: (
    trx: Transaction,
    actor: Actor,
    change: {
      readonly identityProvider: string
      readonly before: readonly GroupMapping[]
      readonly after: readonly GroupMapping[]
    },
  ) => Promise<readonly Change[]>
  /** After it: lets this replica see at once whose roles changed. */
  readonly refreshPrincipals: (tenant: string) => void
  /** Plain http is for tests on loopback. */
  readonly allowsInsecureIssuers?: boolean
}

export function createIdentityProviderService(deps: IdentityProviderDeps): IdentityProviderService {
  const { store, clock, recordChange, syncMappings, refreshPrincipals, allowsInsecureIssuers = false } = deps

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
      const put = await store.put(actor.tenant, id, input, async (trx, version, before) => {
        const changes = await syncMappings(trx, actor, { identityProvider: id, before, after: input.groups })
        await recordChange(trx, { actor, kind: 'identity-provider.put', object: id, version })
        for (const change of changes) await recordChange(trx, change)
      })
      refreshPrincipals(actor.tenant)
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

    holdIn: async (trx, tenant, id) => store.holdIn(trx, tenant, id),

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
