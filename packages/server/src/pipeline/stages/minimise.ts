import type { MinimumPolicy } from '../../features/minimum-necessary/index.ts'
import { whenThere } from '../../platform/async/soon.ts'
import type { Stage } from '../chain.ts'
import type { Budgeted, Minimised } from '../context.ts'
import type { StageDeps } from '../deps.ts'
import { createTrimTally } from '../minimise/tally.ts'
import { trimBody } from '../minimise/trim-body.ts'

/**
 * Records in the request, down to what the role needs for the purpose: fields, time, count (45 CFR 164.502(b), 164.514(d)).
 * Before anything else reads the request, so that what is left out is nowhere. Where several policies apply, what each leaves.
 */
export const minimise: Stage<Budgeted, Minimised> = (context, deps) => {
  const { principal, purpose, endpoint, body } = context
  const finding = deps.minimum.findInForce({
    tenant: principal.tenant,
    roles: principal.roles,
    purpose,
    endpoint: endpoint.id,
    model: body.model,
  })
  return whenThere(finding, (policies) =>
    policies.length === 0 ? { ...context, minimum: undefined } : trim(context, policies, deps),
  )
}

function trim(
  context: Budgeted,
  policies: readonly MinimumPolicy[],
  { clock, limits }: Pick<StageDeps, 'clock' | 'limits'>,
): Minimised {
  const { endpoint, body } = context
  const trimmed = createTrimTally()
  const now = clock.now()
  let left = body
  for (const { rules } of policies) {
    const text = trimBody(left, rules, now, trimmed)
    // Whose conversation it is, is told by what came: tokens stay the same however much of it may leave today.
    if (text !== left.text) left = { ...endpoint.readBody(text, limits.maxDepth), opening: body.opening }
  }
  return {
    ...context,
    body: left,
    minimum: { policies: policies.map(({ id, version }) => ({ id, version })), trimmed },
  }
}
