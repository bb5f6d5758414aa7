import { AppError } from '@breakwater/kernel'

export interface SseEvent {
  /** `message` when the stream names none. */
  readonly name: string
  readonly data: string
}

/** Reads server-sent events (WHATWG HTML 9.2.6) from bytes cut anywhere. What is unfinished at the end is dropped. */
export interface SseDecoder {
  /** The events that these bytes complete. Throws `provider.invalid-answer`. */
  push(bytes: Uint8Array): SseEvent[]
  /** At the end of the stream: the end mark of completions, where a server leaves out the blank line behind it. */
  end(): SseEvent[]
}

const MAX_EVENT_CHARS = 1_048_576
const END_MARK = '[DONE]'
const LINE_END = /\r\n?|\n/g

export function createSseDecoder(maxEventChars = MAX_EVENT_CHARS): SseDecoder {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let pending = ''
  let endsInCr = false
  let data: string[] = []
  let dataChars = 0
  let name = ''

  function readLine(line: string, events: SseEvent[]): void {
    if (line === '') {
      if (data.length > 0) events.push({ name: name === '' ? 'message' : name, data: data.join('\n') })
      data = []
      dataChars = 0
      name = ''
      return
    }
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(line.charAt(colon + 1) === ' ' ? colon + 2 : colon + 1)
    if (field === 'event') name = value
    if (field !== 'data') return
    dataChars += value.length
    if (dataChars > maxEventChars) throw invalid('an event is too long')
    data.push(value)
  }

  return {
    push(bytes) {
      const text = decode(decoder, bytes)
      const events: SseEvent[] = []
      let at = 0
      for (const { 0: lineEnd, index } of text.matchAll(LINE_END)) {
        // The second half of a CRLF whose first half ended the text before.
        if (!(index === 0 && lineEnd === '\n' && endsInCr)) {
          readLine(pending + text.slice(at, index), events)
          pending = ''
        }
        at = index + lineEnd.length
      }
      if (text !== '') endsInCr = text.endsWith('\r')
      pending += text.slice(at)
      if (pending.length > maxEventChars) throw invalid('a line is too long')
      return events
    },
    end() {
      const events: SseEvent[] = []
      if (pending !== '') readLine(pending, events)
      readLine('', events)
      return events.filter((event) => event.data === END_MARK)
    },
  }
}

/** A JSON text as the data of one event: a line of its own would be another field. Line ends in it are blanks of JSON's. */
export function toOneLine(json: string): string {
  return json.replace(/[\r\n]/g, ' ')
}

function decode(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes, { stream: true })
  } catch (cause) {
    throw invalid('the stream is not UTF-8', cause)
  }
}

function invalid(message: string, cause?: unknown): AppError {
  return new AppError('provider.invalid-answer', { message, cause })
}
