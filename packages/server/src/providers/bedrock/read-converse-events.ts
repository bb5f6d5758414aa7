import type { AnswerPart, AnswerReader } from '../chat/answer.ts'
import type { Fields } from '../chat/json.ts'
import { toFields } from '../chat/json.ts'
import { parseAnswer, requireKnown, requireText } from '../chat/parse-answer.ts'
import { invalidAnswer } from '../chat/refusals.ts'
import { readUsage, toFinishReason } from './converse-outcome.ts'

interface Block {
  kind: 'text' | 'reasoningContent' | 'toolUse' | undefined
  readonly call: number
  hasArguments: boolean
}

/** Members of the union ContentBlockDelta, and what they bring. */
const DELTAS: Readonly<Record<string, (value: unknown, block: Block) => AnswerPart[]>> = {
  text: (text) => [{ kind: 'text', text: requireText(text) }],
  reasoningContent: (value) => {
    const { text, signature, redactedContent } = toFields(value)
    // Those two are for the vendor alone; the chat dialect has no place for them.
    if (signature !== undefined || redactedContent !== undefined) return []
    return [{ kind: 'reasoning', text: requireText(text) }]
  },
  toolUse: (value, block) => {
    const text = requireText(toFields(value)['input'])
    block.hasArguments ||= text !== ''
    return [{ kind: 'arguments', index: block.call, text }]
  },
}

/** The events of a ConverseStream, in their order: no event of another kind passes. */
export function createConverseReader(): AnswerReader {
  const blocks = new Map<number, Block>()
  let calls = 0
  let state: 'before' | 'within' | 'after' = 'before'

  /** A text needs no start of its own. */
  function blockOf({ contentBlockIndex: index }: Fields): Block {
    if (typeof index !== 'number' || !Number.isSafeInteger(index)) throw invalidAnswer('an event of no block')
    const block = blocks.get(index) ?? { kind: undefined, call: calls, hasArguments: false }
    blocks.set(index, block)
    return block
  }

  const EVENTS: Readonly<Record<string, (event: Fields) => AnswerPart[]>> = {
    messageStart: ({ role }) => {
      if (state !== 'before' || role !== 'assistant') throw invalidAnswer('a second message, or another role')
      state = 'within'
      return []
    },
    contentBlockStart: (event) => {
      const { start } = event
      const { toolUse, ...others } = toFields(start)
      if (Object.keys(others).length > 0) throw invalidAnswer('a block of a kind that is not known')
      const block = blockOf(event)
      if (block.kind !== undefined) throw invalidAnswer('a block begins twice')
      if (toolUse === undefined) return []
      block.kind = 'toolUse'
      const { toolUseId, name } = toFields(toolUse)
      calls++
      return [{ kind: 'call', index: block.call, id: requireText(toolUseId), name: requireText(name) }]
    },
    contentBlockDelta: (event) => {
      const [member, ...others] = Object.entries(toFields(event['delta']))
      if (!member || others.length > 0) throw invalidAnswer('a delta that is no single piece')
      const read = requireKnown(DELTAS, member[0], 'a delta')
      const block = blockOf(event)
      block.kind ??= member[0] === 'toolUse' ? undefined : (member[0] as Block['kind'])
      if (block.kind !== member[0]) throw invalidAnswer('a delta of another block')
      return read(member[1], block)
    },
    contentBlockStop: (event) => {
      const block = blockOf(event)
      blocks.delete(Number(event['contentBlockIndex']))
      return block.kind === 'toolUse' && !block.hasArguments
        ? [{ kind: 'arguments', index: block.call, text: '{}' }]
        : []
    },
    messageStop: ({ stopReason }) => {
      if (blocks.size > 0) throw invalidAnswer('the message ended within a block')
      state = 'after'
      return [{ kind: 'finish', reason: toFinishReason(stopReason) }]
    },
    // Its trace may quote what a guardrail found, and goes no further.
    metadata: ({ usage: value }) => {
      const usage = readUsage(value)
      return usage ? [{ kind: 'usage', usage }] : []
    },
  }
  /** When an event may come. */
  const STATES: Readonly<Record<string, 'before' | 'after'>> = { messageStart: 'before', metadata: 'after' }

  return {
    push({ name, data }) {
      const read = requireKnown(EVENTS, name, 'an event')
      if (state !== (STATES[name] ?? 'within')) throw invalidAnswer('an event outside the message')
      return read(toFields(parseAnswer(data)))
    },
    end() {
      if (state !== 'after') throw invalidAnswer('the stream ended early')
      return []
    },
  }
}
