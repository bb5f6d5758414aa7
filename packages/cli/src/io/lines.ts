import type { Readable } from 'node:stream'
import { AppError } from '@breakwater/kernel'

/** The longest line that is read, in bytes. */
export const MAX_LINE_BYTES: number = 16 * 1024 * 1024

const NEWLINE = 0x0a

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

  const finish = (end: Buffer): Line => {
    number++
    const bytes = held.length > 0 ? Buffer.concat([...held, end]) : end
    held = []
    heldBytes = 0
    try {
      return { number, text: decoder.decode(bytes) }
    } catch (cause) {
      throw new AppError('body.invalid-utf8', { message: `line ${number}: not UTF-8`, cause })
    }
  }
  const checkLength = (bytes: number): void => {
    if (heldBytes + bytes <= maxBytes) return
    throw new AppError('body.too-large', { message: `line ${number + 1}: longer than ${maxBytes} bytes` })
  }

  for await (const part of input) {
    const chunk = Buffer.isBuffer(part) ? part : Buffer.from(String(part))
    const lines: Line[] = []
    let at = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, at)) {
      checkLength(end - at)
      const line = finish(chunk.subarray(at, end))
      if (line.text.trim() !== '') lines.push(line)
      at = end + 1
    }
    if (at < chunk.length) {
      checkLength(chunk.length - at)
      // A copy: the stream may use the chunk's memory again.
      held.push(Buffer.from(chunk.subarray(at)))
      heldBytes += chunk.length - at
    }
    if (lines.length > 0) yield lines
  }
  if (heldBytes > 0) {
    const line = finish(Buffer.alloc(0))
    if (line.text.trim() !== '') yield [line]
  }
}
