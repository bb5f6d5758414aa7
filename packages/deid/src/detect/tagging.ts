import { LISTED } from '../gazetteer/gazetteer.ts'
import type { DetectOptions, PhiClass, TaggedSpan, Tagger } from '../types.ts'
import { WORD } from './lexicon/words.ts'
import type { Candidate } from './patterns/pattern.ts'
import { isActing, isIntroduced, isMarkedCapital, isSetApart, mayBeNamed } from './placed.ts'
import {
  isCapital,
  isDegreeBehind,
  isInitial,
  isWord,
  listedAt,
  longestPhrase,
  type Reading,
  startsSentence,
} from './reading.ts'
import { THRESHOLD } from './resolve.ts'
import { firstTokenAt } from './tokens.ts'

/** A weak hit and a list together: as much as two lists. */
const WITNESSED = 0.5
/** Far too little by itself: `joinNames` takes such a word up where it stands beside a found one. */
const BESIDE = 0.05
/** Where no word before it announces a name, only a capital, a line of its own or what people do, a hit must not be weaker. */
const LEAST_MARKED = 0.08

/** The lists whose word a weak hit of the class may witness. */
const LISTS: Readonly<Partial<Record<PhiClass, number>>> = {
  NAME: LISTED.first | LISTED.surname,
  CITY: LISTED.city,
  COUNTY: LISTED.county,
  FACILITY: LISTED.hospital,
}

/**
 * What the tagger says of the view. A hit at or above its threshold stands by itself, whatever its score; a weaker one
 * only where it falls on a capital that a list of its class holds. Throws RangeError when an answer is not one.
 */
export function runTagger(
  tagger: Tagger,
  reading: Reading,
  thresholds: DetectOptions['taggerThresholds'],
): Candidate[] {
  const { text } = reading.tokens
  const found: Candidate[] = []
  for (const span of tagger.tag(text)) {
    requireInside(span, text.length)
    const threshold = thresholds?.[span.class]
    const isWeak = threshold === undefined ? span.isWeak === true : span.score < threshold
    if (!isWeak) {
      found.push({
        start: span.start,
        end: span.end,
        class: refine(reading, span),
        role: span.role,
        score: Math.max(span.score, THRESHOLD),
        source: `tagger.${tagger.id}`,
        stage: 'tagger',
      })
    } else addWitnessed(reading, span, `tagger.${tagger.id}.witness`, found)
  }
  return found
}

/** A clock time, or four digits that the tagger takes for part of a date and not for a year: a time as wards write it. */
const CLOCK = /^(?:(?:[01]?\d|2[0-3])[:.]?[0-5]\d(?::[0-5]\d)?)(?:\s?(?:h|hrs?|hours|[ap]\.?m\.?))?$/i

/** A year by itself behind what says birth: the tagger's class for elements of dates would make it a clock time. */
const YEAR_ALONE = /^(?:1[89]|20)\d{2}$/
const BIRTH_BEFORE = /(?:\bborn(?: in)?|\bbirth(?: ?year)?|\bd\.?o\.?b\.?|\by\.?o\.?b\.?|\bb\.)[\s:=]{1,3}$/i
const CUE_UNITS = 16

/** The tagger has one class for all elements of dates, and one for towns and the countries it confuses with them. */
function refine({ tokens, words }: Reading, { class: phiClass, start, end }: TaggedSpan): PhiClass {
  const surface = tokens.text.slice(start, end)
  if (
    phiClass === 'DATE' &&
    YEAR_ALONE.test(surface) &&
    BIRTH_BEFORE.test(tokens.text.slice(Math.max(0, start - CUE_UNITS), start))
  )
    return 'YEAR'
  // No age has four digits.
  if (phiClass === 'AGE') return /\d{4}/.test(surface) ? 'OTHER_ID' : phiClass
  if (phiClass === 'DATE') return CLOCK.test(surface) ? 'TIME' : phiClass
  if (phiClass !== 'CITY') return phiClass
  let bits = WORD.country | WORD.state
  for (let i = firstTokenAt(tokens, start); i < tokens.count && (tokens.start[i] ?? 0) < end; i++) bits &= words[i] ?? 0
  if ((bits & WORD.country) !== 0) return 'COUNTRY'
  return (bits & WORD.state) !== 0 && !TOWN_TOO.test(surface) ? 'STATE' : phiClass
}

/** States whose name alone mostly means the town. */
const TOWN_TOO = /^(?:new york|washington)$/i

/** A state or a country and nothing else: 164.514(b)(2)(i)(B) lets it stay. */
function isRegion({ tokens, words }: Reading, first: number, last: number): boolean {
  let bits = WORD.country | WORD.state
  for (let i = first; i <= last; i++) bits &= words[i] ?? 0
  return bits !== 0 && !TOWN_TOO.test(tokens.text.slice(tokens.start[first] ?? 0, tokens.end[last] ?? 0))
}

function requireInside({ start, end, score }: TaggedSpan, length: number): void {
  const isRange = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end > start && end <= length
  if (!isRange || !(score >= 0 && score <= 1)) throw new RangeError('the tagger answered outside the text')
}

/** The words under a weak hit that a list of its class holds. */
function addWitnessed(reading: Reading, span: TaggedSpan, source: string, found: Candidate[]): void {
  const lists = LISTS[span.class]
  if (lists === undefined) return
  const { tokens } = reading
  if (span.class === 'NAME') addPlaced(reading, span, source, found)
  if (span.isFaint) return
  for (let i = firstTokenAt(tokens, span.start); i < tokens.count && (tokens.start[i] ?? 0) < span.end; i++) {
    if (!isCapital(reading, i) || isWord(reading, i, WORD.stop | WORD.calendar | WORD.title | WORD.clinicianTitle))
      continue
    const isName = span.class === 'NAME'
    const last = isName ? ((listedAt(reading, i) & lists) !== 0 ? i : -1) : longestPhrase(reading, i, lists)
    if (last < 0 || (span.class === 'CITY' && isRegion(reading, i, last))) continue
    found.push({
      start: tokens.start[i] ?? 0,
      end: tokens.end[last] ?? 0,
      class: span.class,
      role: span.role,
      score: WITNESSED,
      source,
      stage: 'tagger',
    })
    i = last
  }
}

/** Words under a weak or faint hit of a name, listed though ordinary ones, whose place says that they are one. */
function addPlaced(
  reading: Reading,
  { start, end, role, score, isFaint }: TaggedSpan,
  source: string,
  found: Candidate[],
): void {
  const { tokens } = reading
  const first = firstTokenAt(tokens, start)
  let last = first
  while (last + 1 < tokens.count && (tokens.start[last + 1] ?? 0) < end) last++
  for (let i = first; i <= last; i++) if (!mayBeNamed(reading, i) && !(last > first && isInitial(reading, i))) return
  const isCased = !reading.isLowerCase && !reading.isUpperCase
  if (isCased && !isCapital(reading, first)) return
  const isFaintly = isFaint === true
  const isPlaced =
    isIntroduced(reading, first, isFaintly && !isCased) ||
    (!isFaintly && last > first && (isInitial(reading, first) || isInitial(reading, last))) ||
    (score >= LEAST_MARKED &&
      (isMarkedCapital(reading, first, last) ||
        isSetApart(reading, first, last) ||
        (isActing(reading, last) && (!isFaintly || !startsSentence(reading, first)))))
  const isBeforeDegree = !isFaintly && isDegreeBehind(reading, last + 1)
  if (!isPlaced && !isBeforeDegree) {
    const [from, to] = [tokens.start[first] ?? 0, tokens.end[last] ?? 0]
    found.push({
      start: from,
      end: to,
      class: 'NAME',
      role,
      score: BESIDE,
      source: `${source}.beside`,
      stage: 'tagger',
    })
    return
  }
  found.push({
    start: tokens.start[first] ?? 0,
    end: tokens.end[last] ?? 0,
    class: 'NAME',
    role,
    score: WITNESSED,
    source: `${source}.${isFaint ? 'faint' : 'placed'}`,
    stage: 'tagger',
  })
}
