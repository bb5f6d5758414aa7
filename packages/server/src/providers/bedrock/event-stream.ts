import { crc32 } from 'node:zlib'
import { EventStreamCodec } from '@smithy/eventstream-codec'
import { invalidAnswer } from '../chat/refusals.ts'
import type { EventDecoder } from '../chat/translate-stream.ts'
import { decodeText } from '../chat/wire.ts'
import { toExceptionFailure } from './exceptions.ts'

const PRELUDE_BYTES = 12
/** Prelude and the checksum at the end. */
const MIN_FRAME_BYTES = 16
/** A model's piece of text is small; what says it is larger would have us gather bytes. */
const MAX_FRAME_BYTES = 1_048_576

/**
 * Cuts `application/vnd.amazon.eventstream` into events, from bytes cut anywhere. Length and checksum of a frame's first
 * twelve bytes are looked at before its rest is waited for, so that a damaged length gathers nothing. Throws
 * `provider.invalid-answer` for whatever a flipped bit makes of a frame, and an exception's own code.
 */
export function createFrameDecoder(maxFrameBytes = MAX_FRAME_BYTES): EventDecoder {
  const codec = new EventStreamCodec(
    (bytes) => (typeof bytes === 'string' ? bytes : decodeText(bytes)),
    (text) => Buffer.from(text, 'utf8'),
  )
  let parts: Uint8Array[] = []
  let sizeBytes = 0
  let neededBytes = PRELUDE_BYTES

  function readFrame(frame: Uint8Array): { name: string; data: string } {
    const { headers, body } = decode(codec, frame)
    const text = (name: string): string | undefined => {
      const header = headers[name]
      return header?.type === 'string' ? header.value : undefined
    }
    const kind = text(':message-type')
    if (kind === 'exception' || kind === 'error') throw toExceptionFailure(text(':exception-type'))
    const name = text(':event-type')
    if (kind !== 'event' || name === undefined || text(':content-type') !== 'application/json') {
      throw invalidAnswer('a frame that is no event')
    }
    return { name, data: decodeText(body) }
  }

  return {
    push(bytes) {
      parts.push(bytes)
      sizeBytes += bytes.byteLength
      if (sizeBytes < neededBytes) return []
      let rest = Buffer.concat(parts)
      const events: { name: string; data: string }[] = []
      for (;;) {
        neededBytes = rest.length < PRELUDE_BYTES ? PRELUDE_BYTES : readLength(rest, maxFrameBytes)
        if (rest.length < neededBytes) break
        events.push(readFrame(rest.subarray(0, neededBytes)))
        rest = rest.subarray(neededBytes)
      }
      parts = [rest]
      sizeBytes = rest.length
      return events
    },
    end() {
      if (sizeBytes > 0) throw invalidAnswer('the stream ended within a frame')
    },
  }
}

function readLength(bytes: Buffer, maxFrameBytes: number): number {
  const total = bytes.readUInt32BE(0)
  if (total < MIN_FRAME_BYTES || total > maxFrameBytes) throw invalidAnswer('a frame is too long or too short')
  const headers = bytes.readUInt32BE(4)
  if (headers > total - MIN_FRAME_BYTES || crc32(bytes.subarray(0, 8)) !== bytes.readUInt32BE(8)) {
    throw invalidAnswer('the head of a frame is damaged')
  }
  return total
}

function decode(codec: EventStreamCodec, frame: Uint8Array): ReturnType<EventStreamCodec['decode']> {
  try {
    return codec.decode(frame)
  } catch (cause) {
    throw invalidAnswer('a frame is damaged', cause)
  }
}
