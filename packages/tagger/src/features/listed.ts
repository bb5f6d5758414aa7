import { type Gazetteer, hashPhrase, LISTED } from '@breakwater/deid'
import { GAP, KIND, type Words } from './words.ts'

/** Where a word stands in a listed phrase of several words: bits beside those of `LISTED`. */
export const PHRASE = { city: 256, county: 512, hospital: 1024, begins: 2048 } as const

const PLACES = LISTED.city | LISTED.county | LISTED.hospital
/** Words of the longest phrase, and units of the longest word, that is looked up. */
const LONGEST_PHRASE = 6
const LONGEST_WORD = 40
const NON_ASCII = /[^\0-\x7F]/
const MARKS = /\p{M}+/gu
/** What may follow an apostrophe without being half of a name. */
const CONTRACTIONS: ReadonlySet<string> = new Set(['s', 't', 'd', 'm', 'll', 're', 've'])

/** A word as the dictionaries and hashed columns have it: lower case, without accents. */
export function normalise(word: string): string {
  return NON_ASCII.test(word) ? word.normalize('NFKD').replace(MARKS, '').toLowerCase() : word.toLowerCase()
}

/** Bits of `LISTED` of one normalised word. */
export function lookUp(gazetteer: Gazetteer, word: string): number {
  if (word.length > LONGEST_WORD) return 0
  const { a, b } = hashPhrase(word)
  return gazetteer.lookup(a, b)
}

/**
 * Adds what only neighbours show to the bits of single words: names with an apostrophe ("O'Neil" is three words) and
 * phrases of several words ("Salt Lake City").
 */
export function addPhrases(words: Words, normal: readonly string[], bits: Uint16Array, gazetteer: Gazetteer): void {
  for (let i = 0; i < words.count; i++) {
    if (words.kind[i] !== KIND.letters) continue
    if (isJoined(words, i + 1, 39) && isJoined(words, i + 2) && !CONTRACTIONS.has(normal[i + 2] ?? '')) {
      const joined = lookUp(gazetteer, `${normal[i]}${normal[i + 2]}`) & (LISTED.first | LISTED.surname | LISTED.agreed)
      for (let j = i; j <= i + 2; j++) bits[j] = (bits[j] ?? 0) | joined
    }
    if (((bits[i] ?? 0) & LISTED.prefix) !== 0) addPhrase(words, normal, bits, gazetteer, i)
  }
}

/** Marks the longest listed place that begins at word i and has more words than one. */
function addPhrase(
  words: Words,
  normal: readonly string[],
  bits: Uint16Array,
  gazetteer: Gazetteer,
  from: number,
): void {
  let phrase = normal[from] ?? ''
  let separator = ' '
  let last = -1
  let kinds = 0
  let taken = 1
  for (let j = from + 1; j < words.count && taken < LONGEST_PHRASE; j++) {
    if ((words.gap[j] ?? 0) >= GAP.blankLine) break
    if (words.kind[j] !== KIND.letters) {
      const mark = words.text.charCodeAt(words.start[j] ?? 0)
      if (mark !== 46 && mark !== 45) break
      if (mark === 45) separator = '-'
      continue
    }
    phrase = `${phrase}${separator}${normal[j]}`
    separator = ' '
    taken++
    const listed = lookUp(gazetteer, phrase)
    if ((listed & PLACES) !== 0) {
      last = j
      kinds = listed
    }
    if ((listed & LISTED.prefix) === 0) break
  }
  if (last < 0) return
  const mark =
    ((kinds & LISTED.city) === 0 ? 0 : PHRASE.city) |
    ((kinds & LISTED.county) === 0 ? 0 : PHRASE.county) |
    ((kinds & LISTED.hospital) === 0 ? 0 : PHRASE.hospital)
  for (let j = from; j <= last; j++) bits[j] = (bits[j] ?? 0) | mark
  bits[from] = (bits[from] ?? 0) | PHRASE.begins
}

/** Whether word i stands right behind the one before it (and is this mark). */
function isJoined(words: Words, i: number, mark?: number): boolean {
  if (i >= words.count || words.gap[i] !== GAP.none) return false
  return mark === undefined ? words.kind[i] === KIND.letters : words.text.charCodeAt(words.start[i] ?? 0) === mark
}
