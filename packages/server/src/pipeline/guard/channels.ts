import type { FindRemovals } from './remover.ts'
import { createRemover } from './remover.ts'
import { createJsonChannel } from './json-channel.ts'
import { createRestorer } from './restorer.ts'
import type { RestoreTable } from './restorer.ts'
import { chainSteps } from './step.ts'
import type { GuardTally, TextStep } from './step.ts'

/** The guard of one answer: removes what the model brought, restores what this request masked, counts both. */
export interface AnswerGuard {
  readonly tally: GuardTally
  /** The guard of one text that arrives in pieces. */
  createChannel(isJson: boolean): TextStep
  /** The same for a text that is there as a whole. */
  guardWhole(text: string): string
}

export function createAnswerGuard(find: FindRemovals, table: RestoreTable, tally: GuardTally): AnswerGuard {
  const createText = (context?: string): TextStep =>
    chainSteps(createRemover(find, tally, context), createRestorer(table, tally))
  return {
    tally,
    createChannel: (isJson) => (isJson ? createJsonChannel(createText, tally) : createText()),
    guardWhole: (text) => {
      if (text === '') return ''
      const step = createText()
      return step.push(text) + step.end()
    },
  }
}
