/** What the decoder gives. There are no tags and no floats. */
export type Cbor = number | string | Uint8Array | boolean | null | readonly Cbor[] | CborMap
export type CborMap = ReadonlyMap<number | string, Cbor>

const MAX_BYTES = 64 * 1024
const MAX_DEPTH = 8
const MAX_ITEMS = 1024

interface Reader {
  readonly bytes: Uint8Array
  offset: number
}

/**
 * Decodes one item of CBOR (RFC 8949) that fills the bytes: definite lengths, shortest heads, no duplicate keys, no tags, no
 * floats; at most 64 KiB, 8 levels, 1,024 items a list. Throws RangeError.
 */
export function decodeCbor(bytes: Uint8Array): Cbor {
  if (bytes.length > MAX_BYTES) throw malformed()
  const reader: Reader = { bytes, offset: 0 }
  const item = readItem(reader, 0)
  if (reader.offset !== bytes.length) throw malformed()
  return item
}

function readItem(reader: Reader, depth: number): Cbor {
  if (depth > MAX_DEPTH) throw malformed()
  const { major, value } = readHead(reader)
  switch (major) {
    case 0:
      return value
    case 1:
      return -1 - value
    case 2:
      return take(reader, value)
    case 3:
      return decodeText(take(reader, value))
    case 4:
      return Array.from({ length: bounded(value) }, () => readItem(reader, depth + 1))
    case 5:
      return readMap(reader, bounded(value), depth)
    case 7:
      if (value === 20 || value === 21) return value === 21
      if (value === 22) return null
      throw malformed()
    default:
      throw malformed()
  }
}

function readMap(reader: Reader, size: number, depth: number): CborMap {
  const map = new Map<number | string, Cbor>()
  for (let i = 0; i < size; i += 1) {
    const key = readItem(reader, depth + 1)
    if ((typeof key !== 'number' && typeof key !== 'string') || map.has(key)) throw malformed()
    map.set(key, readItem(reader, depth + 1))
  }
  return map
}

const SHORTEST: Readonly<Record<number, number>> = { 1: 24, 2: 2 ** 8, 4: 2 ** 16, 8: 2 ** 32 }

function readHead(reader: Reader): { readonly major: number; readonly value: number } {
  const first = take(reader, 1)[0] ?? 0
  const major = first >> 5
  const info = first & 31
  if (info < 24) return { major, value: info }
  // Simple values and floats of more than one byte, reserved and indefinite lengths.
  if (info > 27 || major === 7) throw malformed()
  const sizeBytes = 1 << (info - 24)
  const value = take(reader, sizeBytes).reduce((sum, byte) => sum * 256 + byte, 0)
  if (!Number.isSafeInteger(value) || value < (SHORTEST[sizeBytes] ?? 0)) throw malformed()
  return { major, value }
}

function take(reader: Reader, sizeBytes: number): Uint8Array {
  const end = reader.offset + sizeBytes
  if (end > reader.bytes.length) throw malformed()
  const part = reader.bytes.subarray(reader.offset, end)
  reader.offset = end
  return part
}

function bounded(size: number): number {
  if (size > MAX_ITEMS) throw malformed()
  return size
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw malformed()
  }
}

function malformed(): RangeError {
  return new RangeError('not CBOR of the accepted kind')
}
