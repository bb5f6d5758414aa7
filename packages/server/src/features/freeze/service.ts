import { randomUUID } from 'node:crypto'
import type { FreezeScope } from '@breakwater/contract'
import type { Clock, Log } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Soon } from '../../platform/async/soon.ts'
import { whenThere } from '../../platform/async/soon.ts'
import type { Change, RecordChange } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import { requireSecondPerson } from '../../platform/http/second-person.ts'
import type { AlertService } from '../alerts/index.ts'
import type { LedgerService } from '../ledger/index.ts'
import type { ProviderService } from '../providers/index.ts'
import type { FreezeStore } from './store.ts'
import type { Egress, Freeze, FreezeService } from './types.ts'
import { createWatch } from './watch.ts'

export interface FreezeDeps {
  readonly store: FreezeStore
  readonly clock: Clock
  readonly log: Log
  readonly recordChange: RecordChange
  readonly alerts: Pick<AlertService, 'raiseIn'>
  readonly providers: Pick<ProviderService, 'list'>
  readonly ledger: Pick<LedgerService, 'countUnderWay'>
  /** Fewer than two administrators: nobody could be the second person. */
  readonly isSingleControl: (tenant: string) => Promise<boolean>
  /** Whose freezes of everything bind all tenants. */
  readonly homeTenant: string
}

export function createFreezeService(deps: FreezeDeps): FreezeService {
  const { store, clock, log, recordChange, alerts, providers, ledger, isSingleControl, homeTenant } = deps
  const snapshots = createSnapshotCache({ load: (tenant) => store.listInForce(tenant) })
  const watch = createWatch({ requireOpen })

  function requireOpen({ tenant, provider }: Egress): Soon<void> {
    // Asked together: whichever of them is to be read is on its way at once.
    const [reading, readingOwn] = [snapshots.get(homeTenant), snapshots.get(tenant)]
    return whenThere(reading, (ofHome) =>
      whenThere(readingOwn, (own) => {
        const isFrozen = ofHome.some(({ target }) => target.scope === 'all') || own.some((row) => stops(row, provider))
        if (!isFrozen) return
        throw new AppError('egress.frozen', { message: 'nothing leaves for this provider: egress is frozen' })
      }),
    )
  }

  async function requireKnown(tenant: string, id: string): Promise<Freeze> {
    const freeze = await store.find(tenant, id)
    if (!freeze) throw new AppError('resource.unknown', { message: 'no such freeze' })
    return freeze
  }

  /** Throws unless the actor may aim at this, and there is something to aim at. */
  async function requireTarget(tenant: string, target: FreezeScope): Promise<void> {
    if (target.scope === 'all' && tenant !== homeTenant) {
      throw new AppError('policy.denied', {
        message: 'only the home tenant freezes everything',
        field: '/target/scope',
      })
    }
    if (target.scope !== 'provider') return
    const known = await providers.list(tenant)
    if (known.some(({ id }) => id === target.provider)) return
    throw new AppError('resource.unknown', { message: 'no such provider', field: '/target/provider' })
  }

  return {
    requireOpen,
    watch: (watched) => watch.add(watched),

    async freeze(actor, target, reason) {
      const { tenant } = actor
      await requireTarget(tenant, target)
      const freeze: Freeze = {
        tenant,
        id: randomUUID(),
        target,
        reason,
        isSingleControl: await isSingleControl(tenant),
        frozenBy: actor.id,
        frozenAt: clock.now(),
      }
      await store.add(freeze, async (trx) => {
        await alerts.raiseIn(trx, { tenant, kind: 'egress-frozen', object: freeze.id })
        await recordChange(trx, describe(actor, 'egress.frozen', freeze, [reason]))
      })
      snapshots.drop(tenant)
      log('egress-frozen', { tenant, freeze: freeze.id, scope: target.scope, by: actor.id })
      return freeze
    },

    async preview({ tenant }, target) {
      await requireTarget(tenant, target)
      const [known, inForce, all, underWay] = await Promise.all([
        providers.list(tenant),
        store.listInForce(tenant),
        store.listInForce(homeTenant),
        ledger.countUnderWay(tenant, target.scope === 'provider' ? target.provider : undefined),
      ])
      const isAllFrozen = all.some((row) => row.target.scope === 'all')
      const stopped = known.filter(({ id, isDisabled }) => {
        return !isDisabled && (target.scope !== 'provider' || target.provider === id)
      })
      return {
        target,
        providers: stopped.map(({ id, models }) => ({
          id,
          models: [...models],
          isFrozen: isAllFrozen || inForce.some((row) => stops(row, id)),
        })),
        underWay,
      }
    },

    list: async (tenant) => store.list(tenant),

    async proposeLift(caller, id) {
      const freeze = await requireKnown(caller.tenant, id)
      requireSecondPerson(caller, [])
      const isDone = await store.proposeLift(caller.tenant, id, { by: caller.id, at: clock.now() }, async (trx) =>
        recordChange(trx, describe(caller, 'egress.lift-proposed', freeze)),
      )
      if (!isDone) throw new AppError('resource.conflict', { message: 'it is lifted, or its lifting was proposed' })
    },

    async lift(caller, id) {
      const freeze = await requireKnown(caller.tenant, id)
      if (freeze.liftProposedBy === undefined || freeze.liftedAt) {
        throw new AppError('resource.conflict', { message: 'it is lifted, or nobody has proposed to lift it' })
      }
      requireSecondPerson(caller, freeze.isSingleControl ? [] : [freeze.liftProposedBy])
      const isDone = await store.lift(caller.tenant, id, { by: caller.id, at: clock.now() }, async (trx) =>
        recordChange(
          trx,
          describe(caller, 'egress.lifted', freeze, freeze.liftProposedBy === caller.id ? ['same-person'] : []),
        ),
      )
      if (!isDone) throw new AppError('resource.conflict', { message: 'it is lifted already' })
      snapshots.drop(caller.tenant)
      log('egress-lifted', { tenant: caller.tenant, freeze: id, by: caller.id })
    },

    close: () => watch.close(),
  }
}

function stops({ target }: Freeze, provider: string): boolean {
  return target.scope !== 'provider' || target.provider === provider
}

function describe(
  actor: Change['actor'],
  kind: Change['kind'],
  { id, target }: Freeze,
  codes: readonly string[] = [],
): Change {
  const features = [`freeze:${id}`, `scope:${target.scope}`]
  const provider = target.scope === 'provider' ? { provider: target.provider } : {}
  return { actor, kind, object: id, facts: { features, codes, ...provider } }
}
