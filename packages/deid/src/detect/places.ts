import { LISTED } from '../gazetteer/gazetteer.ts'
import { hashPhrase } from '../gazetteer/hash.ts'
import { TWO_WORD_REGIONS } from './lexicon/regions.ts'
import { WORD } from './lexicon/words.ts'
import { isBorne } from './name-parts.ts'
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
  startsSentence,
  wordAt,
} from './reading.ts'
import { GAP, SHAPE } from './tokens.ts'

const LOCATIVE_WORDS =
  'in|from|near|to|of|at|outside|around|throughout|into|leaving|via|our|downtown|greater|north|south|east|west'
const LOCATIVE = new RegExp(`^(?:${LOCATIVE_WORDS})$`, 'i')
const LOCATIVE_HASHES: ReadonlySet<number> = new Set(LOCATIVE_WORDS.split('|').map((word) => hashPhrase(word).a))
/** Short names of large cities and their boroughs that gazetteers do not hold. */
const SHORT_NAMES = new Set([
  'NYC',
  'Bronx',
  'Brooklyn',
  'Manhattan',
  'Queens',
  'Harlem',
  'Hollywood',
  'Philly',
  'Vegas',
  'LA',
  'SF',
  'NOLA',
  'ATL',
])
const UPPER_SHORT_NAMES = new Set(Array.from(SHORT_NAMES, (name) => name.toUpperCase()))
const LIVED_IN =
  /\b(?:liv(?:es?|ed|ing)|resid(?:es?|ed|ing)|mov(?:ed?|ing)(?: here| back)?|relocat(?:ed|ing)|grew up|raised|born|born and raised|native|originally|comes?|came|hails?|travel(?:l?ed|s|l?ing)?|flew|flying|return(?:ed|ing)|visit(?:ed|ing|s)?|vacation(?:ed|ing)?|hometown|based|stationed|town|city|village|suburb|I am|I'm|we are|we're|headed|drove|moved back|vacation|holiday|trip|currently|stuck) (?:in|from|to|of|at|near|is|outside(?: of)?) (?:the )?$/i
/** Where somebody comes from: a capital behind it is a town's, though the word has another use too. */
const COMES_FROM =
  /\b(?:grew up|born|born and raised|raised|originally|native|hails?|moved here|moved back|relocated|hometown|flew|flying|arrived) (?:in|from|to|of|is|at) $/i
/** Codes of states that are words too. */
const SPOKEN_CODE = /^(?:IN|OR|ME|HI|OK|AS|ID)$/
/** Who serves a town bears its name: "the Burnet ambulance crew". */
const SERVED: ReadonlySet<number> = new Set(
  ['ambulance', 'paramedics', 'firefighters', 'police', 'sheriff', 'native', 'residents', 'township'].map(
    (word) => hashPhrase(word).a,
  ),
)
const NO_TOWN = WORD.calendar | WORD.specialty | WORD.facilityWord | WORD.facilityWeak
/** Ordinary words that open the names of towns. */
const TOWN_OPENING = /^(?:new|port|san|st|saint|lake|fort|mount|el|la|los|las|santa|upper|lower|old|great)$/i
const STREET_END =
  /^(?:street|avenue|ave|boulevard|blvd|road|rd|lane|ln|drive|court|terrace|parkway|pkwy|highway|hwy)$/i

/** Cities with their state, counties, states, countries, named streets, ZIP codes after a city. */
export function findPlaces(reading: Reading): Candidate[] {
  const found: Candidate[] = []
  const { tokens } = reading
  for (let i = 0; i < tokens.count; i++) {
    if (!isCapital(reading, i) && !(reading.isLowerCase && (isLocative(reading, i - 1) || isServed(reading, i))))
      continue
    if (isWord(reading, i, WORD.state | WORD.country))
      push(reading, found, i, i, isWord(reading, i, WORD.country) ? 'COUNTRY' : 'STATE', 0.6, 'place.listed')
    addStreet(reading, i, found)
    addForeignStreet(reading, i > 0 && OPENING_HASHES.has(tokens.hashA[i - 1] ?? 0) ? i - 1 : i, found)
    const last = addCity(reading, i, found)
    if (last > i) i = last
  }
  return found
}

/** "Burnet" of "the Burnet ambulance crew". */
function isServed(reading: Reading, i: number): boolean {
  return gapAt(reading, i + 1) === GAP.space && SERVED.has(reading.tokens.hashA[i + 1] ?? 0)
}

function isLocative({ tokens }: Reading, i: number): boolean {
  return i >= 0 && LOCATIVE_HASHES.has(tokens.hashA[i] ?? 0) && LOCATIVE.test(wordAt(tokens, i))
}

function push(
  reading: Reading,
  found: Candidate[],
  first: number,
  last: number,
  phiClass: Candidate['class'],
  score: number,
  source: string,
): void {
  found.push({
    start: reading.tokens.start[first] ?? 0,
    end: reading.tokens.end[last] ?? 0,
    class: phiClass,
    role: 'unknown',
    score,
    source,
  })
}

/** The last token of the state that follows token i after a comma or a space, or i. */
function stateAfter(reading: Reading, i: number): number {
  const { tokens } = reading
  if (isIdLabel(reading, i + 1) || isPreposition(reading, i + 1)) return i
  const gap = gapAt(reading, i + 1)
  if (i + 1 >= tokens.count || (gap & ~(GAP.space | GAP.comma | GAP.newline)) !== 0 || !isCapital(reading, i + 1))
    return i
  const word = wordAt(tokens, i + 1)
  if (isWord(reading, i + 1, WORD.country) && (gap & (GAP.comma | GAP.newline)) !== 0) return i + 1
  const coded = isWord(reading, i + 1, WORD.stateCode) && shapeAt(reading, i + 1) === SHAPE.upper && word.length === 2
  if (coded || (isWord(reading, i + 1, WORD.state) && (gap & GAP.comma) !== 0)) return i + 1
  if (
    i + 2 < tokens.count &&
    (TWO_WORD_REGIONS.has(`${word} ${wordAt(tokens, i + 2)}`.toLowerCase()) ||
      (word === 'New' && wordAt(tokens, i + 2) === 'York'))
  )
    return i + 2
  return i
}

function addCity(reading: Reading, i: number, found: Candidate[]): number {
  const { tokens } = reading
  if (isWord(reading, i, WORD.calendar | WORD.title | WORD.clinicianTitle) || isBorne(reading, i)) return i
  const word = wordAt(tokens, i)
  const isAnyCase = (reading.isUpperCase || reading.isLowerCase) && word.length > 2
  const short = SHORT_NAMES.has(word) || (isAnyCase && UPPER_SHORT_NAMES.has(word.toUpperCase()))
  let last = longestPhrase(reading, i, LISTED.city)
  if (isWord(reading, i, WORD.stop) && !short && (last <= i || (!isCapital(reading, last) && !reading.isLowerCase))) {
    if (TOWN_OPENING.test(word)) addLivedPlace(reading, i, found)
    return i
  }
  const county = longestPhrase(reading, i, LISTED.county)
  if (
    county >= 0 &&
    /^(?:county|parish|borough)$/i.test(wordAt(tokens, county + 1)) &&
    gapAt(reading, county + 1) === GAP.space
  ) {
    push(reading, found, i, county + 1, 'COUNTY', 0.8, 'place.county')
    return county + 1
  }
  if (last < 0 && short) last = i
  const state = stateAfter(reading, last < 0 ? i : last)
  if (last < 0) {
    addLivedPlace(reading, i, found)
    // An unlisted town is known by its state: "Elmira Heights, NY".
    if (
      state > i &&
      (gapAt(reading, i + 1) & GAP.comma) !== 0 &&
      isWord(reading, state, WORD.stateCode) &&
      (shapeAt(reading, i) !== SHAPE.upper || reading.isUpperCase) &&
      !isWord(reading, state, WORD.credential) &&
      !isIdLabel(reading, state) &&
      !isWord(reading, i, WORD.facilityHead) &&
      !/^\d/.test(word)
    ) {
      push(reading, found, i, state, 'CITY', 0.6, 'place.before-state')
      addZip(reading, state, found)
      return state
    }
    return i
  }
  if (!isCapital(reading, last) && last > i && !reading.isLowerCase) return i
  const listed = listedAt(reading, i)
  if (last === i && state === last && isWord(reading, i, WORD.care)) return i
  const safe = last === i && (listed & LISTED.safe) !== 0
  const named = last === i && (listed & (LISTED.first | LISTED.surname)) !== 0
  const stated = state > last
  const credential =
    stated &&
    isWord(reading, state, WORD.credential) &&
    (listed & LISTED.surname) !== 0 &&
    isCapital(reading, i - 1) &&
    (gapAt(reading, i) & ~GAP.space) === 0
  if (credential || (isWord(reading, i, WORD.protect) && !stated)) return i
  const served = isServed(reading, last)
  const located = served || (isLocative(reading, i - 1) && (gapAt(reading, i) & ~(GAP.space | GAP.newline)) === 0)
  const lived = located && hasBefore(reading, i, WORD.placeCue | WORD.visitVerb, 5)
  if (isWord(reading, last + 1, WORD.eponymTail) && gapAt(reading, last + 1) !== (GAP.space | GAP.comma) && !stated)
    return i
  let score = 0
  if (stated) score = 0.85
  else if (short) score = word.length > 2 || located ? 0.7 : 0
  else if (last > i) score = (listed & LISTED.safe) !== 0 && !located ? 0.45 : 0.7
  else if (isWord(reading, i, WORD.state | WORD.country)) score = word === 'Washington' && located ? 0.5 : 0
  else if (served) score = 0.6
  else if (safe)
    score = lived ? 0.65 : located && !startsSentence(reading, i) && (listed & LISTED.agreed) === 0 ? 0.5 : 0
  else if (located) score = 0.65
  else if (!named) score = startsSentence(reading, i) ? 0.35 : 0.5
  if (reading.isUpperCase && !stated && !(located && !safe) && !short && last === i) score = 0
  if (reading.isLowerCase && !stated && !located && !short) score = 0
  if (score < 0.4) return i
  let first = i
  if (i > 0 && /^bronx$/i.test(word) && /^the$/i.test(wordAt(tokens, i - 1))) first = i - 1
  push(reading, found, first, state, 'CITY', score, 'place.city')
  addZip(reading, state, found)
  return state
}

/** "MASSES, OR FLUID", "GRACE IN ADVERSITY": in a text of capitals these codes are words unless a place's end follows. */
function isPreposition(reading: Reading, i: number): boolean {
  if (!reading.isUpperCase || i >= reading.tokens.count || !SPOKEN_CODE.test(wordAt(reading.tokens, i))) return false
  const isEnd = i + 1 >= reading.tokens.count || shapeAt(reading, i + 1) === SHAPE.digits
  const ends = GAP.comma | GAP.newline | GAP.period
  return (gapAt(reading, i) & GAP.comma) === 0 || !(isEnd || (gapAt(reading, i + 1) & ends) !== 0)
}

/** "Vietnamese, ID 482913": Idaho is followed by a ZIP code of five digits or by nothing that is a number. */
function isIdLabel(reading: Reading, i: number): boolean {
  const { text, start, end } = reading.tokens
  if (wordAt(reading.tokens, i) !== 'ID') return false
  const isZip = shapeAt(reading, i + 1) === SHAPE.digits && (end[i + 1] ?? 0) - (start[i + 1] ?? 0) === 5
  return !isZip && /^\s?[:#]?\s?[A-Z]{0,3}-?\d/.test(text.slice(end[i] ?? 0, (end[i] ?? 0) + 8))
}

/** "moved here from Ulverston", "grew up in Aalborg": a verb of living makes a town of a word that no list holds. */
function addLivedPlace(reading: Reading, i: number, found: Candidate[]): void {
  const { tokens } = reading
  if (i < 2 || !LIVED_IN.test(tokens.text.slice(Math.max(0, (tokens.start[i] ?? 0) - 40), tokens.start[i] ?? 0))) return
  const isOpening = TOWN_OPENING.test(wordAt(tokens, i)) && isCapital(reading, i + 1)
  if (
    !isOpening &&
    isWord(
      reading,
      i,
      WORD.stop | WORD.relation | WORD.protect | WORD.facilityHead | WORD.care | WORD.state | WORD.country,
    )
  )
    return
  const isSafe = !isOpening && (listedAt(reading, i) & LISTED.safe) !== 0
  if (reading.isUpperCase || (isSafe && !comesFrom(reading, i))) return
  let last = i
  while (
    last < i + 3 &&
    isCapital(reading, last + 1) &&
    (gapAt(reading, last + 1) & ~(GAP.space | GAP.hyphen)) === 0 &&
    !isWord(reading, last + 1, WORD.stop)
  )
    last++
  push(reading, found, i, last, 'CITY', 0.55, 'place.lived')
}

function comesFrom(reading: Reading, i: number): boolean {
  const { text, start } = reading.tokens
  if (isWord(reading, i, NO_TOWN) || !isMarked(text.charCodeAt(start[i] ?? 0))) return false
  return COMES_FROM.test(text.slice(Math.max(0, (start[i] ?? 0) - 40), start[i] ?? 0))
}

/** A capital that was typed, not guessed. */
function isMarked(code: number): boolean {
  return code >= 65 && code <= 90
}

/** Five digits right after a city or a state. */
function addZip(reading: Reading, i: number, found: Candidate[]): void {
  const { tokens } = reading
  const next = i + 1
  if (next >= tokens.count || shapeAt(reading, next) !== SHAPE.digits) return
  if ((gapAt(reading, next) & ~(GAP.space | GAP.comma | GAP.newline)) !== 0) return
  const start = tokens.start[next] ?? 0
  const end = tokens.end[next] ?? 0
  if (end - start !== 5) return
  const four =
    next + 1 < tokens.count &&
    gapAt(reading, next + 1) === GAP.hyphen &&
    (tokens.end[next + 1] ?? 0) - (tokens.start[next + 1] ?? 0) === 4
  push(reading, found, next, four ? next + 1 : next, 'ZIP', 0.9, 'zip.after-city')
}

/** "Elm Street", "Jackson Avenue" without a number. */
function addStreet(reading: Reading, i: number, found: Candidate[]): void {
  const { tokens } = reading
  for (let j = i + 1; j <= Math.min(i + 3, tokens.count - 1); j++) {
    if (!isCapital(reading, j) || (gapAt(reading, j) & ~GAP.space) !== 0) return
    if (reading.isUpperCase && (isWord(reading, j - 1, WORD.stop) || /^a$/i.test(wordAt(tokens, i - 1)))) return
    if (!STREET_END.test(wordAt(tokens, j))) continue
    if (
      isWord(reading, i, WORD.stop | WORD.title | WORD.clinicianTitle) ||
      (shapeAt(reading, j) === SHAPE.upper && !reading.isUpperCase)
    )
      return
    push(reading, found, i, j, 'STREET', 0.65, 'street.named')
    return
  }
}

const STREET_OPENINGS =
  'rua|rue|via|calle|avda|avenida|strada|ulica|ul|carrera|camino|paseo|corso|viale|piazza|plaza|chemin|platz'
const STREET_OPENING = new RegExp(`^(?:${STREET_OPENINGS})$`, 'i')
const OPENING_HASHES: ReadonlySet<number> = new Set(STREET_OPENINGS.split('|').map((word) => hashPhrase(word).a))
const STREET_WORD =
  /^[a-z'-]{3,}(?:strasse|straat|gasse|weg|laan|vej|veien|vegen|gade|gata|gatan|katu|kuja|tie|utca|straeti|braut|plein|allee|straede|vagen|stigen|stien|stieg|polku|ranta|utja|gracht|kade|singel|steeg|dreef|damm|ufer|markt|chaussee|platz|svingen|bakken|lia|toften|haven|parken|plads|torget|torv|strand|tunet|kroken|vangen|lokka|stredet|rinne|penger|raitti)$/i

/** Words for a street that follow its name, the number behind: "Trenerys gate 23", "Piroska u. 97". */
const STREET_TAIL =
  /^(?:gate|gata|gatan|vei|veien|vej|veg|utca|u|ut|utja|ter|str|strasse|straat|laan|ulice|ulica|trg|cesta|mnt|tee|pst|tn|katu|tie|allee|platz)$/i

/** "Rua das Flores 12", "Lindenstrasse 9": streets of other languages, with the number behind. */
function addForeignStreet(reading: Reading, i: number, found: Candidate[]): void {
  const { tokens } = reading
  const word = wordAt(tokens, i)
  const opening = STREET_OPENING.test(word)
  const tailed = !opening && STREET_TAIL.test(wordAt(tokens, i + 1)) && gapAt(reading, i + 1) === GAP.space
  if (!opening && !tailed && !STREET_WORD.test(word)) return
  const widest = opening ? 8 : tailed ? 2 : 1
  for (let j = i + 1; j <= Math.min(i + widest, tokens.count - 1); j++) {
    if ((gapAt(reading, j) & ~(GAP.space | GAP.period)) !== 0) return
    if (shapeAt(reading, j) !== SHAPE.digits) continue
    if (j > i + 1 || !opening) push(reading, found, withNumbers(reading, i), j, 'STREET', 0.7, 'street.foreign')
    return
  }
}

/** Numbers of a house or building that stand before the street's name as well. */
function withNumbers(reading: Reading, i: number): number {
  let first = i
  while (
    first > Math.max(0, i - 2) &&
    shapeAt(reading, first - 1) === SHAPE.digits &&
    gapAt(reading, first) === GAP.space
  )
    first--
  return first
}
