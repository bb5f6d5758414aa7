import { crc32 } from 'node:zlib'

/** One frame of `application/vnd.amazon.eventstream`, with headers of text. */
export function toFrame(headers: Readonly<Record<string, string>>, payload: string | Uint8Array): Buffer {
  const body = Buffer.from(payload)
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => toHeader(name, value)))
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(16 + head.length + body.length, 0)
  prelude.writeUInt32BE(head.length, 4)
  const before = Buffer.concat([prelude, checksumOf(prelude), head, body])
  return Buffer.concat([before, checksumOf(before)])
}

/** An event as AWS frames it. */
export function toEventFrame(name: string, payload: unknown): Buffer {
  return toFrame(
    { ':event-type': name, ':content-type': 'application/json', ':message-type': 'event' },
    JSON.stringify(payload),
  )
}

/** An exception, as it comes inside an answer of status 200. */
export function toExceptionFrame(name: string, message: string): Buffer {
  return toFrame(
    { ':exception-type': name, ':content-type': 'application/json', ':message-type': 'exception' },
    JSON.stringify({ message }),
  )
}

function toHeader(name: string, value: string): Buffer {
  const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)]
  const length = Buffer.alloc(2)
  length.writeUInt16BE(valueBytes.length)
  // 7 is the type of texts.
  return Buffer.concat([Buffer.from([nameBytes.length]), nameBytes, Buffer.from([7]), length, valueBytes])
}

function checksumOf(bytes: Uint8Array): Buffer {
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(bytes))
  return checksum
}
