import { HASH_SEED_A, HASH_SEED_B, stepA, stepB } from '../gazetteer/hash.ts'

/** How a token is written. */
export const SHAPE = { lower: 1, title: 2, upper: 3, initial: 4, mixed: 5, digits: 6, alphanumeric: 7 } as const

/** What stands between a token and the one before it. */
export const GAP = {
  none: 0,
  space: 1,
  newline: 2,
  period: 4,
  comma: 8,
  possessive: 16,
  hyphen: 32,
  other: 64,
} as const

/** The words and numbers of a text as parallel arrays; a possessive 's is no part of a word. */
export interface Tokens {
  readonly text: string
  readonly count: number
  readonly start: Int32Array
  readonly end: Int32Array
  readonly shape: Uint8Array
  /** Bits of `GAP` before each token. */
  readonly gap: Uint8Array
  /** Unfinished hashes of the lower-case word without apostrophes. */
  readonly hashA: Int32Array
  readonly hashB: Int32Array
}

const LETTER = /[\p{L}\p{M}]/u
const UPPERCASE = /\p{Lu}/u

/** 0 no part of a token, 1 lower case letter, 2 capital, 3 digit; ASCII only. */
const KINDS: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code >= 97 && code <= 122) return 1
  if (code >= 65 && code <= 90) return 2
  return code >= 48 && code <= 57 ? 3 : 0
})

function kindOf(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code < 128) return KINDS[code] ?? 0
  if (code >= 0xd800 && code <= 0xdfff) return 0
  const character = text.charAt(at)
  if (!LETTER.test(character)) return 0
  return UPPERCASE.test(character) ? 2 : 1
}

function gapBit(code: number): number {
  if (code === 32 || code === 9) return GAP.space
  if (code === 10 || code === 13) return GAP.newline
  if (code === 46) return GAP.period
  if (code === 44) return GAP.comma
  if (code === 45) return GAP.hyphen
  return GAP.other
}

function shapeOf(lowers: number, uppers: number, digits: number, firstUpper: boolean): number {
  if (digits > 0) return lowers + uppers === 0 ? SHAPE.digits : SHAPE.alphanumeric
  if (uppers === 0) return SHAPE.lower
  if (lowers === 0) return uppers === 1 ? SHAPE.initial : SHAPE.upper
  return firstUpper && uppers === 1 ? SHAPE.title : SHAPE.mixed
}

/** Cuts a view into tokens: letters and digits, with apostrophes and hyphens only between letters. */
export function tokenise(text: string): Tokens {
  const capacity = (text.length >> 1) + 2
  // One buffer: for a short text, six of them cost more than all that is written into them.
  const memory = new ArrayBuffer(capacity * 18)
  const start = new Int32Array(memory, 0, capacity)
  const end = new Int32Array(memory, capacity * 4, capacity)
  const hashA = new Int32Array(memory, capacity * 8, capacity)
  const hashB = new Int32Array(memory, capacity * 12, capacity)
  const shape = new Uint8Array(memory, capacity * 16, capacity)
  const gap = new Uint8Array(memory, capacity * 17, capacity)
  let count = 0
  let between = 0
  const length = text.length
  for (let i = 0; i < length; ) {
    let kind = kindOf(text, i)
    if (kind === 0) {
      between |= gapBit(text.charCodeAt(i))
      i++
      continue
    }
    const from = i
    const firstUpper = kind === 2
    let lowers = 0
    let uppers = 0
    let digits = 0
    let a = HASH_SEED_A
    let b = HASH_SEED_B
    let possessive = 0
    for (;;) {
      let code = text.charCodeAt(i)
      if (kind === 2) {
        uppers++
        code = code < 128 ? code + 32 : text.charAt(i).toLowerCase().charCodeAt(0)
      } else if (kind === 1) lowers++
      else digits++
      a = stepA(a, code)
      b = stepB(b, code)
      i++
      if (i >= length) break
      kind = kindOf(text, i)
      if (kind !== 0) continue
      const mark = text.charCodeAt(i)
      if ((mark !== 39 && mark !== 45) || i + 1 >= length || digits > 0) break
      const next = kindOf(text, i + 1)
      if (next === 0 || next === 3) break
      if (mark === 39) {
        if ((text.charCodeAt(i + 1) | 32) === 115 && (i + 2 >= length || kindOf(text, i + 2) === 0)) {
          possessive = 2
          break
        }
      } else {
        a = stepA(a, 45)
        b = stepB(b, 45)
      }
      i++
      kind = next
    }
    start[count] = from
    end[count] = i
    shape[count] = shapeOf(lowers, uppers, digits, firstUpper)
    gap[count] = between
    hashA[count] = a
    hashB[count] = b
    count++
    between = possessive > 0 ? GAP.possessive : 0
    i += possessive
  }
  return { text, count, start, end, shape, gap, hashA, hashB }
}

/** The first token that ends behind a place of the text; `count` when there is none. */
export function firstTokenAt({ end, count }: Tokens, place: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((end[middle] ?? 0) <= place) low = middle + 1
    else high = middle
  }
  return low
}
