/** Writers for the few DER types (ITU-T X.690) that a certificate is made of. */

type Bytes = Uint8Array

function encode(tag: number, ...parts: readonly Bytes[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...head]), content])
}

export const sequence = (...parts: readonly Bytes[]): Buffer => encode(0x30, ...parts)
export const set = (...parts: readonly Bytes[]): Buffer => encode(0x31, ...parts)
export const octets = (bytes: Bytes): Buffer => encode(0x04, bytes)
export const bits = (bytes: Bytes, unusedBits = 0): Buffer => encode(0x03, Buffer.from([unusedBits]), bytes)
export const utf8 = (text: string): Buffer => encode(0x0c, Buffer.from(text))
export const yes = (): Buffer => encode(0x01, Buffer.from([0xff]))
/** `[number]`, constructed: wraps other values. */
export const tagged = (number: number, ...parts: readonly Bytes[]): Buffer => encode(0xa0 | number, ...parts)
/** `[number] IMPLICIT`, primitive: stands for a type of its own. */
export const implicit = (number: number, bytes: Bytes): Buffer => encode(0x80 | number, bytes)

/** A positive number of any length, big-endian. */
export function integer(bytes: Bytes): Buffer {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start++
  const digits = bytes.subarray(start)
  const isNegative = ((digits[0] ?? 0) & 0x80) !== 0
  return encode(0x02, isNegative ? Buffer.from([0]) : Buffer.alloc(0), digits)
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return encode(0x06, Buffer.from(bytes))
}

/** UTCTime, as RFC 5280 wants it before 2050. */
export function time(date: Date): Buffer {
  const text = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return encode(0x17, Buffer.from(text.slice(2)))
}
