import { toFields, toList } from '../providers/chat/json.ts'
import type { Fields } from '../providers/chat/json.ts'

/** The documents of a stream of `chat.completions`, without its end mark. */
export function readSse(text: string): Fields[] {
  return text
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => toFields(JSON.parse(event.slice('data: '.length))))
}

/** What a client makes of a stream: the completion that its chunks are pieces of. */
export function assembleCompletion(chunks: readonly Fields[]): object {
  const said = { text: '', reasoning: '' }
  const calls: { id?: unknown; type?: unknown; function: { name?: unknown; arguments: string } }[] = []
  let finish: unknown
  let usage: unknown
  for (const chunk of chunks) {
    usage = chunk['usage'] ?? usage
    for (const choice of toList(chunk['choices'])) {
      const { delta, finish_reason: reason } = toFields(choice)
      const { content, reasoning_content: reasoning, tool_calls: pieces } = toFields(delta)
      if (typeof content === 'string') said.text += content
      if (typeof reasoning === 'string') said.reasoning += reasoning
      finish = reason ?? finish
      for (const piece of toList(pieces)) {
        const { index, id, type, function: called } = toFields(piece)
        const { name, arguments: text } = toFields(called)
        const call = (calls[Number(index)] ??= { id, type, function: { name, arguments: '' } })
        if (typeof text === 'string') call.function.arguments += text
      }
    }
  }
  const message = {
    role: 'assistant',
    content: said.text === '' && calls.length > 0 ? null : said.text,
    refusal: null,
    ...(said.reasoning !== '' && { reasoning_content: said.reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
  const { id, created, model } = chunks[0] ?? {}
  const choices = [{ index: 0, message, logprobs: null, finish_reason: finish }]
  return { id, object: 'chat.completion', created, model, choices, ...(usage !== undefined && { usage }) }
}
