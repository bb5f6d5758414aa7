import type { Stage } from '../chain.ts'
import type { OutcomeRecorded, Restored } from '../context.ts'
import type { StageDeps } from '../deps.ts'
import { countForwarded, countGuarded, describeTrace, draftEntry, FALLBACK } from '../record.ts'
import { settleStream } from '../answer/settle-stream.ts'

/** A whole answer waits for its durable outcome; a stream's follows its last byte and comes before its end. */
export const recordOutcome: Stage<Restored, OutcomeRecorded> = async (context, deps) => {
  const { answer, dialect } = context
  if (answer.kind === 'stream') {
    const appending = async (): Promise<number> => appendOutcome(context, deps)
    const texts = settleStream(context, deps, { texts: answer.texts, dialect, appendOutcome: appending })
    return { ...context, settled: { kind: 'stream', texts }, outcomeIndex: undefined }
  }
  const outcomeIndex = await appendOutcome(context, deps)
  context.spending?.end()
  return { ...context, settled: answer, outcomeIndex }
}

async function appendOutcome(context: Restored, { ledger }: StageDeps): Promise<number> {
  const counts = { ...countGuarded(context.tally), ...countForwarded(context.forwarding) }
  const codes = context.isFallback === true ? [FALLBACK] : []
  const { index } = await ledger.append(
    draftEntry('crossing.outcome', context.principal.tenant, context, { decision: 'allow', counts, codes }),
  )
  context.trace.end(describeTrace(context))
  context.keeping?.settle(context.answer)
  return index
}
