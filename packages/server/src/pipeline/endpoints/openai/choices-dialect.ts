import { toOpenAiError } from '../../../platform/http/problem.ts'
import { toOneLine } from '../../../platform/http/sse.ts'
import type { SseEvent } from '../../../platform/http/sse.ts'
import type { AnswerDialect, AnswerHead, ChannelPlace, StreamEvent, TextPlace } from '../../answer/dialect.ts'
import { indexOf, invalidAnswer, keysOf, isRecord, placeOf, providerFailed, readObject } from '../../answer/root.ts'
import type { JsonObject } from '../../answer/root.ts'
import type { JsonPath } from '../../walk/path.ts'
import type { Shape } from '../../walk/shape.ts'

const DONE = '[DONE]'

export interface ChoicesOptions {
  /** Of a whole answer and of an event. */
  readonly shape: Shape
  /** How many names and indices lead from the root to where the texts of a choice begin. */
  readonly levels: 2 | 3
  /** The text that citations of the same message point into, and that is JSON where JSON was asked for. */
  readonly content?: string
  /** What a document of a stream calls itself. */
  readonly object: string
  /** The members of a choice that bring the rest of a text. */
  readonly writeRest: (place: ChannelPlace['place'], rest: string) => JsonObject
}

/**
 * Answers in `choices`, whole or as events without a name: a text belongs to a choice and ends with its `finish_reason`;
 * the stream ends with `[DONE]`.
 */
export function createChoicesDialect(head: AnswerHead, options: ChoicesOptions): AnswerDialect {
  const { answerId, model, isJsonContent } = head
  const { shape, levels, object, content, writeRest } = options
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

  /** Of a whole answer, the text is beside the citation; of a stream, it is what has come of it. */
  function textOf(path: JsonPath, root: unknown, member: string): TextPlace {
    const [, owner = 0] = placeOf(path, root)
    const message = keysOf(path)
      .slice(0, levels)
      .reduce<unknown>((node, key) => Reflect.get(Object(node), key), root)
    const text = isRecord(message) && keysOf(path)[levels - 1] === 'message' ? message[member] : undefined
    return {
      owner: String(owner),
      place: [member],
      isJson: isJsonContent,
      ...(typeof text === 'string' && { text }),
    }
  }

  return {
    shapes: { whole: shape, event: shape },
    readWhole(text) {
      const root = readRoot(text)
      if ((root['choices'] as readonly unknown[]).length === 0) throw invalidAnswer('an answer without choices')
      return root
    },
    readEvent,
    channelOf(path, root) {
      const keys = placeOf(path, root)
      const place = keys.slice(levels)
      const isContent = place.length === 1 && place[0] === content
      return {
        owner: String(keys[1] ?? 0),
        place,
        isJson: path.shape?.isJson === true || (isJsonContent && isContent),
      }
    },
    ...(content !== undefined && { textOf: (path: JsonPath, root: unknown) => textOf(path, root, content) }),
    isHead: (path) => path.parent?.parent === undefined,
    toEvent: (_, document) => toSse(document),
    toRest({ owner, place }, rest) {
      const choices = [{ index: Number(owner), ...writeRest(place, rest), finish_reason: null }]
      return toSse(JSON.stringify({ id: answerId, object, created, model, choices }))
    },
    toError: (error) => toSse(JSON.stringify(toOpenAiError(error))),
  }
}

function toSse(document: string): string {
  return `data: ${toOneLine(document)}\n\n`
}

function readRoot(text: string): JsonObject {
  const root = readObject(text)
  // Routers say it beside what they had of the answer.
  if (isPresent(root['error'])) throw providerFailed()
  if (Array.isArray(root['choices'])) return root
  throw invalidAnswer('the answer is not a completion')
}

/** Some servers say an empty reason until there is one. */
function isFinished(choice: unknown): boolean {
  return isRecord(choice) && typeof choice['finish_reason'] === 'string' && choice['finish_reason'] !== ''
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null
}
