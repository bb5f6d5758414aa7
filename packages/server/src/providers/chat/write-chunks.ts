import type { AnswerPart, Usage } from './answer.ts'
import { invalidAnswer } from './refusals.ts'
import { toUsage } from './write-completion.ts'
import type { CompletionHead } from './write-completion.ts'

/** Writes `chat.completion.chunk` events. */
export interface ChunkWriter {
  /** The events for these parts, in the form of server-sent events. Throws `provider.invalid-answer`. */
  push(parts: readonly AnswerPart[]): string
  /** Usage, when it was asked for, and `[DONE]`. Throws `provider.invalid-answer` when the model did not finish. */
  end(): string
}

export function createChunkWriter(from: CompletionHead, includesUsage: boolean): ChunkWriter {
  const head = { id: 'chatcmpl-0', object: 'chat.completion.chunk', ...from }
  const calls = new Set<number>()
  let usage: Usage | undefined
  let hasBegun = false
  let isFinished = false

  const event = (rest: object): string => `data: ${JSON.stringify({ ...head, ...rest })}\n\n`
  function choice(delta: object, finish_reason: string | null = null): string {
    const opening = hasBegun ? {} : { role: 'assistant', content: '' }
    hasBegun = true
    return event({ choices: [{ index: 0, delta: { ...opening, ...delta }, finish_reason }] })
  }
  function call(index: number, rest: object): string {
    return choice({ tool_calls: [{ index, ...rest }] })
  }

  function write(part: AnswerPart): string {
    if (part.kind === 'usage') {
      usage = part.usage
      return ''
    }
    if (isFinished) throw invalidAnswer('the model went on behind its end')
    switch (part.kind) {
      case 'text':
        return part.text === '' ? '' : choice({ content: part.text })
      case 'reasoning':
        return part.text === '' ? '' : choice({ reasoning_content: part.text })
      case 'call':
        calls.add(part.index)
        return call(part.index, { id: part.id, type: 'function', function: { name: part.name, arguments: '' } })
      case 'arguments':
        if (!calls.has(part.index)) throw invalidAnswer('arguments of no call')
        return part.text === '' ? '' : call(part.index, { function: { arguments: part.text } })
      case 'finish':
        isFinished = true
        return choice({}, part.reason)
    }
  }

  return {
    push: (parts) => parts.map(write).join(''),
    end() {
      if (!isFinished) throw invalidAnswer('the stream ended early')
      return `${includesUsage && usage ? event({ choices: [], usage: toUsage(usage) }) : ''}data: [DONE]\n\n`
    },
  }
}
