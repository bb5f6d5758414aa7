import { toOpenAiError } from '../../../platform/http/problem.ts'
import type { AnswerDialect, AnswerHead, StreamEvent } from '../../answer/dialect.ts'
import { indexOf, invalidAnswer, isRecord, placeOf, providerFailed, readObject } from '../../answer/root.ts'
import type { JsonObject } from '../../answer/root.ts'
import type { SseEvent } from '../../../platform/http/sse.ts'
import { CHAT_ANSWER } from './answer-shape.ts'

const DONE = '[DONE]'

/**
 * `chat.completion` and streams of `chat.completion.chunk`: a text belongs to a choice and ends with its
 * `finish_reason`; the stream ends with `[DONE]`.
 */
export function createChatDialect({ answerId, model, isJsonContent }: AnswerHead): AnswerDialect {
  let created = 0

  function readEvent({ name, data }: SseEvent): StreamEvent {
    if (name !== 'message') throw invalidAnswer('an event of an unknown kind')
    if (data === DONE) return { kind: 'end', closing: toSse(DONE) }
    const root = readRoot(data)
    if (typeof root['created'] === 'number') created = root['created']
    const choices = root['choices'] as readonly unknown[]
    const ending = new Set(choices.flatMap((choice, at) => (isFinished(choice) ? [indexOf(choice) ?? at] : [])))
    return {
      kind: 'document',
      name: '',
      text: data,
      root,
      ends: (owner) => ending.has(Number(owner)),
      isNews: ending.size > 0 || isPresent(root['usage']),
      isLast: false,
    }
  }

  return {
    shapes: { whole: CHAT_ANSWER, event: CHAT_ANSWER },
    readWhole(text) {
      const root = readRoot(text)
      if ((root['choices'] as readonly unknown[]).length === 0) throw invalidAnswer('an answer without choices')
      return root
    },
    readEvent,
    channelOf(path, root) {
      const [, choice = 0, , ...place] = placeOf(path, root)
      const isContent = place.length === 1 && place[0] === 'content'
      return { owner: String(choice), place, isJson: path.shape?.isJson === true || (isJsonContent && isContent) }
    },
    isHead: (path) => path.parent?.parent === undefined,
    toEvent: (_, document) => toSse(document),
    toRest({ owner, place }, rest) {
      const delta = place.reduceRight<unknown>(
        (inner, key) => (typeof key === 'number' ? [{ index: key, ...Object(inner) }] : { [key]: inner }),
        rest,
      )
      const choices = [{ index: Number(owner), delta, finish_reason: null }]
      return toSse(JSON.stringify({ id: answerId, object: 'chat.completion.chunk', created, model, choices }))
    },
    toError: (error) => toSse(JSON.stringify(toOpenAiError(error))),
  }
}

function toSse(document: string): string {
  return `data: ${document}\n\n`
}

function readRoot(text: string): JsonObject {
  const root = readObject(text)
  if (Array.isArray(root['choices'])) return root
  if (root['error'] !== undefined) throw providerFailed()
  throw invalidAnswer('the answer is not a chat completion')
}

function isFinished(choice: unknown): boolean {
  return isRecord(choice) && typeof choice['finish_reason'] === 'string'
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null
}
