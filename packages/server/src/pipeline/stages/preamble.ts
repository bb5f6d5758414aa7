import type { Stage } from '../chain.ts'
import type { Masked } from '../context.ts'
import { addPreamble } from '../preamble/add-preamble.ts'

/** The house's rules before everything else, where the policies demand them: behind every look at what the caller sent. */
export const preamble: Stage<Masked, Masked> = (context) => {
  if (!context.decision.obligations.hasPreamble) return context
  return { ...context, maskedBody: addPreamble(context.endpoint.id, context.maskedBody) }
}
