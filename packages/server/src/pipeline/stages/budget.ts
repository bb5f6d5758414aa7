import { whenThere } from '../../platform/async/soon.ts'
import { estimateUsage } from '../answer/estimate-usage.ts'
import { createSpending } from '../answer/spending.ts'
import type { Stage } from '../chain.ts'
import type { Agreed, Budgeted } from '../context.ts'

const NOTHING = { inputTokens: 0, outputTokens: 0 }

/** Takes what the crossing may need from each limit that applies, on all replicas together; no limit, nothing asked. */
export const budget: Stage<Agreed, Budgeted> = (context, { budgets }) => {
  const { act, principal, purpose, provider, body } = context
  const estimate = (): ReturnType<typeof estimateUsage> => estimateUsage(body)
  const reserving = budgets.reserve({
    tenant: principal.tenant,
    principal: principal.id,
    purpose,
    provider: provider.id,
    model: body.model,
    isStream: body.isStream,
    isPreview: act === 'preview',
    estimate,
  })
  return whenThere(reserving, (reservation): Budgeted => {
    if (!reservation) return { ...context, spending: undefined }
    if (act !== 'preview') return { ...context, spending: createSpending(reservation, estimate) }
    reservation.settle(NOTHING)
    return { ...context, spending: undefined }
  })
}
