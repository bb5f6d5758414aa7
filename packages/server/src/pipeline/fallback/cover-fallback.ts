import type { ProviderFallback } from '@breakwater/contract'
import { renameModel } from '../../providers/index.ts'
import type { Obligations } from '../../features/policy/index.ts'
import type { Spending } from '../answer/spending.ts'
import type { Recorded } from '../context.ts'
import type { StageDeps } from '../deps.ts'
import { countMasked, draftEntry, FALLBACK } from '../record.ts'
import { agreements } from '../stages/agreements.ts'
import { decide } from '../stages/authorise.ts'
import { budget } from '../stages/budget.ts'

/**
 * The crossing towards another provider: it serves the model and the endpoint, and policy and agreements permit it by
 * itself at this second, as if it had been asked first (45 CFR 164.502(e)), and its limits have room. Its intent is durable
 * before its first byte.
 * Undefined, and nothing recorded, where any of that does not hold.
 */
export async function coverFallback(
  context: Recorded,
  { provider: id, models }: ProviderFallback,
  deps: StageDeps,
): Promise<Recorded | undefined> {
  let spending: Spending | undefined
  try {
    const { principal, endpoint } = context
    const model = models[context.body.model] ?? context.body.model
    const provider = await deps.providers.findFallback(principal.tenant, id, model)
    if (!provider || !deps.adapters.adapterFor(provider).serves(endpoint.id)) return undefined
    if (!(await isTrimmedFor(context, model, deps))) return undefined
    const asked = { ...context, provider, body: { ...context.body, model } }
    const { decision, restorable, egressTools } = await decide(asked, deps)
    if (!isWithin(decision.obligations, context.decision.obligations)) return undefined
    const { agreement } = await agreements({ ...asked, decision, restorable }, deps)
    // What the first one may have used is known; the other has limits of its own.
    context.spending?.end()
    ;({ spending } = await budget({ ...asked, decision, restorable, agreement }, deps))
    const covered: Recorded = {
      ...asked,
      decision,
      agreement,
      spending,
      // The map of tokens was made under the first decision, so no class comes back that it did not permit too.
      restorable: new Set([...restorable].filter((name) => context.restorable.has(name))),
      egressTools: [...context.egressTools, ...egressTools],
      maskedBody: renameModel(context.maskedBody, model),
      isFallback: true,
    }
    const counts = countMasked(context.maskCounts)
    const part = { decision: 'allow', counts, codes: [FALLBACK] } as const
    const { index } = await deps.ledger.append(draftEntry('crossing.intent', principal.tenant, covered, part))
    return { ...covered, intentIndex: index }
  } catch {
    spending?.end()
    // Whatever stands in its way, the caller hears why the first one did not answer.
    return undefined
  }
}

/** Whether each policy of minimum necessary that applies to the other model was applied: the body is what they left of it. */
async function isTrimmedFor(
  { principal, purpose, endpoint, minimum }: Recorded,
  model: string,
  deps: StageDeps,
): Promise<boolean> {
  const scope = { tenant: principal.tenant, roles: principal.roles, purpose, endpoint: endpoint.id, model }
  const policies = await deps.minimum.findInForce(scope)
  return policies.every(({ id, version }) =>
    minimum?.policies.some((applied) => applied.id === id && applied.version === version),
  )
}

/** What the body was made ready for under the first decision must be enough for the second. */
function isWithin(second: Obligations, first: Obligations): boolean {
  return (
    (!second.isReadOnly || first.isReadOnly) &&
    (!second.hasPreamble || first.hasPreamble) &&
    isAtMost(first.maxRecords, second.maxRecords) &&
    isAtMost(first.lookBackDays, second.lookBackDays)
  )
}

function isAtMost(first: number | undefined, second: number | undefined): boolean {
  return second === undefined || (first !== undefined && first <= second)
}
