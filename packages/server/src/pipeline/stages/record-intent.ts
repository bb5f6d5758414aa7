import type { Stage } from '../chain.ts'
import type { Masked, Recorded } from '../context.ts'
import { countTrimmed } from '../minimise/tally.ts'
import { countMasked, draftEntry } from '../record.ts'
import { agreements } from './agreements.ts'

/**
 * Durable before the first byte towards the provider. What was read and masked meanwhile took its time: the agreement is asked
 * for once more, at the second that counts.
 */
export const recordIntent: Stage<Masked, Recorded> = async (context, deps) => {
  const covering = agreements(context, deps)
  const { agreement } = covering instanceof Promise ? await covering : covering
  const covered = { ...context, agreement }
  const counts = { ...countTrimmed(context.minimum?.trimmed), ...countMasked(context.maskCounts) }
  const entry = draftEntry('crossing.intent', context.principal.tenant, covered, { decision: 'allow', counts })
  const { index } = await deps.ledger.append(entry)
  return { ...covered, intentIndex: index, forwarding: { attempts: 0, keptBack: 0, fallbacks: 0 } }
}
