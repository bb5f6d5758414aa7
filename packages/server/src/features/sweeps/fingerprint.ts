import { createHash } from 'node:crypto'

const SHINGLE_WORDS = 3
const MAX_WORDS = 600
const BITS = 64
const BANDS = 4
const BAND_HEX = BITS / BANDS / 4
/** What masking put in: whoever it stands for, the slot is the same one. */
const TOKEN = /\b([A-Z]{3,12})[0-9BCDFGHJKLMNPQRSTVWXZ]{12}\b/g

export interface Fingerprint {
  /** Of the text as it is. */
  readonly exact: string
  /** Texts that differ in a few words have one of these in common, mostly (SimHash, Charikar 2002, cut into four). */
  readonly bands: readonly string[]
}

/** What stands for a masked text where it is counted. Numbers and tokens count as what they are, not as which. */
export function takeFingerprint(text: string): Fingerprint {
  const words = text
    .replace(TOKEN, '$1')
    .toLowerCase()
    .replace(/\d+/g, '0')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .slice(0, MAX_WORDS)
  const weights = new Int32Array(BITS)
  for (let at = 0; at === 0 || at + SHINGLE_WORDS <= words.length; at++) {
    const [low, high] = hash(words.slice(at, at + SHINGLE_WORDS).join(' '))
    for (let bit = 0; bit < BITS; bit++) {
      const half = bit < 32 ? low : high
      weights[bit] = (weights[bit] ?? 0) + ((half >>> (bit % 32)) & 1 ? 1 : -1)
    }
  }
  let hex = ''
  for (let at = 0; at < BITS; at += 4) {
    hex += [0, 1, 2, 3].reduce((value, bit) => value | ((weights[at + bit] ?? 0) > 0 ? 1 << bit : 0), 0).toString(16)
  }
  const bands = Array.from(
    { length: BANDS },
    (_, band) => `${band}:${hex.slice(band * BAND_HEX, (band + 1) * BAND_HEX)}`,
  )
  return { exact: createHash('sha256').update(text).digest('hex'), bands }
}

/** Two independent FNV-1a, for 64 bits without big integers. */
function hash(text: string): readonly [number, number] {
  let low = 0x811c9dc5
  let high = 0x9dc5811c
  for (let at = 0; at < text.length; at++) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193)
    high = Math.imul(high ^ text.charCodeAt(at), 0x01000197)
  }
  return [mix(low), mix(high)]
}

/** Spreads what FNV leaves in the low bits (the finaliser of MurmurHash3). */
function mix(value: number): number {
  const first = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35)
  return (second ^ (second >>> 16)) >>> 0
}
