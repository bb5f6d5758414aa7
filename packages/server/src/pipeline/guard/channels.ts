import type { AnswerForm, ValueForm } from '../structured/check.ts'
import { guardAddress } from './address.ts'
import type { FindRemovals } from './remover.ts'
import { createRemover } from './remover.ts'
import { createFormGate } from './form-gate.ts'
import { createJsonChannel, LABEL_END } from './json-channel.ts'
import { createRestorer } from './restorer.ts'
import type { RestoreTable, RestorerOptions } from './restorer.ts'
import { chainSteps, passWhole } from './step.ts'
import { createGate } from './gate.ts'
import type { GuardTally, TextStep } from './step.ts'

/** How a text is guarded: as prose, value by value as JSON, or not changed at all because its sender signed it. */
type ChannelKind = 'text' | 'json' | 'signed'

/** The guard of one answer: removes what the model brought, restores what this request masked, counts both. */
export interface AnswerGuard {
  readonly tally: GuardTally
  /** The guard of one text that arrives in pieces. */
  createChannel(kind: ChannelKind, options?: ChannelOptions): TextStep
  /** The same for a text that is there as a whole. */
  guardWhole(text: string): Promise<string>
  /** The same for an address, or for what went to a search engine. */
  guardAddress(text: string): Promise<string>
}

interface ChannelOptions {
  /** Arguments of a tool that sends them on: every token stays. */
  readonly isWithheld?: boolean
  /** What a text in JSON must be before its end leaves. */
  readonly form?: AnswerForm | undefined
  /** What a plain text goes on from: read before it and not put out. */
  readonly context?: string
}

/** Members whose value a program follows or sends to: no value is put back into an address. */
export const ADDRESS_LABEL =
  /(?:^|[^a-z])(?:url|uri|href|src|link|endpoint|webhook|callback|redirect)s?(?:[^a-z]|$)|(?:Url|Uri|URL|URI)\b/

export function createAnswerGuard(find: FindRemovals, table: RestoreTable, tally: GuardTally): AnswerGuard {
  const createText = (restorer: RestorerOptions, context?: string): TextStep =>
    chainSteps(createRemover(find, tally, context), createRestorer(table, tally, restorer))
  return {
    tally,
    createChannel: (kind, { isWithheld = false, form, context: before } = {}) => {
      if (kind === 'signed') return createGate(find)
      if (kind === 'text') return createText({ isProse: true, isWithheld }, before)
      const formOf = (context: string): ValueForm | undefined => form?.values.get(context.slice(0, -LABEL_END.length))
      const createValue = (context = ''): TextStep =>
        createText(
          { isProse: false, isWithheld, isAddress: ADDRESS_LABEL.test(context), form: formOf(context) },
          context,
        )
      const channel = createJsonChannel(createValue, tally, (context) => formOf(context)?.isNumber === true)
      return form ? createFormGate(channel, form, table) : channel
    },
    guardAddress: async (text) => guardAddress(text, find, table, tally),
    guardWhole: async (text) => {
      if (text === '') return ''
      const step = createText({ isProse: false, isWithheld: false })
      return passWhole(step, text)
    },
  }
}
