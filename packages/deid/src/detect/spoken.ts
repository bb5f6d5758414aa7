import { LISTED } from '../gazetteer/gazetteer.ts'
import { WORD } from './lexicon/words.ts'
import { gapAt, isCapital, isInitial, isWord, listedAt, type Reading, wordAt } from './reading.ts'
import { GAP } from './tokens.ts'

/** A lone letter with its full stop. */
export function isInitialAt(reading: Reading, i: number): boolean {
  return isInitial(reading, i) && reading.tokens.text.charAt(reading.tokens.end[i] ?? 0) === '.'
}

/** "PATIENT: I MAY SKIP ONE". */
export function isPronoun(reading: Reading, i: number): boolean {
  return wordAt(reading.tokens, i) === 'I' && !isInitialAt(reading, i)
}

const SAID = /^(?:ouch|ow|oh|ah|uh|um|hmm+|mm+|yeah|yep|yup|nope|nah|okay|sorry|wow|gosh|huh|mhm|ugh)$/i
const SPEAKER = /^(?:patient|pt|provider|physician|mother|father|spouse|dr|doctor|client|nurse|student|guardian)$/i

/** "Patient: Better, thanks": a speaker's label in a dialogue, and an ordinary word that opens what is said. */
export function isSpoken(reading: Reading, cue: number, next: number): boolean {
  if (!SPEAKER.test(wordAt(reading.tokens, cue))) return false
  if (SAID.test(wordAt(reading.tokens, next))) return true
  const listed = listedAt(reading, next)
  const agreed = LISTED.first | LISTED.agreed
  if ((listed & agreed) === agreed && !isWord(reading, next, WORD.stop)) return false
  const isOrdinary = (listed & LISTED.safe) !== 0 || isWord(reading, next, WORD.stop)
  const isGiven = (listedAt(reading, next + 1) & agreed) === agreed
  const gap = gapAt(reading, next + 1)
  const isPair = isCapital(reading, next + 1) && (gap === GAP.space || (gap === (GAP.space | GAP.comma) && isGiven))
  return isOrdinary && !isPair && !reading.isUpperCase
}
