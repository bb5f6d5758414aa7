import { LISTED } from '../gazetteer/gazetteer.ts'
import { hashPhrase } from '../gazetteer/hash.ts'
import { isBrand } from './lexicon/brands.ts'
import { WORD } from './lexicon/words.ts'
import { isTool } from './name-parts.ts'
import { gapAt, isCapital, isWord, listedAt, type Reading, shapeAt, startsSentence, wordAt } from './reading.ts'
import { GAP, SHAPE } from './tokens.ts'

const CUE = WORD.title | WORD.clinicianTitle | WORD.relation | WORD.patientCue | WORD.clinicianCue | WORD.namedCue
/** What a note says right before somebody's name, besides titles and roles. */
const INTRODUCES = hashesOf(
  'typed dictated transcribed witnessed cosigned countersigned reviewed paged notified informed updated texted messaged told asked met thank thanks thanked appreciate dear hi hello hey morning per cc re from by with and to for tell ask called call tech aide teacher landlord landlady caseworker lawyer attorney chaplain coach boss principal minister priest deacon neighbor worker carer sitter driver surname forename last first formerly maiden bb twin',
)
/** What people do or are in a note, and words that begin a sentence about something else are not. */
const ACTS = hashesOf(
  'has had is was denies denied reports reported states stated says said feels felt looks looked came comes went goes presents presented lives lived returned returns arrived left leaves walked walks slept sleeps ate eats drank drinks coughed vomited fell falls called calls paged phoned texted messaged wrote writes read reads signed signs closed found finds agrees agreed disagrees declined declines refused refuses asked asks told tells wants wanted wishes needs needed likes prefers hopes thinks thought believes knows knew takes took stopped stops started starts gave gives got gets brought brings drove drives rode rides cooks cooked helps helped visits visited works worked smokes smoked quit uses used tolerated tolerates complains complained developed underwent improved improves worsened wakes woke cries cried smiled laughed waited waits remains remained seemed seems appears appeared stayed stays admitted discharged sees saw suggests suggested recommends recommended ordered orders repeated covers covering rounded follows followed removed placed drew tried tries will would can could may might should must stable better worse home aware informed sleepy tearful npo too also who whose',
)

/** The end of a line or cell, or a time or date that signs it. */
const ENDS_CELL = /^(?: ?[\n\t|]|$|,? \(?\d{1,2}(?::\d\d|[/-]\d| ?[ap]\.?m)|,? \d{4}(?:\n| h|$))/i

function hashesOf(words: string): ReadonlySet<number> {
  return new Set(words.split(' ').map((word) => hashPhrase(word).a))
}

/** Whether what stands left of token i announces a person: a title, a role or, but for `isCueOnly`, a word of messages and signatures. */
export function isIntroduced(reading: Reading, i: number, isCueOnly = false): boolean {
  if (i === 0 || (gapAt(reading, i) & (GAP.newline | GAP.hyphen)) !== 0) return false
  // "Patient: Just me": somebody speaks.
  if ((gapAt(reading, i) & GAP.other) !== 0) return false
  if (isWord(reading, i - 1, CUE)) return true
  if (isCueOnly) return false
  return (gapAt(reading, i) & (GAP.period | GAP.comma)) === 0 && INTRODUCES.has(reading.tokens.hashA[i - 1] ?? 0)
}

/** Whether what stands right of token i is what people do, or owned by them. */
export function isActing(reading: Reading, i: number): boolean {
  const gap = gapAt(reading, i + 1)
  if (i + 1 >= reading.tokens.count) return false
  if ((gap & GAP.possessive) !== 0) return true
  return (
    gap === GAP.space &&
    (reading.isUpperCase || !isCapital(reading, i + 1)) &&
    ACTS.has(reading.tokens.hashA[i + 1] ?? 0)
  )
}

/** A capital that nothing but a name explains: inside a sentence, among words without one. */
export function isMarkedCapital(reading: Reading, first: number, last: number): boolean {
  if (reading.isUpperCase || reading.isLowerCase || startsSentence(reading, first)) return false
  if (shapeAt(reading, first) !== SHAPE.title) return false
  const before = shapeAt(reading, first - 1)
  if (before !== SHAPE.lower && before !== SHAPE.digits) return false
  return last + 1 >= reading.tokens.count || !isCapital(reading, last + 1) || gapAt(reading, last + 1) !== GAP.space
}

/** The words from `first` to `last` are all of their line or cell. */
export function isSetApart({ tokens }: Reading, first: number, last: number): boolean {
  const from = tokens.start[first] ?? 0
  const to = tokens.end[last] ?? 0
  const before = tokens.text.slice(Math.max(0, from - 2), from)
  return /(?:^|[\n\t|] ?)$/.test(before) && ENDS_CELL.test(tokens.text.slice(to, to + 16))
}

/** May be somebody's name by the lists, and is nothing that the clinic or the calendar has. */
export function mayBeNamed(reading: Reading, i: number): boolean {
  const never =
    WORD.stop |
    WORD.calendar |
    WORD.state |
    WORD.country |
    WORD.protect |
    WORD.eponymTail |
    WORD.care |
    WORD.facilityHead |
    WORD.specialty |
    CUE
  return (
    (listedAt(reading, i) & (LISTED.first | LISTED.surname)) !== 0 &&
    wordAt(reading.tokens, i).length > 1 &&
    !isWord(reading, i, never) &&
    !isTool(reading, i) &&
    !isBrand(reading.tokens.hashA[i] ?? 0)
  )
}
