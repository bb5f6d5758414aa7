import type { Stage } from '../chain.ts'
import type { Agreed, Authorised } from '../context.ts'

/** An agreement in force at this second that covers provider, endpoint, model and purpose: 45 CFR 164.502(e). */
export const agreements: Stage<Authorised, Agreed> = async (context, deps) => {
  const { principal, provider, endpoint, body, purpose } = context
  const agreement = await deps.agreements.requireInForce({
    tenant: principal.tenant,
    provider: provider.id,
    endpoint: endpoint.id,
    model: body.model,
    purpose,
  })
  return { ...context, agreement }
}
