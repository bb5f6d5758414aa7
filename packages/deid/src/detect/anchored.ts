import { LISTED } from '../gazetteer/gazetteer.ts'
import { hashPhrase } from '../gazetteer/hash.ts'
import { WORD } from './lexicon/words.ts'
import { follows } from './name-parts.ts'
import { findCaptured } from './captured.ts'
import type { Candidate } from './patterns/pattern.ts'
import { mayBeNamed } from './placed.ts'
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
import { firstTokenAt, SHAPE } from './tokens.ts'

const KIN =
  'mother|father|mom|dad|wife|husband|spouse|partner|son|daughter|brother|sister|aunt|uncle|niece|nephew|cousin|grandmother|grandfather|grandson|granddaughter|grandma|grandpa|fianc[e\u00e9]e?|girlfriend|boyfriend|stepmother|stepfather|stepson|stepdaughter|ex-wife|ex-husband|(?:mother|father|son|daughter|sister|brother)-in-law|friend|neighbou?r|roommate|caregiver|guardian'
/** "Given (granddaughter)". */
const KIN_BEHIND = new RegExp(String.raw`^ \((?:(?:his|her|their|the|patient's) )?(?:${KIN})\)`, 'i')
/** "Frank Net (DOB 5/3/17)", "Knowledge Grade, date of birth". */
const BIRTH_BEHIND = /^,? ?\(?(?:DOB|D\.O\.B|date of birth)\b/i
/** "the chart of Gates Note (93025415)", "called re Given (1973-11-26)". */
const FILED_BEHIND = /^ ?\(#?(?:[A-Z]{0,4}-?\d{5,}|[A-Z]?\d[\dA-Z-]{5,}|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4})\b/i
/** "Carbon B. here w/ Gates". */
const HERE_BEHIND = /^\.? (?:is )?here (?:w\/|with\b|for\b|alone\b)/i
const ASKED_FOR: ReadonlySet<number> = new Set(
  ['of', 're', 'about', 'regarding', 'for', 'is'].map((word) => hashPhrase(word).a),
)
const BESIDE: ReadonlySet<number> = new Set(
  ['with', 'w', 'by', 'from', 'per', 'and', 'to', 'is', 'contact', 'asked', 'told', 'called', 'via', 'spouse', 'c'].map(
    (word) => hashPhrase(word).a,
  ),
)
const AHEAD_WIDTH = 28
const LONGEST = 3

const DEGREE = '(?:RN|LPN|LVN|CNA|NP|PA-C|MD|DO)'
const WORDS = String.raw`((?:\p{L}[\p{L}.'-]{0,20}\s){1,3})`
/** "Handoff from Independence Talk RN to Harbor RN". */
const HANDED = new RegExp(
  String.raw`(?:hand-?off|handover|report|sign-?out) (?:given )?(?:from|to|by) ${WORDS}${DEGREE}\b(?: to ${WORDS}${DEGREE}\b)?`,
  'diuy',
)
/** "findings were phoned to Dr. Nap at 8:10 PM by Tag Cornea." */
const PHONED =
  /(?:phoned|telephoned|called in|read back)\b[^.\n]{1,20}(?:\.[^.\n]{1,30})?\bby (\p{L}[\p{L}'-]{1,20}(?: \p{L}[\p{L}'-]{0,20}){0,2})(?=\.|\n|$)/diuy
/** "Dictated Stone, typed Page." */
const TYPED =
  /(?:dictated|typed|transcribed|witnessed|cosigned|countersigned|scribed)(?: by)? (\p{L}[\p{L}'-]{1,20}(?: \p{L}[\p{L}'-]{0,20})?)(?=[,;.]|\n|$)/diuy
/** By the first hash of the word that such a sentence begins with. */
const SAID: ReadonlyMap<number, RegExp> = new Map(
  (
    [
      ['handoff hand-off handover report signout sign-out', HANDED],
      ['phoned telephoned called read', PHONED],
      ['dictated typed transcribed witnessed cosigned countersigned scribed', TYPED],
    ] as const
  ).flatMap(([words, pattern]) => words.split(' ').map((word) => [hashPhrase(word).a, pattern])),
)
/** Who is meant by what stands there, but nobody by name. */
const NOBODY =
  /^(?:charge|night|day|evening|oncoming|offgoing|outgoing|incoming|primary|next|floor|unit|icu|pacu|ed|er|receiving|covering|float|triage|staff|lab|phone|mail|email|fax|text|telephone|letter|portal|transport|ems|police|courier|hand|request|order|protocol|team|on|call|shift|house|ward|name|letter|report|note|notes|orders?|signature|out|off|over|early|late|in|here|today|above|below)$/i

/**
 * Names that what stands behind them makes sure, whatever words they are: a birth date, a record number, a kinship in
 * brackets, "here with"; and those between a handoff and a degree.
 */
export function findAnchored(reading: Reading): Candidate[] {
  const found: Candidate[] = []
  const { text, start, end, hashA, count } = reading.tokens
  for (let i = 0; i < count; i++) {
    const said = SAID.get(hashA[i] ?? 0)
    if (said) for (const [from, to] of findCaptured(said, text, start[i] ?? 0)) addWhole(reading, found, from, to)
    const to = end[i] ?? 0
    if (!mayStandBefore(text, to) || shapeAt(reading, i) >= SHAPE.digits) continue
    const ahead = text.slice(to, to + AHEAD_WIDTH)
    const first = isDatedName(reading, i) && HERE_BEHIND.test(ahead) ? i - 1 : firstOfRun(reading, i)
    if (first <= i && isAnchored(reading, first, i, ahead)) push(reading, found, first, i)
  }
  return found
}

/** " (", ", d", " here": nothing else is worth a look. */
function mayStandBefore(text: string, to: number): boolean {
  let at = to
  if (text.charCodeAt(at) === 46) at++
  const sign = text.charCodeAt(at)
  if (sign !== 32 && sign !== 44 && sign !== 40) return false
  const next = text.charCodeAt(at + 1) | 32
  return sign === 40 || next === 40 || next === 100 || next === 104 || next === 105 || (sign === 44 && next === 32)
}

/** Back from token i over up to three words that may be a name's; i + 1 where it is none. */
function firstOfRun(reading: Reading, i: number): number {
  let first = i + 1
  for (let j = i; j > i - LONGEST && j >= 0; j--) {
    if (j < i && !follows(reading, j + 1)) break
    const isPart = isInitial(reading, j) ? j < i || i > 0 : isNamePart(reading, j)
    if (!isPart) break
    first = j
  }
  while (first <= i && isInitial(reading, first) && first === i) first++
  return first
}

/** "November F. here w/ Gates": a month or a State, then an initial. */
function isDatedName(reading: Reading, i: number): boolean {
  const isTold = isWord(reading, i - 1, WORD.calendar | WORD.country | WORD.state) && isCapital(reading, i - 1)
  return isTold && isInitial(reading, i) && follows(reading, i)
}

function isNamePart(reading: Reading, j: number): boolean {
  if (!mayBeNamed(reading, j)) {
    // No list has it, and it is no word either.
    return (
      listedAt(reading, j) === 0 && shapeAt(reading, j) === SHAPE.title && !isWord(reading, j, WORD.protect | WORD.stop)
    )
  }
  return isCapital(reading, j) || reading.isLowerCase
}

function isAnchored(reading: Reading, first: number, last: number, ahead: string): boolean {
  const before = reading.tokens.hashA[first - 1] ?? 0
  const isAskedFor = ASKED_FOR.has(before) || isWord(reading, first - 1, WORD.patientCue | WORD.title)
  const isCased = !reading.isUpperCase && !reading.isLowerCase
  if (BIRTH_BEHIND.test(ahead)) return isAskedFor || (last > first && (isCased || startsSentence(reading, first)))
  if (FILED_BEHIND.test(ahead)) return isAskedFor && (isCased || last > first)
  if (KIN_BEHIND.test(ahead)) return BESIDE.has(before) && first > 0
  if (!HERE_BEHIND.test(ahead)) return false
  return startsSentence(reading, first) && (isInitial(reading, last) || (listedAt(reading, first) & LISTED.first) !== 0)
}

function push({ tokens }: Reading, found: Candidate[], first: number, last: number): void {
  found.push({
    start: tokens.start[first] ?? 0,
    end: tokens.end[last] ?? 0,
    class: 'NAME',
    role: 'unknown',
    score: 0.65,
    source: 'name.anchored',
  })
}

/** All words of the stretch, where each may be a name's. */
function addWhole(reading: Reading, found: Candidate[], start: number, end: number): void {
  const { tokens } = reading
  const first = firstTokenAt(tokens, start)
  let last = first - 1
  for (let i = first; i < tokens.count && (tokens.start[i] ?? 0) < end; i++) {
    const isCased = !reading.isUpperCase && !reading.isLowerCase
    if (NOBODY.test(wordAt(tokens, i))) return
    if (!isInitial(reading, i) && !mayBeNamed(reading, i) && listedAt(reading, i) !== 0) return
    if (isWord(reading, i, WORD.stop | WORD.specialty | WORD.relation | WORD.patientCue)) return
    if (isCased && !isCapital(reading, i) && !isInitial(reading, i)) return
    if (i > first && gapAt(reading, i) === 0) return
    last = i
  }
  if (last >= first) push(reading, found, first, last)
}
