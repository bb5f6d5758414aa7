import { LISTED } from '../gazetteer/gazetteer.ts'
import { hashPhrase } from '../gazetteer/hash.ts'
import { bounds, extendRight, SAINT, SAME_NAME } from './facility-parts.ts'
import { ABBREVIATIONS } from './lexicon/abbreviations.ts'
import { CENTRE_LETTERS, CENTRE_NAMES } from './lexicon/centres.ts'
import { WORD } from './lexicon/words.ts'
import type { Candidate } from './patterns/pattern.ts'
import {
  gapAt,
  hasBefore,
  isCapital,
  isWord,
  listedAt,
  longestPhrase,
  type Reading,
  shapeAt,
  wordAt,
} from './reading.ts'
import { GAP, SHAPE } from './tokens.ts'

const CENTRES = new Map(
  CENTRE_NAMES.map((name) => [
    hashPhrase(name.split(' ')[0] ?? '').a,
    CENTRE_NAMES.filter((other) => other.split(' ')[0] === name.split(' ')[0]),
  ]),
)
/** First hashes of what may open a centre's letters or name: a word without one is passed over unread. */
const CENTRE_OPENINGS: ReadonlySet<number> = new Set([
  ...CENTRES.keys(),
  ...Array.from(CENTRE_LETTERS, (letters) => hashPhrase(letters.toLowerCase()).a),
])
const LONGEST_CENTRE = 32
const SAINTLY = /^(?:st|saint)$/i
const SAINTLY_HASHES: ReadonlySet<number> = new Set(['st', 'saint'].map((word) => hashPhrase(word).a))
const PREPOSITION = /^(?:at|to|from|in|by|with|through|via|under)$/i

/** Places of care without a word that says so: listed and known names, saints, and whatever somebody was seen at. */
export function findVisited(reading: Reading): Candidate[] {
  const found: Candidate[] = []
  for (let i = 0; i < reading.tokens.count; i++) {
    if (reading.isLowerCase || isCapital(reading, i)) addSaint(reading, i, found)
    addCentre(reading, i, found)
    if (!isCapital(reading, i)) continue
    addListed(reading, i, found)
    addVisited(reading, i, found)
  }
  return found
}

/** Names of hospitals that the list holds, as far as they go: "Johns Hopkins", "Mass General". */
function addListed(reading: Reading, i: number, found: Candidate[]): void {
  if ((listedAt(reading, i) & (LISTED.hospital | LISTED.prefix)) === 0) return
  const end = longestPhrase(reading, i, LISTED.hospital)
  if (end < 0 || isWord(reading, end + 1, WORD.eponymTail)) return
  const single = end === i
  if (single && isWord(reading, i, WORD.state | WORD.country)) return
  const cued = PREPOSITION.test(wordAt(reading.tokens, Math.max(0, i - 1))) && i > 0
  if (
    single &&
    !(cued && (listedAt(reading, i) & LISTED.safe) === 0) &&
    !(cued && shapeAt(reading, i) === SHAPE.upper && !ABBREVIATIONS.has(wordAt(reading.tokens, i)))
  )
    return
  if (!isCapital(reading, end)) return
  const { start, end: stop } = bounds(reading, i, extendRight(reading, end))
  found.push({
    start,
    end: stop,
    class: 'FACILITY',
    role: 'unknown',
    score: single ? 0.6 : 0.8,
    source: 'facility.listed',
  })
}

/** Letters or short names of centres that everybody knows, with the campus or town that follows. */
function addCentre(reading: Reading, i: number, found: Candidate[]): void {
  const { tokens } = reading
  if (!CENTRE_OPENINGS.has(tokens.hashA[i] ?? 0)) return
  if (!reading.isLowerCase && shapeAt(reading, i) !== SHAPE.upper && !CENTRES.has(tokens.hashA[i] ?? 0)) return
  const word = wordAt(tokens, i)
  const lettered = CENTRE_LETTERS.has(word) || (reading.isLowerCase && CENTRE_LETTERS.has(word.toUpperCase()))
  // Three letters mean something else in a clinic too: only "at MSK" is the hospital.
  const isPlaced =
    PREPOSITION.test(wordAt(tokens, Math.max(0, i - 1))) ||
    isWord(reading, i + 1, WORD.facilityHead | WORD.facilityWeak)
  let last = lettered && (word.length > 3 || isPlaced) ? i : -1
  const names = CENTRES.get(tokens.hashA[i] ?? 0)
  if (last < 0 && (!names || !(isCapital(reading, i) || reading.isLowerCase))) return
  if (names) {
    const from = tokens.start[i] ?? 0
    const ahead = tokens.text
      .slice(from, from + LONGEST_CENTRE)
      .toLowerCase()
      .replace(/[.']/g, '')
      .replace(/\s+/g, ' ')
    const words = Math.max(
      0,
      ...names
        .filter((name) => ahead.startsWith(name) && !/[a-z0-9]/.test(ahead.charAt(name.length)))
        .map((name) => name.split(' ').length),
    )
    if (words > 1 || (words === 1 && isCapital(reading, i) && isPreposed(reading, i)))
      last = Math.max(last, i + words - 1)
  }
  if (last < 0) return
  const { start, end } = bounds(reading, i, extendRight(reading, last))
  found.push({ start, end, class: 'FACILITY', role: 'unknown', score: 0.7, source: 'facility.centre' })
}

/** "at Parkland", "at the Walgreens". */
function isPreposed(reading: Reading, i: number): boolean {
  const word = wordAt(reading.tokens, Math.max(0, i - 1))
  return PREPOSITION.test(word) || (/^the$/i.test(word) && PREPOSITION.test(wordAt(reading.tokens, Math.max(0, i - 2))))
}

/** "St. Luke's": a saint's possessive names an institution, but for a herb and a dance. */
function addSaint(reading: Reading, i: number, found: Candidate[]): void {
  const { tokens } = reading
  if (!SAINTLY_HASHES.has(tokens.hashA[i] ?? 0) || !SAINTLY.test(wordAt(tokens, i))) return
  if (!isCapital(reading, i + 1) && !(reading.isLowerCase && isPreposed(reading, i))) return
  if ((gapAt(reading, i + 1) & ~(GAP.space | GAP.period)) !== 0) return
  let last = i + 1
  if (
    isCapital(reading, i + 2) &&
    gapAt(reading, i + 2) === GAP.space &&
    isWord(reading, i + 2, WORD.facilityHead) === false &&
    (gapAt(reading, i + 3) & GAP.possessive) !== 0
  )
    last = i + 2
  const owned =
    /^(?:'s|s')(?![A-Za-z])/i.test(tokens.text.slice(tokens.end[last] ?? 0, (tokens.end[last] ?? 0) + 3)) ||
    tokens.text.charAt(tokens.end[last] ?? 0) === "'" ||
    (reading.isLowerCase && isPreposed(reading, i) && wordAt(tokens, last).endsWith('s'))
  if (!owned || /^(?:wort|dance|day|disease|fire)$/i.test(wordAt(tokens, last + 1))) return
  const { start, end } = bounds(reading, i, extendRight(reading, last))
  const tail = /^'s?(?![A-Za-z])/i.exec(tokens.text.slice(end, end + 3))?.[0].length ?? 0
  found.push({ start, end: end + tail, class: 'FACILITY', role: 'unknown', score: 0.7, source: 'facility.saint' })
}

/** "seen at Redwood on", "transferred from UWMC": what is visited is a place of care or a town. */
function addVisited(reading: Reading, i: number, found: Candidate[]): void {
  if (i === 0) return
  const { tokens } = reading
  let cue = i - 1
  if (/^(?:the|our)$/i.test(wordAt(tokens, cue))) cue--
  if (cue < 0 || (gapAt(reading, i) & ~(GAP.space | GAP.newline)) !== 0) return
  const preposition = wordAt(tokens, cue).toLowerCase()
  if (!/^(?:at|to|from|in)$/.test(preposition) || /^according$/i.test(wordAt(tokens, cue - 1))) return
  const verb = hasBefore(reading, cue, WORD.visitVerb, preposition === 'at' ? 9 : 3)
  if (!verb && preposition !== 'at') return
  let last = i
  let proper = false
  for (let j = i; j < Math.min(tokens.count, i + 5); j++) {
    const word = wordAt(tokens, j)
    const gap = gapAt(reading, j)
    if (j > i && ((gap & ~SAME_NAME) !== 0 || ((gap & GAP.period) !== 0 && !SAINT.test(wordAt(tokens, j - 1))))) break
    if (
      !isCapital(reading, j) ||
      isWord(reading, j, WORD.calendar | WORD.title | WORD.clinicianTitle | WORD.relation | WORD.eponymTail)
    )
      break
    if (
      ABBREVIATIONS.has(word) ||
      (isWord(reading, j, WORD.care | WORD.stop) && !isWord(reading, j, WORD.facilityWord | WORD.facilityWeak))
    )
      break
    const upper = shapeAt(reading, j) === SHAPE.upper
    const listed = listedAt(reading, j)
    if (isWord(reading, j, WORD.stop | WORD.specialty) && reading.isUpperCase) break
    if (
      upper && !reading.isUpperCase
        ? verb && word.length > 2
        : SAINT.test(word) || (listed & LISTED.safe) === 0 || (listed & (LISTED.city | LISTED.hospital)) !== 0
    )
      proper = true
    last = j
  }
  // "Sunrise of Arlington": an ordinary word that a town follows.
  if (
    /^of$/i.test(wordAt(tokens, last + 1)) &&
    extendRight(reading, last) > last &&
    !isWord(reading, i, WORD.stop | WORD.specialty | WORD.facilityWord)
  )
    proper = true
  if (!proper || !isCapital(reading, last) || (isWord(reading, i, WORD.protect) && !verb)) return
  if (isWord(reading, last + 1, WORD.eponymTail) && (gapAt(reading, last + 1) & GAP.comma) === 0) return
  if (last === i && isWord(reading, i, WORD.stateCode | WORD.facilityWeak | WORD.facilityHead)) return
  if (isWord(reading, i, WORD.state | WORD.country) && isWord(reading, last, WORD.state | WORD.country)) return
  if (ABBREVIATIONS.has(wordAt(tokens, i)) || (isWord(reading, i, WORD.care) && !SAINT.test(wordAt(tokens, i)))) return
  const { start, end } = bounds(reading, i, extendRight(reading, last))
  const tail = /^'s(?![A-Za-z])/i.test(tokens.text.slice(end, end + 3)) ? 2 : 0
  found.push({
    start,
    end: end + tail,
    class: 'FACILITY',
    role: 'unknown',
    score: verb && preposition !== 'in' ? 0.65 : 0.5,
    source: 'facility.visited',
  })
}
