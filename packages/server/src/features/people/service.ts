import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { whenThere } from '../../platform/async/soon.ts'
import type { RecordChange } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import type { IdentityProviderService } from '../identity-providers/index.ts'
import type { PasskeyStore } from './passkeys/store.ts'
import type { PersonStore } from './store.ts'
import type { TotpStore } from './totp/store.ts'
import type { PeopleService } from './types.ts'

export interface PeopleDeps {
  readonly store: PersonStore
  readonly passkeys: PasskeyStore
  readonly totp: Pick<TotpStore, 'hasAny'>
  readonly identityProviders: Pick<IdentityProviderService, 'list'>
  readonly clock: Clock
  readonly recordChange: RecordChange
  /** What the installation is for. */
  readonly environment: 'development' | 'staging' | 'production'
}

const MIN_ADMINISTRATORS = 2

export function createPeopleService(deps: PeopleDeps): PeopleService {
  const { store, passkeys, totp, identityProviders, clock, recordChange, environment } = deps

  // For each crossing, so that the database is not asked for each.
  const administrators = createSnapshotCache({ load: async (tenant) => store.countAdministrators(tenant) })

  async function isSingleControl(tenant: string): Promise<boolean> {
    return (await store.countAdministrators(tenant)) < MIN_ADMINISTRATORS
  }

  /** Asked once more before it is a refusal: the second may have come a moment ago. */
  async function requireSecond(tenant: string): Promise<void> {
    if (!(await isSingleControl(tenant))) return
    throw new AppError('setup.incomplete', { message: 'production needs two people who administer it' })
  }

  return {
    list: async (tenant) => store.list(tenant),
    find: async (tenant, principal) => store.find(tenant, principal),
    isSingleControl,

    requireSetup(tenant) {
      if (environment !== 'production') return undefined
      return whenThere(administrators.get(tenant), (count) =>
        count >= MIN_ADMINISTRATORS ? undefined : requireSecond(tenant),
      )
    },

    async unlock(actor, principal) {
      if (actor.id === principal) {
        throw new AppError('resource.conflict', { message: 'another administrator unlocks an account' })
      }
      const isDone = await store.unlock(actor.tenant, principal, clock.now(), async (trx) =>
        recordChange(trx, { actor, kind: 'signin.unlocked', object: 'sign-in', principal }),
      )
      if (!isDone) throw new AppError('resource.unknown', { message: 'no such person is locked' })
    },

    async readSignInOptions(tenant) {
      const [providers, hasPasskeys, hasTotp, administrators] = await Promise.all([
        identityProviders.list(tenant),
        passkeys.hasAny(tenant),
        totp.hasAny(tenant),
        store.countAdministrators(tenant),
      ])
      return {
        providers: providers.filter(({ isDisabled }) => !isDisabled).map(({ id, label }) => ({ id, label })),
        hasPasskeys,
        hasTotp,
        needsBootstrap: administrators === 0 && providers.length === 0,
      }
    },
  }
}
