import { type Gazetteer, LISTED } from '../gazetteer/gazetteer.ts'
import { hashPhrase, stepA, stepB } from '../gazetteer/hash.ts'
import { LEXICON } from './lexicon/lexicon.ts'
import { REGION_OPENINGS, TWO_WORD_REGIONS } from './lexicon/regions.ts'
import { WORD } from './lexicon/words.ts'
import { GAP, SHAPE, type Tokens } from './tokens.ts'

const CONTRACTION = /'(?:ve|ll|re|m|d|t)$/i
const KINSHIP = /^(?:great|step|half|ex|god|foster)-[a-z-]{3,}$/i
/** Articles that Arabic names carry in lower case: "al-Rashid". */
const ARTICLED = /^(?:al|el|ad|an|ar|as|at|az|ul|abu|ibn|bin)-[A-Z]/
const REGION_STARTS: ReadonlySet<number> = new Set(Array.from(REGION_OPENINGS, (word) => hashPhrase(word).a))

/** A text's tokens with what the lexicon and the dictionaries say of each. */
export interface Reading {
  readonly tokens: Tokens
  /** Bits of `WORD`. */
  readonly words: Int32Array
  /** Bits of `LISTED`; for lower-case words only what `listedAt` asked for. */
  readonly listed: Uint8Array
  readonly gazetteer: Gazetteer
  /** Too few capitals, or too many, for a capital letter to mean a name. */
  readonly isLowerCase: boolean
  readonly isUpperCase: boolean
}

/** `isCased`: the text is cut out of one that has capitals, however few it has itself. */
export function read(tokens: Tokens, gazetteer: Gazetteer, isCased = false): Reading {
  const { count } = tokens
  const memory = new ArrayBuffer(count * 6)
  const words = new Int32Array(memory, 0, count)
  const listed = new Uint8Array(memory, count * 4, count)
  const guessed = new Uint8Array(memory, count * 5, count)
  let lower = 0
  let title = 0
  let upper = 0
  for (let i = 0; i < tokens.count; i++) {
    const shape = tokens.shape[i] ?? 0
    if (shape >= SHAPE.digits) continue
    words[i] = LEXICON.get(tokens.hashA[i] ?? 0) ?? 0
    if (shape === SHAPE.lower) {
      lower++
      continue
    }
    if (shape === SHAPE.upper) upper++
    else if (shape === SHAPE.title) title++
    if (shape !== SHAPE.initial) listed[i] = look(tokens, gazetteer, i)
  }
  for (let i = 0; i + 1 < tokens.count; i++) markRegion(tokens, words, i)
  const isLowerCase = !isCased && title <= 0.02 * lower
  const reading = {
    tokens,
    words,
    listed,
    gazetteer,
    isLowerCase,
    isUpperCase: upper > 4 && upper > 3 * (lower + title),
  }
  return isLowerCase ? { ...reading, tokens: { ...tokens, shape: guessCapitals(reading, guessed) } } : reading
}

/** "North Carolina" is a state: both words, so that neither is taken for a name. */
function markRegion(tokens: Tokens, words: Int32Array, i: number): void {
  const opening = REGION_STARTS.has(tokens.hashA[i] ?? 0)
  if (!opening || tokens.gap[i + 1] !== GAP.space) return
  if (!TWO_WORD_REGIONS.has(`${wordAt(tokens, i)} ${wordAt(tokens, i + 1)}`.toLowerCase())) return
  words[i] = (words[i] ?? 0) | WORD.state
  words[i + 1] = (words[i + 1] ?? 0) | WORD.state
}

/**
 * Where nobody typed capitals, words that no list of ordinary words holds are read as if they had one; a lone letter
 * with a full stop is read as an initial. The rules then ask for witnesses as they do elsewhere.
 */
function guessCapitals(reading: Reading, shape: Uint8Array): Uint8Array {
  const { tokens, words, listed, gazetteer } = reading
  const { text, start, end, count } = tokens
  for (let i = 0; i < count; i++) shape[i] = tokens.shape[i] ?? 0
  for (let i = 0; i < count; i++) {
    const length = (end[i] ?? 0) - (start[i] ?? 0)
    if (shape[i] !== SHAPE.lower || (length > 1 && ((words[i] ?? 0) & WORD.stop) !== 0)) continue
    if (length === 1) {
      const gap = tokens.gap[i] ?? 0
      // "mr. a. song", "from: a. song"
      const isAfter = gap === GAP.space || gap === (GAP.space | GAP.other) || isAbbreviated(words[i - 1] ?? 0, gap)
      if (text.charAt(end[i] ?? 0) === '.' && i > 0 && isAfter) shape[i] = SHAPE.initial
      continue
    }
    const flags = look(tokens, gazetteer, i)
    listed[i] = flags
    const isOrdinary = (flags & LISTED.safe) !== 0
    const isWitness =
      ((words[i] ?? 0) &
        (WORD.facilityHead |
          WORD.facilityWeak |
          WORD.title |
          WORD.clinicianTitle |
          WORD.credential |
          WORD.patientCue |
          WORD.relation)) !==
      0
    const isGiven = (flags & LISTED.first) !== 0 && (flags & LISTED.agreed) !== 0
    if (length > 2 && !isWitness && (!isOrdinary || isGiven || (flags & LISTED.hospital) !== 0)) shape[i] = SHAPE.title
  }
  return shape
}

function isAbbreviated(before: number, gap: number): boolean {
  return (before & (WORD.title | WORD.clinicianTitle)) !== 0 && gap === (GAP.space | GAP.period)
}

function look(tokens: Tokens, gazetteer: Gazetteer, i: number): number {
  const flags = gazetteer.lookup(tokens.hashA[i] ?? 0, tokens.hashB[i] ?? 0)
  // "I've" and "We'll" without their apostrophe are names.
  if (flags !== 0) return CONTRACTION.test(wordAt(tokens, i)) ? LISTED.safe : flags
  const word = wordAt(tokens, i)
  if (!word.includes('-')) return 0
  // "Great-uncle", "Step-mother", "Ex-wife": a relation.
  if (KINSHIP.test(word)) return LISTED.safe
  // A double name is as good as its parts.
  let parts = 0
  for (const part of word.toLowerCase().split('-')) {
    const { a, b } = hashPhrase(part)
    parts |= gazetteer.lookup(a, b) & (LISTED.first | LISTED.surname | LISTED.safe | LISTED.agreed)
  }
  return parts
}

export function wordAt(tokens: Tokens, i: number): string {
  return tokens.text.slice(tokens.start[i] ?? 0, tokens.end[i] ?? 0)
}

/** The lists of a token of any case. */
export function listedAt(reading: Reading, i: number): number {
  const { tokens, listed, gazetteer } = reading
  if (i < 0 || i >= tokens.count) return 0
  const known = listed[i] ?? 0
  return known !== 0 || tokens.shape[i] !== SHAPE.lower ? known : look(tokens, gazetteer, i)
}

export function isWord(reading: Reading, i: number, bits: number): boolean {
  return i >= 0 && i < reading.tokens.count && ((reading.words[i] ?? 0) & bits) !== 0
}

export function shapeAt(reading: Reading, i: number): number {
  return reading.tokens.shape[i] ?? 0
}

/** What stands before token i; beyond the text, a line's end. */
export function gapAt(reading: Reading, i: number): number {
  return i <= 0 || i >= reading.tokens.count ? GAP.newline : (reading.tokens.gap[i] ?? 0)
}

/** Written as a name is: a capital, and more letters. */
export function isCapital(reading: Reading, i: number): boolean {
  const { tokens } = reading
  if (i < 0 || i >= tokens.count) return false
  const shape = tokens.shape[i] ?? 0
  if (shape === SHAPE.title || shape === SHAPE.upper) return true
  if (shape !== SHAPE.mixed) return false
  const first = tokens.text.charCodeAt(tokens.start[i] ?? 0)
  return !(first >= 97 && first <= 122) || ARTICLED.test(wordAt(tokens, i))
}

export function isInitial(reading: Reading, i: number): boolean {
  return i < reading.tokens.count && shapeAt(reading, i) === SHAPE.initial
}

/** Whether a sentence or line begins at token i, where a capital letter says little. */
/** A degree stands right there: "Date RN", "Date, RN". */
export function isDegreeBehind(reading: Reading, i: number): boolean {
  return (
    i < reading.tokens.count &&
    isWord(reading, i, WORD.credential) &&
    (gapAt(reading, i) & ~(GAP.space | GAP.comma)) === 0
  )
}

export function startsSentence(reading: Reading, i: number): boolean {
  return i === 0 || (gapAt(reading, i) & (GAP.newline | GAP.period | GAP.other)) !== 0
}

/** The longest listed phrase of up to five words from token i on with one of these flags: its last token, or -1. */
export function longestPhrase(reading: Reading, i: number, flags: number): number {
  const { tokens, gazetteer } = reading
  let here = listedAt(reading, i)
  let last = (here & flags) !== 0 ? i : -1
  if ((here & LISTED.prefix) === 0) return last
  let a = tokens.hashA[i] ?? 0
  let b = tokens.hashB[i] ?? 0
  for (let j = i + 1; j < Math.min(tokens.count, i + 5); j++) {
    const gap = tokens.gap[j] ?? 0
    if ((gap & ~(GAP.space | GAP.newline | GAP.period | GAP.hyphen)) !== 0 || (gap & GAP.period && j > i + 1))
      return last
    a = stepA(a, gap & GAP.hyphen ? 45 : 32)
    b = stepB(b, gap & GAP.hyphen ? 45 : 32)
    const word = wordAt(tokens, j).toLowerCase()
    for (let k = 0; k < word.length; k++) {
      const code = word.charCodeAt(k)
      if (code === 39) continue
      a = stepA(a, code)
      b = stepB(b, code)
    }
    here = gazetteer.lookup(a, b)
    if ((here & flags) !== 0) last = j
    if ((here & LISTED.prefix) === 0) return last
  }
  return last
}

/** Whether one of the few tokens before i has one of these classes, on the same or the next line. */
export function hasBefore(reading: Reading, i: number, bits: number, width: number): boolean {
  for (let j = i - 1; j >= Math.max(0, i - width); j--) if (isWord(reading, j, bits)) return true
  return false
}
