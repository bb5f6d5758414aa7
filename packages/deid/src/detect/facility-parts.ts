import { LISTED } from '../gazetteer/gazetteer.ts'
import { WORD } from './lexicon/words.ts'
import { gapAt, isCapital, isWord, longestPhrase, type Reading, shapeAt, wordAt } from './reading.ts'
import { GAP, SHAPE } from './tokens.ts'

/** What may stand between the words of one facility's name. */
export const SAME_NAME: number = GAP.space | GAP.possessive | GAP.period | GAP.hyphen
export const LINKING: RegExp = /^(?:of|and|the|for|at|in|de|la|y)$/
export const SAINT: RegExp = /^(?:st|saint|mt|mount|santa|san|ft|fort)$/i

/** More heads, "of Philadelphia", a city with its state: parts of the same name. */
export function extendRight(reading: Reading, from: number): number {
  const { tokens } = reading
  let last = from
  for (let j = from + 1; j < Math.min(tokens.count, from + 8); j++) {
    const gap = gapAt(reading, j)
    const word = wordAt(tokens, j)
    const joined =
      (gap & ~(GAP.space | GAP.hyphen | GAP.period | GAP.possessive)) === 0 &&
      !((gap & GAP.period) !== 0 && wordAt(tokens, j - 1).length > 4)
    if (
      joined &&
      isWord(reading, j, WORD.facilityHead | WORD.facilityWeak) &&
      (isCapital(reading, j) || reading.isLowerCase || (j === last + 1 && isWord(reading, j, WORD.facilityHead))) &&
      !/^(?:st|va|er|ed)$/i.test(word)
    ) {
      last = j
      continue
    }
    if (
      joined &&
      j === last + 1 &&
      isCapital(reading, j) &&
      isWord(reading, j, WORD.facilityWord) &&
      !LINKING.test(word)
    ) {
      last = j
      continue
    }
    // "Brookhaven Rehab and Nursing"
    if (joined && word === 'and') {
      const next = j + 1
      const isCare = isWord(reading, next, WORD.facilityHead | WORD.facilityWeak | WORD.specialty)
      if (!isCare || !isCapital(reading, next) || gapAt(reading, next) !== GAP.space) return last
      last = next
      j = next
      continue
    }
    if (joined && /^(?:of|in|at)$/i.test(word) && (isCapital(reading, j + 1) || /^the$/i.test(wordAt(tokens, j + 1)))) {
      const next = /^the$/i.test(wordAt(tokens, j + 1)) ? j + 2 : j + 1
      const place = placeEnd(reading, next)
      if (place < 0) return last
      last = place
      j = place
      continue
    }
    if ((joined || (gap & ~(GAP.space | GAP.comma | GAP.newline)) === 0) && isCapital(reading, j)) {
      const place = placeEnd(reading, j)
      if (place < 0) return last
      last = place
      j = place
      continue
    }
    return last
  }
  return last
}

/** The last token of a city or state name that begins at i, or -1. */
function placeEnd(reading: Reading, i: number): number {
  if (!isCapital(reading, i)) return -1
  const word = wordAt(reading.tokens, i)
  if (isWord(reading, i, WORD.stateCode) && shapeAt(reading, i) === SHAPE.upper && word.length === 2) return i
  if (isWord(reading, i, WORD.state)) return i
  if (isWord(reading, i, WORD.calendar | WORD.stop | WORD.title | WORD.clinicianTitle)) return -1
  const end = longestPhrase(reading, i, LISTED.city | LISTED.county)
  if (end > i) return end
  return end === i && (gapAt(reading, i) & (GAP.comma | GAP.space)) !== 0 ? i : -1
}

export function bounds(
  reading: Reading,
  first: number,
  last: number,
): { readonly start: number; readonly end: number } {
  return { start: reading.tokens.start[first] ?? 0, end: reading.tokens.end[last] ?? 0 }
}
