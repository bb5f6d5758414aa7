import { toFields } from '../chat/json.ts'
import { parseAnswer } from '../chat/parse-answer.ts'
import { invalidAnswer } from '../chat/refusals.ts'
import type { EventDecoder } from '../chat/translate-stream.ts'
import { decodeText } from '../chat/wire.ts'
import { createFrameDecoder } from './event-stream.ts'

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The events of the model's own dialect, that InvokeModelWithResponseStream wraps into frames. Throws `provider.*`. */
export function createChunkDecoder(): EventDecoder {
  const frames = createFrameDecoder()
  return {
    push: (bytes) => frames.push(bytes).map(({ name, data }) => ({ name: 'message', data: unwrap(name, data) })),
    end: () => frames.end?.(),
  }
}

function unwrap(name: string, data: string): string {
  const { bytes } = toFields(parseAnswer(data))
  if (name !== 'chunk' || typeof bytes !== 'string' || !BASE64.test(bytes))
    throw invalidAnswer('a frame that is no chunk')
  return decodeText(Buffer.from(bytes, 'base64'))
}
