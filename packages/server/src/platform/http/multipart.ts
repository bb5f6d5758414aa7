import { AppError } from '@breakwater/kernel'

/** What a body of parts holds, in its order. Bytes of a part come in pieces as they arrive. */
export type PartEvent =
  | { readonly kind: 'part'; readonly name: string; readonly filename: string | undefined }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }

const BOUNDARY = /^multipart\/form-data\s*;.*\bboundary=(?:"(?<quoted>[^"]{1,70})"|(?<plain>[^\s;"]{1,70}))/i
const DISPOSITION = /^content-disposition:\s*form-data\s*;\s*(?<rest>.*)$/i
const MAX_HEADER_BYTES = 4_096
const MAX_PARTS = 16
const HEADERS_END = '\r\n\r\n'
const DASHES = '--'

/**
 * Reads a body of parts (RFC 7578, RFC 2046 section 5.1.1) as it arrives: no more than a piece and a boundary is held.
 * Throws `body.invalid`, `body.too-large`, `request.aborted`.
 */
export async function* readMultipart(request: Request, maxBytes: number): AsyncGenerator<PartEvent, void, undefined> {
  const groups = BOUNDARY.exec(request.headers.get('content-type') ?? '')?.groups
  const boundary = groups?.['quoted'] ?? groups?.['plain']
  if (boundary === undefined) throw refuse('must be multipart/form-data with a boundary')
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // The first boundary has no line before it.
  let held: Buffer = Buffer.from('\r\n')
  let state: 'preamble' | 'boundary' | 'headers' | 'bytes' | 'end' = 'preamble'
  let parts = 0

  for await (const chunk of readChunks(request, maxBytes)) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    for (let isWaiting = false; !isWaiting; ) {
      if (state === 'preamble' || state === 'bytes') {
        const at = held.indexOf(delimiter)
        // What may be the start of a boundary waits for more.
        const until = at === -1 ? Math.max(0, held.length - delimiter.length + 1) : at
        if (state === 'bytes' && until > 0) yield { kind: 'bytes', bytes: held.subarray(0, until) }
        held = held.subarray(at === -1 ? until : at + delimiter.length)
        if (at === -1) isWaiting = true
        else state = 'boundary'
      } else if (state === 'boundary') {
        if (held.length < DASHES.length) isWaiting = true
        else if (held.subarray(0, 2).equals(Buffer.from(DASHES))) state = 'end'
        else if (held.subarray(0, 2).equals(Buffer.from('\r\n'))) state = 'headers'
        else throw refuse('a boundary is followed by neither a line nor its end')
      } else if (state === 'headers') {
        const at = held.indexOf(HEADERS_END)
        if (at > MAX_HEADER_BYTES || (at === -1 && held.length > MAX_HEADER_BYTES))
          throw refuse('a part has long headers')
        if (at === -1) isWaiting = true
        else {
          if (++parts > MAX_PARTS) throw refuse(`at most ${MAX_PARTS} parts`)
          yield readHeaders(held.subarray(0, at).toString('utf8'))
          // The line end stays: a boundary may follow at once.
          held = held.subarray(at + 2 * '\r\n'.length)
          state = 'bytes'
          if (held.subarray(0, delimiter.length - 2).equals(delimiter.subarray(2))) {
            held = Buffer.concat([Buffer.from('\r\n'), held])
          }
        }
      } else isWaiting = true
    }
  }
  if (state !== 'end') throw refuse('the last boundary is missing')
}

async function* readChunks(request: Request, maxBytes: number): AsyncGenerator<Buffer, void, undefined> {
  const tooLarge = new AppError('body.too-large', { message: `the body is longer than ${maxBytes} bytes` })
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge
  if (!request.body) return
  const reader = request.body.getReader()
  let sizeBytes = 0
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new AppError('request.aborted', { message: 'the connection ended before the body did', cause })
      })
      if (done) return
      sizeBytes += value.byteLength
      if (sizeBytes > maxBytes) throw tooLarge
      yield Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    }
  } finally {
    reader.releaseLock()
  }
}

function readHeaders(text: string): PartEvent {
  const rest = text
    .split('\r\n')
    .map((line) => DISPOSITION.exec(line)?.groups?.['rest'])
    .find((found) => found !== undefined)
  const name = readParameter(rest ?? '', 'name')
  if (name === undefined) throw refuse('a part has no name')
  return { kind: 'part', name, filename: readParameter(rest ?? '', 'filename') }
}

function readParameter(text: string, name: string): string | undefined {
  return new RegExp(`(?:^|;\\s*)${name}="([^"]*)"`, 'i').exec(text)?.[1]
}

function refuse(rule: string): AppError {
  return new AppError('body.invalid', { message: `the body: ${rule}` })
}
