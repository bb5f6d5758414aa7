import { LISTED } from '../gazetteer/gazetteer.ts'
import { WORD } from './lexicon/words.ts'
import { follows, NOT_NAME, pushName } from './name-parts.ts'
import type { Candidate } from './patterns/pattern.ts'
import {
  gapAt,
  isCapital,
  isInitial,
  isWord,
  listedAt,
  type Reading,
  shapeAt,
  startsSentence,
  wordAt,
} from './reading.ts'
import { GAP, SHAPE } from './tokens.ts'

const NAME = LISTED.first | LISTED.surname
const NEVER = NOT_NAME | WORD.protect | WORD.specialty | WORD.facilityWord | WORD.facilityWeak
const LOOK_BACK = 90
const LOOK_AHEAD = 24

/** A person was just spoken of, and what follows a comma or bracket says who. */
const PERSON_BEFORE =
  /\b(?:male|female|man|woman|boy|girl|patient|pt|gentleman|lady|child|infant|veteran|\d{1,3} ?[MF])\b[^.?!;\n]{0,70}[,(] ?$/i
const LIKENED = /\b(?:similar to|like|case of|regarding|on behalf of|ref|re:) $/i
const CLOSED = /^(?:[,)?;]|\.(?=\s|$)|'s\b| who\b| \(|$)/
const SUBJECT =
  /^(?:,? (?:who )?(?:is|was) an? \d|, an? \d|,? aged? \d|, \d{1,3} ?(?:yo|y\/o|[ -]year|,|[MF]\b)| (?:denies|denied|reports|reported|states|stated|complains|endorses|endorsed|lives|presents|presented|returned|underwent|was (?:seen|admitted|referred|evaluated|born|discharged))\b| (?:called|paged|phoned|texted|messaged) (?:re|about|regarding|in|back|to)\b| (?:covers|(?:is|will be) covering|will cover|is on call)(?=[.;,\n]| (?:for|until|till|tonight|tomorrow|call|the (?:service|pager|weekend|floor|unit))\b|$))/i
/** What people on duty do, and ordinary words that begin a sentence do not. */
const PRONOUN = /^(?:i|he|she|it|they|we|you|who|no|not|will|then|also|now|one)$/i
const ON_DUTY =
  /^ (?:covers|(?:is|will be) covering|will cover|is on call|(?:called|paged|phoned|texted|messaged) (?:re|about|regarding|back)\b)/i
/** "Li Na, 33F", "Amara Okafor (58M)": an age with a sex right behind. */
const AGED = /^(?:,? \(?|, )\d{1,3} ?-?(?:yo|y\/o|year|[MF]\b|y\b)/
const OWNED =
  /^'s (?:chart|case|record|records|labs|results|mother|father|wife|husband|son|daughter|family|history|medications|care|visit|appointment|scan|biopsy|surgery|doctor|insurance)\b/

/**
 * Names that the sentence sets off: "a 45-year-old woman, Hope Strong, with asthma", "Drew denies pain", "similar to
 * Ivy Wood, who". The place is the second witness that an ordinary word or an unlisted name needs.
 */
export function findSetOffNames(reading: Reading): Candidate[] {
  const found: Candidate[] = []
  const { text, start, end, count } = reading.tokens
  for (let i = 0; i < count; i++) {
    if (isOnDuty(reading, i)) pushName(reading, found, i, i, 'clinician', 0.6, 'name.on-duty')
    if (!mayBeName(reading, i) || (i > 0 && goesOn(reading, i))) continue
    const last = nameEnd(reading, i)
    if (last > i && isInitial(reading, last) && isGivenWithInitial(reading, i, last)) {
      pushName(reading, found, i, last, 'unknown', 0.6, 'name.given-initial')
    }
    const from = start[i] ?? 0
    const to = end[last] ?? 0
    const ahead = text.slice(to, to + LOOK_AHEAD)
    const subject = startsSentence(reading, i) && SUBJECT.test(ahead)
    if (!subject && !CLOSED.test(ahead) && !AGED.test(ahead)) continue
    const back = text.slice(Math.max(0, from - LOOK_BACK), from)
    const apposed =
      !subject && (AGED.test(ahead) || PERSON_BEFORE.test(back) || LIKENED.test(back) || OWNED.test(ahead))
    if (!subject && !apposed) continue
    if (last === i && !isSingleName(reading, i, subject)) continue
    const isInitialled = isInitial(reading, last) && text.charAt(to) === '.'
    if (last > i && !isInitialled && !isPair(reading, i, last)) continue
    pushName(reading, found, i, last, 'patient', 0.6, subject ? 'name.subject' : 'name.apposed')
  }
  return found
}

/** Token i goes on the capitalised word before it, unless that one only opens the sentence: "Re-evaluated Zoran B." */
function goesOn(reading: Reading, i: number): boolean {
  if (!isCapital(reading, i - 1) || !follows(reading, i)) return false
  const isOrdinary = (listedAt(reading, i - 1) & (LISTED.safe | LISTED.first)) === LISTED.safe
  const isVerb =
    isWord(reading, i - 1, WORD.visitVerb | WORD.stop) || /^re-?[a-z]+ed$/i.test(wordAt(reading.tokens, i - 1))
  return !(startsSentence(reading, i - 1) && (isOrdinary || isVerb))
}

/** A listed name at the start of a sentence or behind a time, with a duty behind it: "6:50 PM Pool paged re: pain", "until Friday; Flood covers". */
function isOnDuty(reading: Reading, i: number): boolean {
  const { text, end } = reading.tokens
  if (!isCapital(reading, i) || (listedAt(reading, i) & NAME) === 0) return false
  if (
    isWord(reading, i, NEVER & ~(WORD.stop | WORD.calendar | WORD.protect | WORD.facilityWord)) ||
    PRONOUN.test(wordAt(reading.tokens, i))
  )
    return false
  const isLogged = shapeAt(reading, i - 1) >= SHAPE.digits || /^[ap]m$/i.test(wordAt(reading.tokens, i - 1))
  if (!startsSentence(reading, i) && !isLogged) return false
  return ON_DUTY.test(text.slice(end[i] ?? 0, (end[i] ?? 0) + LOOK_AHEAD))
}

function mayBeName(reading: Reading, i: number): boolean {
  if (!isCapital(reading, i) || isWord(reading, i, NEVER & ~WORD.calendar & ~WORD.state)) return false
  if (isWord(reading, i, WORD.calendar | WORD.state))
    return (
      (listedAt(reading, i) & LISTED.first) !== 0 &&
      gapAt(reading, i + 1) === GAP.space &&
      (isCapital(reading, i + 1) || isInitial(reading, i + 1)) &&
      shapeAt(reading, i) === SHAPE.title
    )
  return shapeAt(reading, i) !== SHAPE.upper || (listedAt(reading, i) & NAME) !== 0
}

/** Up to three more words or initials. */
function nameEnd(reading: Reading, i: number): number {
  let last = i
  for (let j = i + 1; j <= i + 3 && follows(reading, j); j++) {
    if (isInitial(reading, j)) {
      if (wordAt(reading.tokens, j) === 'I') break
    } else if (isWord(reading, j, WORD.particle) && isCapital(reading, j + 1)) continue
    else if (
      !isCapital(reading, j) ||
      (isWord(reading, j, NEVER) && (listedAt(reading, j) & LISTED.surname) === 0) ||
      isWord(reading, j, WORD.stop | WORD.title | WORD.calendar)
    )
      break
    last = j
  }
  return last
}

function isPair(reading: Reading, first: number, last: number): boolean {
  const one = listedAt(reading, first)
  const other = listedAt(reading, last)
  if (isWord(reading, last + 1, WORD.eponymTail) && gapAt(reading, last + 1) === GAP.space) return false
  if ((one & LISTED.first) !== 0 || (one & LISTED.safe) === 0) return true
  return (other & LISTED.surname) !== 0 && (other & LISTED.safe) === 0
}

/** One word: a given name, or as the subject of a sentence a word of no language. */
function isSingleName(reading: Reading, i: number, subject: boolean): boolean {
  const listed = listedAt(reading, i)
  if (isWord(reading, i, WORD.protect | WORD.calendar | WORD.state)) return false
  if (shapeAt(reading, i) === SHAPE.upper)
    return subject && reading.isUpperCase && (listed & LISTED.first) !== 0 && (listed & LISTED.safe) === 0
  return subject
    ? (listed & LISTED.first) !== 0 || (listed & LISTED.safe) === 0
    : (listed & LISTED.first) !== 0 && (listed & LISTED.agreed) !== 0
}

/** "Rose P." inside a sentence; the word before an initial is a given name or no ordinary word. */
function isGivenWithInitial(reading: Reading, first: number, last: number): boolean {
  const { text, end } = reading.tokens
  const listed = listedAt(reading, first)
  if (last !== first + 1 || text.charAt(end[last] ?? 0) !== '.' || reading.isUpperCase) return false
  if ((listed & LISTED.first) !== 0) return !startsSentence(reading, first) || (listed & LISTED.safe) === 0
  return (listed & LISTED.safe) === 0 && shapeAt(reading, first) === SHAPE.title
}
