import type { Stage } from '../chain.ts'
import type { Masked, PreviewRecorded } from '../context.ts'
import { countTrimmed } from '../minimise/tally.ts'
import { countMasked, describeTrace, draftEntry } from '../record.ts'

/** A look at what would leave is recorded too. */
export const recordPreview: Stage<Masked, PreviewRecorded> = async (context, { ledger }) => {
  const counts = { ...countTrimmed(context.minimum?.trimmed), ...countMasked(context.maskCounts) }
  const { index } = await ledger.append(
    draftEntry('preview.made', context.principal.tenant, context, { decision: 'allow', counts }),
  )
  context.trace.end(describeTrace(context))
  return { ...context, previewIndex: index }
}
