import { hashPhrase } from '../gazetteer/hash.ts'
import { LISTED } from '../gazetteer/gazetteer.ts'
import { WORD } from './lexicon/words.ts'
import { follows, NOT_NAME, pushName } from './name-parts.ts'
import type { Candidate } from './patterns/pattern.ts'
import { isMarkedCapital } from './placed.ts'
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

const SURELY = WORD.eponymTail | WORD.facilityWord
const LOOK_BACK = 40
const NEVER = NOT_NAME | WORD.specialty | WORD.facilityWord | WORD.facilityWeak | WORD.protect
/** What comes next is a name, whatever word it is: somebody says so. */
const SURE =
  /\b(?:(?:my|his|her|their|your|the) (?:(?:full|first|last|middle|maiden|given|family) )?name(?: is|'s|s are)|(?:calls?|called|named|call) (?:me|him|her|them|us)|goes by|went by|signed by|spell(?:ed|t)(?: as)?|(?:first|second|third|last|eldest|oldest|youngest|older|younger|middle|only|new) (?:child|baby|son|daughter|boy|girl|grandchild))[ :,"]{1,3}$|\bname\?["']?\s{1,2}$/i
/** What comes next is a name when it is no word of the language. */
const LIKELY =
  /(?:(?:^|[\n.!?"] ?)(?:hi|hello|hey|dear)(?: there)?,?|\b(?:I am|I'm|it's|speak(?:ing)? (?:to|with)|spoke (?:to|with)|ask(?:ed|ing)? for|known as|contact(?:ed)?|here's|here is|on behalf of|accompanied by|accompanies|according to|per|introduced (?:me )?to|met with|raised by|directed by)|\n(?:sincerely|regards|kind regards|best regards|best|cheers|yours truly|respectfully|thanks|thank you|signed),?\s?\n?)[ \n]$/i
const ENDS: ReadonlySet<number> = new Set(
  "name is s are me him her them us by hi hello hey dear there am i'm it's im its to with for as contact contacted here's heres of accompanies per sincerely regards best cheers truly respectfully thanks you signed spelled spelt child baby son daughter boy girl grandchild"
    .split(' ')
    .map((word) => hashPhrase(word).a),
)
const CALLED: ReadonlySet<number> = new Set(['me', 'him', 'her', 'them'].map((word) => hashPhrase(word).a))
const [IS, NAME] = ['is', 'name'].map((word) => hashPhrase(word).a)
const ADDRESS_AHEAD =
  /^\n{1,2}[>| ]{0,4}(?:\d{1,6}[A-Za-z]? [A-Z\u00c0-\uffff]|P\.? ?O\.? Box|USS |USNS |USCGC |Unit \d)/
const OWNED = /^'s (?:address|e-?mail|phone|number|name|birthday|house|home|apartment|insurance|account)\b/
const MAX_WORDS = 4

/** Names that a sentence introduces, a letter opens or closes with, or an address follows. */
export function findIntroduced(reading: Reading): Candidate[] {
  const found: Candidate[] = []
  const { text, start, end, count, hashA } = reading.tokens
  for (let i = 0; i < count; i++) {
    const isCap = isCapital(reading, i)
    if (!isCap && (i === 0 || !isTold(hashA, i))) continue
    if (isWord(reading, i, NEVER & ~(WORD.calendar | WORD.stop | SURELY)) || isWord(reading, i, WORD.title)) continue
    if (isCap && shapeAt(reading, i) !== SHAPE.upper) addAddressee(reading, i, found)
    if (i === 0 || (isCap && !ENDS.has(hashA[i - 1] ?? 0))) continue
    const from = start[i] ?? 0
    const back = text.slice(Math.max(0, from - LOOK_BACK), from)
    const isSure = SURE.test(back)
    // "spelled Filter", "her first child Valley": sure though a filter, or a valley, is mostly somebody's or a hospital's.
    if (isWord(reading, i, SURELY) && !(isSure && isCap && isSurelyName(reading, i))) continue
    if (!isSure && !(isCap && LIKELY.test(back))) continue
    if (isCap) {
      const last = lastOf(reading, i)
      if (isSure ? !isWord(reading, i, WORD.stop) : isLikelyName(reading, i, last))
        pushName(reading, found, i, last, 'unknown', isSure ? 0.85 : 0.6, isSure ? 'name.introduced' : 'name.addressed')
    } else if (isSure && endsThere(text, end[i] ?? 0) && isTypedName(reading, i))
      pushName(reading, found, i, i, 'unknown', 0.6, 'name.introduced')
  }
  return found
}

/** Before a word in lower case only the surest words count: "my name is", "call me". */
function isTold(hashA: Int32Array, i: number): boolean {
  return CALLED.has(hashA[i - 1] ?? 0) || (hashA[i - 1] === IS && hashA[i - 2] === NAME)
}

/** "Anna Verhoef" on a line by itself above an address, and "Anna's address". */
function addAddressee(reading: Reading, i: number, found: Candidate[]): void {
  const { text, start, end } = reading.tokens
  const opens = i === 0 || (gapAt(reading, i) & GAP.newline) !== 0
  if (opens) {
    const last = lastOf(reading, i)
    const isAbove = last > i && ADDRESS_AHEAD.test(text.slice(end[last] ?? 0, (end[last] ?? 0) + 24))
    if (isAbove && !isWord(reading, i, WORD.stop | WORD.calendar) && hasName(reading, i, last))
      pushName(reading, found, i, last, 'unknown', 0.65, 'name.above-address')
  }
  const owned = OWNED.test(text.slice(end[i] ?? 0, (end[i] ?? 0) + 14))
  if (owned && (listedAt(reading, i) & LISTED.safe) === 0 && !isWord(reading, i, WORD.stop | WORD.calendar))
    found.push({
      start: start[i] ?? 0,
      end: end[i] ?? 0,
      class: 'NAME',
      role: 'unknown',
      score: 0.6,
      source: 'name.owner',
    })
}

function hasName(reading: Reading, first: number, last: number): boolean {
  for (let i = first; i <= last; i++)
    if ((listedAt(reading, i) & (LISTED.first | LISTED.surname)) !== 0 || listedAt(reading, i) === 0) return true
  return false
}

function isLikelyName(reading: Reading, first: number, last: number): boolean {
  if (isWord(reading, first, WORD.stop | WORD.calendar) || shapeAt(reading, first) === SHAPE.upper) return false
  const listed = listedAt(reading, first)
  if ((listed & LISTED.safe) === 0) return listed !== 0 || wordAt(reading.tokens, first).length > 2
  if ((listed & LISTED.first) !== 0 && isMarkedCapital(reading, first, last)) return true
  const agreed = LISTED.first | LISTED.agreed
  return (listed & agreed) === agreed && (last > first || !startsSentence(reading, first))
}

/** Up to four capitals and initials that follow each other, small words of names between them. */
function lastOf(reading: Reading, first: number): number {
  let last = first
  for (let i = first + 1; i < first + MAX_WORDS + 2 && follows(reading, i); i++) {
    if (isWord(reading, i, WORD.particle) && !isCapital(reading, i)) continue
    if (!isInitial(reading, i) && (!isCapital(reading, i) || isWord(reading, i, NEVER & ~WORD.eponymTail))) break
    if (isInitial(reading, i) && wordAt(reading.tokens, i) === 'I') break
    last = i
  }
  return last
}

function isSurelyName(reading: Reading, i: number): boolean {
  const isListed = (listedAt(reading, i) & (LISTED.first | LISTED.surname)) !== 0
  return isListed && !isWord(reading, i, WORD.specialty | WORD.protect) && !isCapital(reading, i + 1)
}

function isTypedName(reading: Reading, i: number): boolean {
  const listed = listedAt(reading, i)
  return shapeAt(reading, i) === SHAPE.lower && (listed & LISTED.safe) === 0 && wordAt(reading.tokens, i).length > 2
}

function endsThere(text: string, end: number): boolean {
  return /^(?:[.,;:!?"')]|\s*$|\s*\n| and\b)/.test(text.slice(end, end + 5))
}
