import { LISTED } from '../gazetteer/gazetteer.ts'
import { hashPhrase } from '../gazetteer/hash.ts'
import { ABBREVIATIONS } from './lexicon/abbreviations.ts'
import { isBrand } from './lexicon/brands.ts'
import { WORD } from './lexicon/words.ts'
import type { Candidate } from './patterns/pattern.ts'
import { isWord, listedAt, type Reading } from './reading.ts'
import { firstTokenAt } from './tokens.ts'

/** Letters of a signature: "FH", "F.H.", "F. H. K.". */
const LETTERS = String.raw`((?:\p{Lu}\. ?){1,2}\p{Lu}\.?|\p{Lu}{2,3})`
/** Behind a sentence, at the end of a line: "counseled. -FH", "recheck /FH". */
const BEHIND = new RegExp(
  String.raw`(?<=[\p{L}\p{N}.,;:)%!?] )(?:--?|[\u2013\u2014~/]) ?${LETTERS}(?=[ \t]*(?:\n|$))`,
  'gu',
)
/** On a last line by itself: "-- FH", "/FH", "FH/mb". */
const ALONE = new RegExp(String.raw`\n(?:--|[\u2013\u2014~/-](?! )) ?${LETTERS}\s*$`, 'u')
const TYPIST = /\n(\p{Lu}{2,3}[/:]\p{L}{2,3})\s*$/u
/** The same where nobody typed capitals: only glued behind the end of the last sentence. */
const TYPED = /[.!?] -(\p{Ll}{2,3})\s*$/u
const GLUED = /[.!?] -$/
/** A name on a last line, with what opens a signature, or by itself behind a sentence. */
const SIGNED = /(?:^|\n)(?:--|[\u2013\u2014~]) ?(\p{L}[\p{L}'\u2019-]+(?: \p{L}[\p{L}'\u2019.-]*){0,3})\s*$/u
const CLOSED = /[.!?)]\s{0,2}\n{1,3}(\p{L}[\p{L}'\u2019-]+)\s*$/u
/** The same without a line of its own: "needs it by Friday. Rose". */
const LAST_WORD = /[.!?] (\p{Lu}\p{Ll}[\p{L}'\u2019-]*)$/u
/** Somebody writes of themselves: the last word of such a message is theirs. */
const FIRST_PERSON = /\b(?:my|I'm|I am|I have|I was|thanks|thank you|needs it by)\b/i
/** How far back from the end of a text a signature begins. */
const TAIL = 80

/** Initials and names that a note or a message ends with. */
export function findSignOffs(reading: Reading): Candidate[] {
  const found: Candidate[] = []
  const { text } = reading.tokens
  for (const match of text.matchAll(BEHIND)) {
    const letters = match[1] ?? ''
    const start = match.index + match[0].length - letters.length
    const isGlued = GLUED.test(text.slice(Math.max(0, start - 3), start))
    if (isGlued || !isAbbreviation(letters)) pushInitials(found, start, letters)
  }
  const from = Math.max(0, text.length - TAIL)
  const tail = text.slice(from)
  for (const pattern of [ALONE, TYPIST]) {
    const letters = pattern.exec(tail)?.[1]
    if (letters !== undefined && !letters.split(/[/:]/).some(isAbbreviation))
      pushInitials(found, from + tail.lastIndexOf(letters), letters)
  }
  const typed = reading.isLowerCase ? TYPED.exec(tail)?.[1] : undefined
  if (typed !== undefined) pushInitials(found, from + tail.lastIndexOf(typed), typed)
  addName(reading, from, tail, found)
  return found
}

function isAbbreviation(letters: string): boolean {
  return ABBREVIATIONS.has(letters.replace(/[. ]/g, '').toUpperCase())
}

function pushInitials(found: Candidate[], start: number, letters: string): void {
  found.push({
    start,
    end: start + letters.length,
    class: 'INITIALS',
    role: 'clinician',
    score: 0.7,
    source: 'name.signed-initials',
  })
}

function addName(reading: Reading, from: number, tail: string, found: Candidate[]): void {
  const signed = SIGNED.exec(tail)?.[1]
  const closed = CLOSED.exec(tail)?.[1]
  const name = signed ?? closed ?? LAST_WORD.exec(tail.trimEnd())?.[1]
  if (name === undefined) return
  const start = from + tail.lastIndexOf(name)
  const i = firstTokenAt(reading.tokens, start)
  if (isWord(reading, i, WORD.calendar | WORD.care | WORD.facilityHead | WORD.credential)) return
  const listed = listedAt(reading, i)
  const isGiven = (listed & LISTED.first) !== 0
  const isAgreed = isGiven && (listed & LISTED.agreed) !== 0
  const isOrdinary = (listed & LISTED.safe) !== 0 || isWord(reading, i, WORD.stop | WORD.protect)
  const isTyped = /^\p{Ll}/u.test(name) && !reading.isLowerCase
  // "Page" below a message: an ordinary word, but a given name, on a line of its own behind the last sentence.
  const mayBeMine = !isOrdinary || (isGiven && !isWord(reading, i, WORD.stop | WORD.protect))
  const isLastWord = signed === undefined && closed === undefined
  const isMine = signed === undefined && mayBeMine && (!isLastWord || isGiven) && FIRST_PERSON.test(reading.tokens.text)
  const isSure =
    signed === undefined
      ? ((isAgreed && !(isLastWord && isOrdinary)) || isMine) && !isTyped
      : isGiven || !(isOrdinary || isTyped)
  if (!isSure || isBrand(hashPhrase(name.toLowerCase()).a)) return
  found.push({
    start,
    end: start + name.length,
    class: 'NAME',
    role: 'unknown',
    score: signed === undefined ? 0.5 : 0.65,
    source: 'name.signed',
  })
}
