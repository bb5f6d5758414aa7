import { LISTED } from '../gazetteer/gazetteer.ts'
import { isTool, NOT_NAME, VERBS } from './name-parts.ts'
import { WORD } from './lexicon/words.ts'
import type { Candidate } from './patterns/pattern.ts'
import { isWord, listedAt, read, type Reading, wordAt } from './reading.ts'
import { tokenise } from './tokens.ts'

/** A text that is all one name of a program's: of a tool, a member, a parameter. `places` leads back to it. */
export interface ProgramName {
  readonly reading: Reading
  /** Offset in the text of each unit of the spread one. */
  readonly places: Int32Array
}

const PROGRAM_NAME = /^[A-Za-z_$][\w$.:-]{3,127}$/
const WORDED = /[A-Za-z][_.:-]+[A-Za-z]|[a-z][A-Z]|[A-Z]{2}[a-z]/
/** Where a word begins in "getOkaforLabs" and "MRTLookup". */
const HUMP = /(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g
/** A given and a family name of fewer letters are words of programs: "max_len", "ray_tan". */
const SHORTEST_LISTED = 4

/**
 * The words of a program's name, spread and in small letters: "LOOKUP_ROSALIND_BRANDT" reads "lookup rosalind brandt".
 * Undefined for what is a sentence or one word.
 */
export function spreadProgramName(text: string, gazetteer: Reading['gazetteer']): ProgramName | undefined {
  if (text.length > 128 || !PROGRAM_NAME.test(text) || !WORDED.test(text)) return undefined
  let spread = ''
  const places: number[] = []
  let from = 0
  for (const at of [...Array.from(text.matchAll(HUMP), ({ index }) => index), text.length]) {
    for (let i = from; i < at; i++) places.push(i)
    // A blank between two words belongs to neither.
    if (at < text.length) places.push(at)
    spread += text.slice(from, at).replace(/[_$.:-]/g, ' ') + (at < text.length ? ' ' : '')
    from = at
  }
  return { reading: read(tokenise(spread.toLowerCase()), gazetteer), places: Int32Array.from(places) }
}

/** Carries what was found in the spread words back to the name. */
export function toProgramName({ places }: ProgramName, found: readonly Candidate[]): Candidate[] {
  return found.map((one) => ({
    ...one,
    start: places[one.start] ?? 0,
    end: (places[one.end - 1] ?? 0) + 1,
  }))
}

/** A listed given name beside a listed family name, in either order; words of the language and of tools are none. */
export function findListedPair({ reading }: ProgramName): Candidate[] {
  const { tokens } = reading
  const found: Candidate[] = []
  for (let i = 0; i + 1 < tokens.count; i++) {
    const isPair = (given: number, family: number): boolean =>
      isRare(reading, given, LISTED.first) && isRare(reading, family, LISTED.surname) && isClearlyGiven(reading, given)
    if (!isPair(i, i + 1) && !isPair(i + 1, i)) continue
    found.push({
      start: tokens.start[i] ?? 0,
      end: tokens.end[i + 1] ?? 0,
      class: 'NAME',
      role: 'unknown',
      score: 0.6,
      source: 'name.in-program-name',
    })
  }
  return found
}

/** In two lists of given names and in none of places: "Charlotte", "Victoria" and "Jackson" say nothing here. */
function isClearlyGiven(reading: Reading, i: number): boolean {
  return (listedAt(reading, i) & (LISTED.agreed | LISTED.city | LISTED.county)) === LISTED.agreed
}

function isRare(reading: Reading, i: number, list: number): boolean {
  const listed = listedAt(reading, i)
  const word = wordAt(reading.tokens, i)
  return (
    word.length >= SHORTEST_LISTED &&
    (listed & list) !== 0 &&
    (listed & LISTED.safe) === 0 &&
    !isWord(reading, i, NOT_NAME | WORD.protect | WORD.specialty | WORD.facilityWord | WORD.visitVerb) &&
    !isTool(reading, i) &&
    !VERBS.has(word)
  )
}
