import type { AnswerPart } from '../chat/answer.ts'
import { isFields, toFields, toList } from '../chat/json.ts'
import type { Fields } from '../chat/json.ts'
import { parseAnswer, requireText } from '../chat/parse-answer.ts'
import { invalidAnswer } from '../chat/refusals.ts'
import { readUsage, toFinishReason } from './converse-outcome.ts'

/** Members of the union ContentBlock that a model says. Citations, images, documents are asked for by nobody. */
const BLOCKS: Readonly<Record<string, (value: unknown, callIndex: number) => AnswerPart[]>> = {
  text: (text) => [{ kind: 'text', text: requireText(text) }],
  reasoningContent: (value) => readReasoning(toFields(value)),
  toolUse: (value, index) => {
    const { toolUseId, name, input } = toFields(value)
    if (!isFields(input)) throw invalidAnswer('the input of a tool is not an object')
    return [
      { kind: 'call', index, id: requireText(toolUseId), name: requireText(name) },
      { kind: 'arguments', index, text: JSON.stringify(input) },
    ]
  },
}

/** Its signature, and what is redacted, are for the vendor alone; the chat dialect has no place for them. */
function readReasoning({ reasoningText, redactedContent }: Fields): AnswerPart[] {
  if (redactedContent !== undefined) return []
  return [{ kind: 'reasoning', text: requireText(toFields(reasoningText)['text']) }]
}

/** A whole answer of Converse. Throws `provider.invalid-answer`. */
export function readConverse(text: string): AnswerPart[] {
  const document = toFields(parseAnswer(text))
  const { role, content } = toFields(toFields(document['output'])['message'])
  if (role !== 'assistant' || !Array.isArray(content)) throw invalidAnswer('the answer is no message')
  const parts: AnswerPart[] = []
  let calls = 0
  for (const block of toList(content)) {
    const [member, ...others] = Object.entries(toFields(block))
    const read = member && Object.hasOwn(BLOCKS, member[0]) ? BLOCKS[member[0]] : undefined
    if (!member || !read || others.length > 0) throw invalidAnswer('a block of a kind that is not known')
    parts.push(...read(member[1], calls))
    if (member[0] === 'toolUse') calls++
  }
  const usage = readUsage(document['usage'])
  if (usage) parts.push({ kind: 'usage', usage })
  return [...parts, { kind: 'finish', reason: toFinishReason(document['stopReason']) }]
}
