import { toFields } from '../chat/json.ts'
import { parseAnswer, requireText } from '../chat/parse-answer.ts'
import { invalidAnswer } from '../chat/refusals.ts'
import type { EventDecoder } from '../chat/translate-stream.ts'
import { toFailure } from './stop-reasons.ts'

const encoder = new TextEncoder()

/**
 * The events of a Messages stream for a caller who speaks that dialect: each document byte for byte, since signed blocks
 * are, in frames of our own. An `error` becomes a code, for its text is the vendor's. Throws `provider.*`.
 */
export async function* passMessageEvents(
  chunks: AsyncIterable<Uint8Array>,
  decoder: EventDecoder,
): AsyncGenerator<Uint8Array, void, undefined> {
  let isEnded = false
  for await (const chunk of chunks) {
    let text = ''
    for (const { data } of decoder.push(chunk)) {
      const event = toFields(parseAnswer(data))
      const type = requireText(event['type'])
      if (type === 'error') throw toFailure(event['error'], true)
      if (isEnded || !/^[a-z_]+$/.test(type)) throw invalidAnswer('an event outside the message')
      isEnded = type === 'message_stop'
      text += `event: ${type}\ndata: ${data.replaceAll('\n', '\ndata: ')}\n\n`
    }
    if (text !== '') yield encoder.encode(text)
  }
  decoder.end?.()
  if (!isEnded) throw invalidAnswer('the stream ended early')
}
