const SHINGLE_WORDS = 3
const MAX_WORDS = 600
/** Words are looked for in this much of a text. */
const MAX_UNITS = 8_192
const BITS = 64
const BANDS = 4
const BAND_HEX = BITS / BANDS / 4
/** What masking put in: whoever it stands for, the slot is the same one. */
const TOKEN = /\b([A-Z]{3,12})[0-9BCDFGHJKLMNPQRSTVWXZ]{12}\b/g
const SAYS_SOMETHING = /[\p{L}\p{M}\p{N}\p{Cs}]/u
const DIGIT = 0x30

/**
 * What stands for a masked text where it is counted. Texts that differ in a few words have one of these in common, mostly
 * (SimHash, Charikar 2002, cut into four). Numbers and tokens count as what they are, not as which.
 */
export function takeBands(text: string): readonly string[] {
  const words = hashWords(text.slice(0, MAX_UNITS).replace(TOKEN, '$1').toLowerCase())
  const [low, high] = [createCounter(), createCounter()]
  let shingles = 0
  for (; shingles === 0 || shingles + SHINGLE_WORDS <= words.length; shingles++) {
    let one = 0x811c9dc5
    let other = 0x9dc5811c
    for (let at = shingles; at < shingles + SHINGLE_WORDS; at++) {
      const word = words[at] ?? 0
      one = Math.imul(one ^ word, 0x01000193)
      other = Math.imul(other ^ mix(word), 0x01000197)
    }
    low.add(mix(one))
    high.add(mix(other))
  }
  const hex = [low, high].map((half) => toHex(half.exceeding(shingles >>> 1))).join('')
  return Array.from({ length: BANDS }, (_, band) => `${band}:${hex.slice(band * BAND_HEX, (band + 1) * BAND_HEX)}`)
}

/** One number for each word (FNV-1a); a run of digits is one digit. */
function hashWords(text: string): readonly number[] {
  const words: number[] = []
  let word = 0
  let before = 0
  for (let at = 0; at < text.length && words.length < MAX_WORDS; at++) {
    const code = text.charCodeAt(at)
    if (!isOfWord(code)) {
      if (word !== 0) words.push(word)
      word = before = 0
      continue
    }
    const isDigit = code >= DIGIT && code < DIGIT + 10
    const unit = isDigit ? DIGIT : code
    if (!isDigit || before !== DIGIT) word = Math.imul((word === 0 ? 0x811c9dc5 : word) ^ unit, 0x01000193)
    before = unit
  }
  if (word !== 0 && words.length < MAX_WORDS) words.push(word)
  return words
}

function isOfWord(code: number): boolean {
  if (code >= 0x80) return SAYS_SOMETHING.test(String.fromCharCode(code))
  return (code >= 0x61 && code <= 0x7a) || (code >= DIGIT && code < DIGIT + 10)
}

/** Spreads what FNV leaves in the low bits (the finaliser of MurmurHash3). */
function mix(value: number): number {
  const first = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35)
  return (second ^ (second >>> 16)) >>> 0
}

interface BitCounter {
  add(bits: number): void
  /** The bits that were set in more of what was added than `count`. */
  exceeding(count: number): number
}

/**
 * Thirty-two counters that count together: one plane holds the lowest digit of all of them, the next one the second. To add
 * is to carry from plane to plane, two of them on average.
 */
function createCounter(): BitCounter {
  const planes = new Int32Array(Math.ceil(Math.log2(MAX_WORDS + 1)))
  return {
    add(bits) {
      for (let at = 0, carry = bits; carry !== 0; at++) {
        const plane = planes[at] ?? 0
        planes[at] = plane ^ carry
        carry &= plane
      }
    },
    exceeding(count) {
      // From the highest digit down: the first in which a counter and the count differ decides.
      let greater = 0
      let equal = -1
      for (let at = planes.length - 1; at >= 0; at--) {
        const digit = (count >>> at) & 1 ? -1 : 0
        const plane = planes[at] ?? 0
        greater |= equal & plane & ~digit
        equal &= ~(plane ^ digit)
      }
      return greater
    },
  }
}

function toHex(bits: number): string {
  return (bits >>> 0).toString(16).padStart(8, '0')
}
