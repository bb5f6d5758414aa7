import type { Stage } from '../chain.ts'
import type { Forwarded, OutputGuarded } from '../context.ts'
import { planFor } from '../detection/planner.ts'
import { createRemovalFinder } from '../guard/remover.ts'
import { createTally } from '../guard/step.ts'

/** What finds, in the masked answer, the identifiers that the model brought. */
export const guardOutput: Stage<Forwarded, OutputGuarded> = (context, { engine }) => {
  const find = createRemovalFinder(planFor(engine, context), (token) => context.map.isOwn(token))
  return { ...context, find, tally: createTally() }
}
