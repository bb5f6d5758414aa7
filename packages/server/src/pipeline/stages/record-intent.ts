import type { Stage } from '../chain.ts'
import type { Masked, Recorded } from '../context.ts'
import { countTrimmed } from '../minimise/tally.ts'
import { countMasked, draftEntry } from '../record.ts'

/** Durable before the first byte towards the provider. */
export const recordIntent: Stage<Masked, Recorded> = (context, { ledger }) => {
  const counts = { ...countTrimmed(context.minimum?.trimmed), ...countMasked(context.maskCounts) }
  const entry = draftEntry('crossing.intent', context.principal.tenant, context, { decision: 'allow', counts })
  return ledger.append(entry).then(({ index }) => ({
    ...context,
    intentIndex: index,
    forwarding: { attempts: 0, keptBack: 0, fallbacks: 0 },
  }))
}
