import { residenciesIn } from '@breakwater/contract'
import { whenThere } from '../../platform/async/soon.ts'
import type { Stage } from '../chain.ts'
import type { Agreed, Authorised } from '../context.ts'
import { readIsTraining } from '../declared.ts'

/** An agreement in force at this second that covers all of the request, each feature by itself: 45 CFR 164.502(e). */
export const agreements: Stage<Authorised, Agreed> = (context, deps) => {
  const { principal, provider, endpoint, body, purpose } = context
  const isTraining = readIsTraining(context.exchange.credentials.headers)
  const covering = deps.agreements.requireInForce({
    tenant: principal.tenant,
    provider,
    endpoint: endpoint.id,
    model: body.model,
    purpose,
    features: isTraining ? [...body.features, 'training'] : body.features,
    isTraining,
    // Asked here as well: an active policy set may be older than the rule.
    residencies: residenciesIn(context.labels),
  })
  return whenThere(covering, (agreement) => ({ ...context, agreement }))
}
