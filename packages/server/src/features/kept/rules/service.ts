import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Soon } from '../../../platform/async/soon.ts'
import { whenThere } from '../../../platform/async/soon.ts'
import type { Change, RecordChange } from '../../../platform/audit/change.ts'
import { PROGRAM } from '../../../platform/audit/change.ts'
import { createSnapshotCache } from '../../../platform/cache/snapshot.ts'
import type { KeptRule, KeptService } from '../types.ts'
import type { RuleStore } from './store.ts'

export interface RuleDeps {
  readonly store: RuleStore
  readonly clock: Clock
  readonly recordChange: RecordChange
}

export interface Rules extends Pick<KeptService, 'endRule' | 'listRules' | 'putRule' | 'sweep'> {
  /** As it was within the last second. */
  find(tenant: string, kind: KeptRule['kind']): Soon<KeptRule | undefined>
  /** As it is. Throws `resource.unknown` when nothing of the kind is kept. */
  require(tenant: string, kind: KeptRule['kind']): Promise<KeptRule>
}

/** What is kept, why and for how long, each kind by itself. */
export function createRules({ store, clock, recordChange }: RuleDeps): Rules {
  const snapshots = createSnapshotCache({ load: (tenant) => store.list(tenant) })
  const pick = (rules: readonly KeptRule[], kind: KeptRule['kind']): KeptRule | undefined =>
    rules.find((rule) => rule.kind === kind)

  return {
    find: (tenant, kind) => whenThere(snapshots.get(tenant), (rules) => pick(rules, kind)),

    async require(tenant, kind) {
      const rule = pick(await store.list(tenant), kind)
      if (rule) return rule
      throw new AppError('resource.unknown', { message: `nothing is kept: ${kind} is off` })
    },

    async listRules(tenant) {
      const [rules, counts] = await Promise.all([store.list(tenant), store.count(tenant)])
      return rules.map((rule) => toRecord(rule, counts[rule.kind]))
    },

    async putRule(actor, kind, input) {
      if (input.keepsRestored && kind !== 'history') {
        const message = 'only history is kept with the values that were masked'
        throw new AppError('body.invalid', { message, field: '/keepsRestored' })
      }
      const rule = { ...input, kind, putBy: actor.id, putAt: clock.now() }
      const codes = [
        `reason:${input.reason}`,
        `purpose:${input.purpose.toLowerCase()}`,
        ...(input.keepsRestored ? ['restored'] : []),
      ]
      await store.put(actor.tenant, rule, (trx, shortened) => {
        const counts = { 'retention.days': input.retentionDays, ...(shortened > 0 && { shortened }) }
        const change: Change = { actor, kind: 'kept.put', object: kind, codes, counts }
        return recordChange(trx, change)
      })
      snapshots.drop(actor.tenant)
      return toRecord(rule, (await store.count(actor.tenant))[kind])
    },

    async endRule(actor, kind) {
      const count = await store.end(actor.tenant, kind, (trx, deleted) =>
        recordChange(trx, { actor, kind: 'kept.off', object: kind, counts: { deleted } }),
      )
      snapshots.drop(actor.tenant)
      if (count === undefined) throw new AppError('resource.unknown', { message: `${kind} is off` })
    },

    sweep: async (tenant) =>
      store.sweep(tenant, clock.now(), (trx, counts) => {
        const actor = { tenant, id: PROGRAM }
        return recordChange(trx, { actor, kind: 'kept.expired', object: 'kept', counts })
      }),
  }
}

function toRecord({ putAt, ...rule }: KeptRule, count: number): Awaited<ReturnType<KeptService['putRule']>> {
  return { ...rule, putAt: putAt.toISOString(), count }
}
