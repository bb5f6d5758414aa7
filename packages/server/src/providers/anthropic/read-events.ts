import type { AnswerPart, AnswerReader, Usage } from '../chat/answer.ts'
import type { Fields } from '../chat/json.ts'
import { toFields } from '../chat/json.ts'
import { parseAnswer, requireKnown, requireText } from '../chat/parse-answer.ts'
import { invalidAnswer } from '../chat/refusals.ts'
import { requireDirect } from './read-message.ts'
import { addUsage, toFailure, toFinishReason } from './stop-reasons.ts'

/** A block that has begun: its kind, and for a tool which call it is. */
interface Open {
  readonly kind: 'text' | 'thinking' | 'redacted_thinking' | 'tool_use'
  readonly call: number
  hasArguments: boolean
}

const KINDS: readonly string[] = ['text', 'thinking', 'redacted_thinking', 'tool_use'] satisfies Open['kind'][]

/** Which delta a block may bring. A signature is the vendor's own and has no place in the chat dialect. */
const DELTAS: Readonly<
  Record<string, { readonly of: Open['kind']; readonly read: (delta: Fields, open: Open) => AnswerPart[] }>
> = {
  text_delta: { of: 'text', read: ({ text }) => [{ kind: 'text', text: requireText(text) }] },
  thinking_delta: { of: 'thinking', read: ({ thinking }) => [{ kind: 'reasoning', text: requireText(thinking) }] },
  signature_delta: { of: 'thinking', read: () => [] },
  input_json_delta: {
    of: 'tool_use',
    read: ({ partial_json }, open) => {
      const text = requireText(partial_json)
      open.hasArguments ||= text !== ''
      return [{ kind: 'arguments', index: open.call, text }]
    },
  },
}

/** The events of a streamed answer of the Messages API, in their order. An event that is not known ends the stream. */
export function createMessageReader(): AnswerReader {
  const blocks = new Map<number, Open>()
  let calls = 0
  let usage: Usage | undefined
  let state: 'before' | 'within' | 'after' = 'before'

  function begin(event: Fields): AnswerPart[] {
    const block = toFields(event['content_block'])
    const kind = block['type']
    const index = indexOf(event)
    if (!isKind(kind) || blocks.has(index)) throw invalidAnswer('a block of a kind that is not known')
    const open: Open = { kind, call: calls, hasArguments: false }
    blocks.set(index, open)
    if (kind === 'text') return [{ kind: 'text', text: requireText(block['text'] ?? '') }]
    if (kind === 'thinking') return [{ kind: 'reasoning', text: requireText(block['thinking'] ?? '') }]
    if (kind !== 'tool_use') return []
    requireDirect(block['caller'])
    calls++
    return [{ kind: 'call', index: open.call, id: requireText(block['id']), name: requireText(block['name']) }]
  }

  function openBlock(event: Fields): Open {
    const open = blocks.get(indexOf(event))
    if (!open) throw invalidAnswer('an event of no block')
    return open
  }

  const EVENTS: Readonly<Record<string, (event: Fields) => AnswerPart[]>> = {
    message_start: ({ message }) => {
      if (state !== 'before') throw invalidAnswer('a second message')
      state = 'within'
      return count(toFields(message)['usage'])
    },
    content_block_start: begin,
    content_block_delta: (event) => {
      const open = openBlock(event)
      const delta = toFields(event['delta'])
      const known = requireKnown(DELTAS, delta['type'], 'a delta')
      if (known.of !== open.kind) throw invalidAnswer('a delta of another block')
      return known.read(delta, open)
    },
    content_block_stop: (event) => {
      const open = openBlock(event)
      blocks.delete(indexOf(event))
      return open.kind === 'tool_use' && !open.hasArguments ? [{ kind: 'arguments', index: open.call, text: '{}' }] : []
    },
    message_delta: (event) => {
      const { stop_reason: reason } = toFields(event['delta'])
      const parts = count(event['usage'])
      if (typeof reason !== 'string') return parts
      if (blocks.size > 0) throw invalidAnswer('the message ended within a block')
      return [...parts, { kind: 'finish', reason: toFinishReason(reason) }]
    },
    message_stop: () => {
      state = 'after'
      return []
    },
    ping: () => [],
    error: ({ error }) => {
      throw toFailure(error, true)
    },
  }

  function count(value: unknown): AnswerPart[] {
    usage = addUsage(usage, value)
    return usage ? [{ kind: 'usage', usage }] : []
  }

  return {
    push({ data }) {
      const event = toFields(parseAnswer(data))
      const type = String(event['type'])
      const read = requireKnown(EVENTS, type, 'an event')
      const isFree = type === 'ping' || type === 'error'
      if (!isFree && (state === 'after' || (state === 'before' && type !== 'message_start'))) {
        throw invalidAnswer('an event outside the message')
      }
      return read(event)
    },
    end() {
      if (state !== 'after') throw invalidAnswer('the stream ended early')
      return []
    },
  }
}

function indexOf({ index }: Fields): number {
  if (!Number.isSafeInteger(index)) throw invalidAnswer('an event of no block')
  return Number(index)
}

function isKind(kind: unknown): kind is Open['kind'] {
  return typeof kind === 'string' && KINDS.includes(kind)
}
