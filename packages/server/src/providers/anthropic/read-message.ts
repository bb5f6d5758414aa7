import type { AnswerPart } from '../chat/answer.ts'
import { isAbsent, isFields, toFields, toList } from '../chat/json.ts'
import { parseAnswer, requireKnown, requireText } from '../chat/parse-answer.ts'
import { invalidAnswer } from '../chat/refusals.ts'
import { addUsage, toFailure, toFinishReason } from './stop-reasons.ts'

/**
 * Blocks of an answer. `redacted_thinking` is sealed for the vendor alone and has no place in the chat dialect, so it is
 * left out; blocks of the vendor's own tools are not here, because none is ever asked for.
 */
type ReadBlock = (block: Readonly<Record<string, unknown>>, callIndex: number) => AnswerPart[]

const BLOCKS: Readonly<Record<string, ReadBlock>> = {
  text: ({ text, citations }) => {
    if (toList(citations).length > 0) throw invalidAnswer('citations of documents that nobody sent')
    return [{ kind: 'text', text: requireText(text) }]
  },
  thinking: ({ thinking }) => [{ kind: 'reasoning', text: requireText(thinking) }],
  redacted_thinking: () => [],
  tool_use: ({ id, name, input, caller }, index) => {
    requireDirect(caller)
    if (!isFields(input)) throw invalidAnswer('the input of a tool is not an object')
    return [
      { kind: 'call', index, id: requireText(id), name: requireText(name) },
      { kind: 'arguments', index, text: JSON.stringify(input) },
    ]
  },
}

/** A whole answer of the Messages API. Throws `provider.*`. */
export function readMessage(text: string): AnswerPart[] {
  const document = toFields(parseAnswer(text))
  if (document['type'] === 'error') throw toFailure(document['error'], true)
  if (document['type'] !== 'message' || !Array.isArray(document['content']))
    throw invalidAnswer('the answer is no message')
  const parts: AnswerPart[] = []
  let calls = 0
  for (const value of toList(document['content'])) {
    const block = toFields(value)
    parts.push(...requireKnown(BLOCKS, block['type'], 'a block')(block, calls))
    if (block['type'] === 'tool_use') calls++
  }
  const usage = addUsage(undefined, document['usage'])
  if (usage) parts.push({ kind: 'usage', usage })
  parts.push({ kind: 'finish', reason: toFinishReason(document['stop_reason']) })
  return parts
}

/** Only programs that the vendor runs call tools otherwise, and none is ever asked for. Throws `provider.invalid-answer`. */
export function requireDirect(caller: unknown): void {
  if (!isAbsent(caller) && toFields(caller)['type'] !== 'direct') throw invalidAnswer('a call that no model made')
}
