import type { FindRemovals } from './remover.ts'
import { createRemover } from './remover.ts'
import { createJsonChannel } from './json-channel.ts'
import { createRestorer } from './restorer.ts'
import type { RestoreTable } from './restorer.ts'
import { chainSteps } from './step.ts'
import { createGate } from './gate.ts'
import type { GuardTally, TextStep } from './step.ts'

/** How a text is guarded: as prose, value by value as JSON, or not changed at all because its sender signed it. */
export type ChannelKind = 'text' | 'json' | 'signed'

/** The guard of one answer: removes what the model brought, restores what this request masked, counts both. */
export interface AnswerGuard {
  readonly tally: GuardTally
  /** The guard of one text that arrives in pieces. */
  createChannel(kind: ChannelKind): TextStep
  /** The same for a text that is there as a whole. */
  guardWhole(text: string): Promise<string>
}

export function createAnswerGuard(find: FindRemovals, table: RestoreTable, tally: GuardTally): AnswerGuard {
  const createText = (context?: string): TextStep =>
    chainSteps(createRemover(find, tally, context), createRestorer(table, tally))
  return {
    tally,
    createChannel: (kind) => {
      if (kind === 'signed') return createGate(find)
      return kind === 'json' ? createJsonChannel(createText, tally) : createText()
    },
    guardWhole: async (text) => {
      if (text === '') return ''
      const step = createText()
      return (await step.push(text)) + (await step.end())
    },
  }
}
