import type { PriceInput } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { whenThere } from '../../platform/async/soon.ts'
import type { RecordChange } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import { applyLimits, isMetered } from './demands.ts'
import type { Applied } from './demands.ts'
import type { BudgetStore } from './store.ts'
import type { BudgetService, Reservation, Usage } from './types.ts'
import type { Holding, Units } from './units/units.ts'

export interface BudgetDeps {
  readonly store: BudgetStore
  readonly units: Units
  readonly clock: Clock
  readonly recordChange: RecordChange
}

const SPAN_SECONDS = { minute: 60, day: 86_400, month: undefined } as const
// What stands in the endpoint's place of an entry; a provider may name its models more freely.
const LEDGER_NAME = /^[A-Za-z0-9._:/@-]{1,128}$/

export function createBudgetService({ store, units, clock, recordChange }: BudgetDeps): BudgetService {
  const rules = createSnapshotCache({ load: (tenant) => store.readRules(tenant) })

  async function take(tenant: string, applied: readonly Applied[], now: Date): Promise<Reservation> {
    const demands = applied.map(({ demand }) => demand)
    const taken = await units.take(tenant, demands)
    if ('settle' in taken) return createReservation(applied, taken)
    throw exceeded(
      applied.find(({ demand }) => demand === taken),
      now,
    )
  }

  return {
    reserve: (crossing) =>
      whenThere(rules.get(crossing.tenant), ({ limits, prices }) => {
        if (limits.length === 0) return undefined
        const now = clock.now()
        const applied = applyLimits(limits, prices, crossing, now)
        return applied.length === 0 ? undefined : take(crossing.tenant, applied, now)
      }),

    listLimits: async (tenant) => store.listLimits(tenant),
    listUsage: async (tenant) => store.listUsage(tenant),
    listPrices: async (tenant) => store.listPrices(tenant),

    async putLimit(actor, id, input) {
      const limit = { ...input, tenant: actor.tenant, id }
      const version = await store.putLimit(limit, async (trx, number) =>
        recordChange(trx, {
          actor,
          kind: 'limit.put',
          object: id,
          version: number,
          counts: { amount: input.amount },
          codes: [`limit.${input.metric}`],
        }),
      )
      if (version === undefined) {
        const message = 'a limit goes on counting what it counts: only its amount can change. Make another'
        throw new AppError('resource.conflict', { message })
      }
      rules.drop(actor.tenant)
      return { ...limit, version }
    },

    async endLimit(actor, id) {
      const isEnded = await store.endLimit(actor.tenant, id, clock.now(), async (trx, version) =>
        recordChange(trx, { actor, kind: 'limit.ended', object: id, version }),
      )
      if (!isEnded) throw new AppError('resource.unknown', { message: 'no such limit in force' })
      rules.drop(actor.tenant)
    },

    async putPrice(actor, input: PriceInput) {
      const { provider, model, inputMicros, outputMicros } = input
      const version = await store.putPrice(actor.tenant, input, async (trx, number) =>
        recordChange(trx, {
          actor,
          kind: 'price.put',
          object: provider,
          version: number,
          counts: { 'input-micros': inputMicros, 'output-micros': outputMicros },
          ...(LEDGER_NAME.test(model) && { part: model }),
        }),
      )
      if (version === undefined) {
        throw new AppError('resource.unknown', { message: 'no such provider', field: '/provider' })
      }
      rules.drop(actor.tenant)
      return { ...input, version }
    },

    close: async () => units.close(),
  }
}

function createReservation(applied: readonly Applied[], holding: Holding): Reservation {
  let isSettled = false
  return {
    isMetered: applied.some(({ limit }) => isMetered(limit)),
    settle(usage: Usage) {
      if (isSettled) return
      isSettled = true
      holding.settle(applied.map(({ usedOf }) => usedOf(usage)))
    },
  }
}

function exceeded(reached: Applied | undefined, now: Date): AppError {
  const message = 'a limit is reached: nothing was sent'
  if (!reached) return new AppError('limit.exceeded', { message })
  const { limit, untilMs } = reached
  const seconds = Math.max(1, Math.ceil((untilMs - now.getTime()) / 1_000))
  const spanSeconds = limit.span === undefined ? undefined : SPAN_SECONDS[limit.span]
  const told = { id: limit.id, amount: limit.amount, ...(spanSeconds !== undefined && { spanSeconds }) }
  return new AppError('limit.exceeded', { message, wait: { seconds, limit: told } })
}
