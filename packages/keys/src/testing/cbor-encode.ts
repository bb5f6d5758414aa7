import type { Cbor } from '../attestation/cbor.ts'

/** CBOR with the shortest heads (RFC 8949, 4.2.1). */
export function encodeCbor(value: Cbor): Buffer {
  if (value === null) return Buffer.of(0xf6)
  if (typeof value === 'boolean') return Buffer.of(value ? 0xf5 : 0xf4)
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  if (value instanceof Map) {
    return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, item]) => [key, item]).map(encodeCbor)])
  }
  const list = value as readonly Cbor[]
  return Buffer.concat([head(4, list.length), ...list.map(encodeCbor)])
}

function head(major: number, value: number): Buffer {
  const first = major << 5
  if (value < 24) return Buffer.of(first | value)
  if (value < 2 ** 8) return Buffer.of(first | 24, value)
  const bytes = Buffer.alloc(9)
  if (value < 2 ** 16) {
    bytes.writeUInt16BE(value, 1)
    bytes[0] = first | 25
    return bytes.subarray(0, 3)
  }
  if (value < 2 ** 32) {
    bytes.writeUInt32BE(value, 1)
    bytes[0] = first | 26
    return bytes.subarray(0, 5)
  }
  bytes.writeBigUInt64BE(BigInt(value), 1)
  bytes[0] = first | 27
  return bytes
}
