import type { AnswerDialect, AnswerHead, ChannelPlace } from '../../answer/dialect.ts'
import type { JsonObject } from '../../answer/root.ts'
import { createChoicesDialect } from '../openai/choices-dialect.ts'
import { CHAT_ANSWER } from './answer-shape.ts'

/** `chat.completion` and streams of `chat.completion.chunk`. */
export function createChatDialect(head: AnswerHead): AnswerDialect {
  return createChoicesDialect(head, {
    shape: CHAT_ANSWER,
    levels: 3,
    object: 'chat.completion.chunk',
    content: 'content',
    writeRest,
  })
}

function writeRest(place: ChannelPlace['place'], rest: string): JsonObject {
  const delta = place.reduceRight<unknown>(
    (inner, key) => (typeof key === 'number' ? [{ index: key, ...Object(inner) }] : { [key]: inner }),
    rest,
  )
  return { delta }
}
