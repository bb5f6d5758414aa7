import type { AnswerPart, FinishReason, Usage } from './answer.ts'
import { invalidAnswer } from './refusals.ts'

/** What an answer says of itself; its id is given by the guard behind this. */
export interface CompletionHead {
  readonly model: string
  /** Seconds since 1970. */
  readonly created: number
}

interface ToolCall {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; arguments: string }
}

/** `chat.completion` of what a model said. Throws `provider.invalid-answer` when it did not finish. */
export function writeCompletion(parts: readonly AnswerPart[], head: CompletionHead): string {
  const calls: ToolCall[] = []
  const said = { text: '', reasoning: '' }
  let reason: FinishReason | undefined
  let usage: Usage | undefined
  for (const part of parts) {
    switch (part.kind) {
      case 'text':
      case 'reasoning':
        said[part.kind] += part.text
        break
      case 'call':
        calls[part.index] = { id: part.id, type: 'function', function: { name: part.name, arguments: '' } }
        break
      case 'arguments': {
        const call = calls[part.index]
        if (!call) throw invalidAnswer('arguments of no call')
        call.function.arguments += part.text
        break
      }
      case 'finish':
        reason = part.reason
        break
      case 'usage':
        usage = part.usage
    }
  }
  if (!reason) throw invalidAnswer('the answer does not say why it ended')
  const message = {
    role: 'assistant',
    content: said.text === '' && calls.length > 0 ? null : said.text,
    refusal: null,
    ...(said.reasoning !== '' && { reasoning_content: said.reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
  return JSON.stringify({
    id: 'chatcmpl-0',
    object: 'chat.completion',
    ...head,
    choices: [{ index: 0, message, logprobs: null, finish_reason: reason }],
    ...(usage && { usage: toUsage(usage) }),
  })
}

export function toUsage({ prompt, completion, cached, reasoning }: Usage): object {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(cached !== undefined && { prompt_tokens_details: { cached_tokens: cached } }),
    ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  }
}
