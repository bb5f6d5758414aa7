import type { PriceRecord } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import { spanAt } from './spans.ts'
import type { Crossing, Limit, Usage } from './types.ts'
import type { Demand } from './units/units.ts'

/** A limit that applies to a crossing, what it takes of it, and what it used of it in the end. */
export interface Applied {
  readonly limit: Limit
  readonly demand: Demand
  readonly untilMs: number
  readonly usedOf: (usage: Usage) => number
}

/** Of what is open at the same time: it belongs to no span. */
const ALWAYS_MS = 0
const STREAM_WAIT_MS = 1_000
const MICROS_PER = 1_000_000

/** Throws `limit.unpriced`. */
export function applyLimits(
  limits: readonly Limit[],
  prices: readonly PriceRecord[],
  crossing: Crossing,
  now: Date,
): Applied[] {
  let estimated: Usage | undefined
  return limits
    .filter((limit) => appliesTo(limit, crossing))
    .map((limit) => {
      const usedOf = createUse(limit, prices, crossing)
      const span = limit.span === undefined ? undefined : spanAt(limit.span, now)
      const demand = {
        limit: limit.id,
        subject: subjectOf(limit, crossing),
        sinceMs: span?.sinceMs ?? ALWAYS_MS,
        // A crossing that is larger than the limit will never fit: it asks for one more than there is.
        units: isMetered(limit)
          ? Math.min(Math.max(usedOf((estimated ??= crossing.estimate())), 1), limit.amount + 1)
          : 1,
        mayTakeAhead: span !== undefined,
      }
      return {
        limit,
        demand,
        untilMs: span?.untilMs ?? now.getTime() + STREAM_WAIT_MS,
        // A stream that is over takes nothing.
        usedOf: span === undefined ? () => 0 : usedOf,
      }
    })
}

/** Whether what it counts is known only once the answer is here. */
export function isMetered({ metric }: Limit): boolean {
  return metric === 'tokens' || metric === 'cost'
}

function appliesTo({ principal, purpose, provider, metric }: Limit, crossing: Crossing): boolean {
  if (crossing.isPreview && metric !== 'requests') return false
  if (metric === 'streams' && !crossing.isStream) return false
  const covers = (wanted: string | undefined, actual: string): boolean =>
    wanted === undefined || wanted === '*' || wanted === actual
  return (
    covers(principal, crossing.principal) && covers(purpose, crossing.purpose) && covers(provider, crossing.provider)
  )
}

/** Whom the limit counts by itself, as the counter is named. */
function subjectOf({ principal, purpose, provider }: Limit, crossing: Crossing): string {
  return [
    principal === '*' ? crossing.principal : '',
    purpose === '*' ? crossing.purpose : '',
    provider === '*' ? crossing.provider : '',
  ].join('|')
}

function createUse(
  { metric, currency }: Limit,
  prices: readonly PriceRecord[],
  { provider, model }: Crossing,
): Applied['usedOf'] {
  if (metric === 'tokens') return ({ inputTokens, outputTokens }) => inputTokens + outputTokens
  if (metric !== 'cost') return () => 1
  const price = prices.find((row) => row.provider === provider && row.model === model && row.currency === currency)
  if (!price) {
    const message = 'a limit of cost applies, and the model has no price in its currency'
    throw new AppError('limit.unpriced', { message, field: '/model' })
  }
  return ({ inputTokens, outputTokens }) =>
    Math.ceil((inputTokens * price.inputMicros + outputTokens * price.outputMicros) / MICROS_PER)
}
