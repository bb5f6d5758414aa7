import { DIFFERENCES, readRanges } from './differences.ts'

const KEPT = readRanges(DIFFERENCES.kept)
const DROPPED_TOO = readRanges(DIFFERENCES.dropped)
const PLAIN = readRanges(DIFFERENCES.plain)
const PUNCTUATION = readRanges(DIFFERENCES.punctuation)
const WHOLE = readRanges(DIFFERENCES.whole)

const CONTROL = /^[\p{Cc}\p{Cf}\p{Co}\p{Cs}]$/u
const SPACE = /^\p{White_Space}$/u
const MARK = /^\p{Mn}$/u
const PUNCT = /^\p{P}$/u

/** BERT's blocks of ideographs, each a word of its own; the sixth is as its authors wrote it, not as Unicode has it. */
const IDEOGRAPHS = [
  [0x4e00, 0x9fff],
  [0x3400, 0x4dbf],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b920, 0x2ceaf],
  [0xf900, 0xfaff],
  [0x2f800, 0x2fa1f],
] as const

/** What a character is to BERT's tokenizer: `letters` go into a word, `alone` is a word by itself. */
export const ROLE = { dropped: 0, space: 1, letters: 2, alone: 3 } as const

/** A character of the original as the tokenizer sees it: folded to lower case without accents. */
export interface Folded {
  readonly role: number
  readonly text: string
}

const DROPPED: Folded = { role: ROLE.dropped, text: '' }
const BLANK: Folded = { role: ROLE.space, text: ' ' }

/** One code point as BERT's uncased normaliser makes it. A lone surrogate is dropped, as Python has none. */
export function foldCharacter(point: number): Folded {
  const character = String.fromCodePoint(point)
  if (character === '\t' || character === '\n' || character === '\r') return BLANK
  if (point === 0xfffd || (CONTROL.test(character) && !KEPT.has(point))) return DROPPED
  if (SPACE.test(character)) return BLANK
  let text = ''
  for (const part of WHOLE.has(point) ? character : character.normalize('NFD')) {
    if (!isDroppedMark(part)) text += part.toLowerCase()
  }
  if (text === '') return DROPPED
  const isAlone = IDEOGRAPHS.some(([from, to]) => point >= from && point <= to)
  return { role: isAlone || isPunctuation(text) ? ROLE.alone : ROLE.letters, text }
}

function isDroppedMark(part: string): boolean {
  const point = part.codePointAt(0) ?? 0
  return MARK.test(part) ? !KEPT.has(point) : DROPPED_TOO.has(point)
}

/** Unicode's punctuation, and all marks of ASCII ("$", "+", "^" are symbols to Unicode). */
function isPunctuation(text: string): boolean {
  const point = text.codePointAt(0) ?? 0
  if (point < 128) return !/^[a-z0-9]/.test(text)
  return PUNCT.test(text) ? !PLAIN.has(point) : PUNCTUATION.has(point)
}
