import { AppError } from '@breakwater/kernel'

const NEWLINE = 0x0a
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Puts pieces of a file together to its lines, which it numbers from 1; empty ones are left out. */
export interface LineSplitter {
  /** Throws `body.too-large` and `body.invalid-utf8` with the line's number. */
  take(bytes: Buffer): { readonly number: number; readonly text: string }[]
  end(): { readonly number: number; readonly text: string }[]
}

export function createLineSplitter(maxLineBytes: number): LineSplitter {
  let held: Buffer[] = []
  let heldBytes = 0
  let number = 0

  function close(rest: Buffer): { number: number; text: string }[] {
    number += 1
    const bytes = held.length === 0 ? rest : Buffer.concat([...held, rest])
    held = []
    heldBytes = 0
    if (bytes.length > maxLineBytes) throw tooLong()
    const text = decode(bytes, number).trim()
    return text === '' ? [] : [{ number, text }]
  }

  const tooLong = (): AppError =>
    new AppError('body.too-large', { message: `line ${number + 1}: longer than ${maxLineBytes} bytes` })

  return {
    take(bytes) {
      const lines: { number: number; text: string }[] = []
      let start = 0
      for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, start)) {
        lines.push(...close(bytes.subarray(start, at)))
        start = at + 1
      }
      const rest = bytes.subarray(start)
      if (rest.length > 0) {
        held.push(rest)
        heldBytes += rest.length
        if (heldBytes > maxLineBytes) throw tooLong()
      }
      return lines
    },
    end: () => (heldBytes === 0 ? [] : close(Buffer.alloc(0))),
  }
}

function decode(bytes: Buffer, number: number): string {
  try {
    return UTF_8.decode(bytes)
  } catch {
    throw new AppError('body.invalid-utf8', { message: `line ${number}: not UTF-8` })
  }
}
