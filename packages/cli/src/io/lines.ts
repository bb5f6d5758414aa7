import type { Readable } from 'node:stream'
import { AppError } from '@breakwater/kernel'

/** The longest line that is read, in bytes. */
const MAX_LINE_BYTES = 16 * 1024 * 1024

const NEWLINE = 0x0a

/** What some editors put before the first line (U+FEFF); RFC 8259 lets a reader ignore it. */
const MARK = '\uFEFF'

export interface Line {
  /** Counted from 1. */
  readonly number: number
  readonly text: string
}

/**
 * The lines of a stream, those of one chunk at a time, without the empty ones; the reader's pace holds the stream back.
 * Throws `body.too-large` and `body.invalid-utf8`, naming the line.
 */
export async function* readLines(input: Readable, maxBytes: number = MAX_LINE_BYTES): AsyncGenerator<readonly Line[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let number = 0
  let held: Buffer[] = []
  let heldBytes = 0

  const refuse = (code: 'body.too-large' | 'body.invalid-utf8', rule: string, cause?: unknown): AppError =>
    new AppError(code, { message: `line ${number + 1}: ${rule}`, cause })
  const hold = (part: Buffer): void => {
    if (heldBytes + part.length > maxBytes) throw refuse('body.too-large', `longer than ${maxBytes} bytes`)
    held.push(part)
    heldBytes += part.length
  }
  const finish = (): Line => {
    const bytes = Buffer.concat(held)
    held = []
    heldBytes = 0
    try {
      const text = decoder.decode(bytes)
      number++
      return { number, text: number === 1 && text.startsWith(MARK) ? text.slice(1) : text }
    } catch (cause) {
      throw refuse('body.invalid-utf8', 'not UTF-8', cause)
    }
  }
  const split = (chunk: Buffer, lines: Line[]): void => {
    let at = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, at)) {
      hold(chunk.subarray(at, end))
      const line = finish()
      if (line.text.trim() !== '') lines.push(line)
      at = end + 1
    }
    // A copy: the stream may use the chunk's memory again.
    if (at < chunk.length) hold(Buffer.from(chunk.subarray(at)))
  }

  for await (const part of input) {
    const lines: Line[] = []
    let failure: unknown
    try {
      split(Buffer.isBuffer(part) ? part : Buffer.from(String(part)), lines)
    } catch (error) {
      failure = error
    }
    // What came before a bad line is still good.
    if (lines.length > 0) yield lines
    if (failure !== undefined) throw failure
  }
  if (heldBytes > 0) {
    const line = finish()
    if (line.text.trim() !== '') yield [line]
  }
}
