import { LISTED } from '../gazetteer/gazetteer.ts'
import { hashPhrase } from '../gazetteer/hash.ts'
import { ABBREVIATIONS } from './lexicon/abbreviations.ts'
import { WORD } from './lexicon/words.ts'
import { VERBS } from './name-parts.ts'
import type { Candidate } from './patterns/pattern.ts'
import { mayBeNamed } from './placed.ts'
import {
  gapAt,
  isCapital,
  isDegreeBehind,
  isWord,
  listedAt,
  type Reading,
  shapeAt,
  startsSentence,
  wordAt,
} from './reading.ts'
import { THRESHOLD } from './resolve.ts'
import { firstTokenAt, GAP, SHAPE } from './tokens.ts'

/** Small words inside names that are sentences: "Comes at Night", "Has No Horse", "Afraid of Bear". */
const INNER: ReadonlySet<number> = new Set(
  ['the', 'at', 'of', 'no', 'has', 'her', 'his', 'on', 'in'].map((word) => hashPhrase(word).a),
)
/** Never inside or beside a name, whatever its capital. */
const NEVER =
  WORD.calendar |
  WORD.credential |
  WORD.title |
  WORD.clinicianTitle |
  WORD.relation |
  WORD.patientCue |
  WORD.clinicianCue |
  WORD.namedCue |
  WORD.visitVerb |
  WORD.facilityHead |
  WORD.facilityWeak |
  WORD.facilityWord |
  WORD.specialty |
  WORD.care |
  WORD.eponymTail |
  WORD.street |
  WORD.state |
  WORD.country
/** What people do between two names: "SMITH CALLED JONES". */
const DOES =
  /^(?:and|or|nor|but|to|with|for|by|from|is|was|were|had|called|calls|paged|told|saw|said|says|asked|gave|notified|texted|covers?|covering|reports|denies|states|versus|vs|aka|via|re|cc)$/i
const ASKS = /^(?:see|ask|tell|meet|met|per|like|dear|in|on|at|of|no|not|so|if|as|an|the|a|my|all|new|re|may|can|do)$/
const CUE = WORD.patientCue | WORD.relation | WORD.clinicianCue | WORD.namedCue | WORD.title | WORD.clinicianTitle
const LONGEST_BRIDGE = 2

/**
 * Names whose words the stages found only in part: ordinary words between two found ones ("Niyol Many Horses"), behind a
 * lone one ("Kealii Looking Elk") and before one ("Takes Gun"). A name is one run of capitals; half of one tells the rest.
 */
export function joinNames(reading: Reading, found: readonly Candidate[]): Candidate[] {
  const others = markOthers(reading, found)
  const roles = markNames(reading, found, others)
  if (roles.size === 0) return []
  const faint = markFaint(reading, found)
  const joined: Candidate[] = []
  let reached = -1
  for (const [i, candidate] of roles) {
    if (i <= reached) continue
    let last = lastOfRun(i, roles)
    let first = i
    for (let next = bridgeFrom(reading, last, roles); next > last; next = bridgeFrom(reading, last, roles))
      last = lastOfRun(next, roles)
    const wordCount = last - first + 1
    if (!reading.isUpperCase && !reading.isLowerCase) {
      if (!roles.has(first - 1) && goesBefore(reading, first - 1)) first--
      last = growRight(reading, first, last, wordCount === 1 && first === i)
      if (
        !roles.has(first - 1) &&
        last - first < 2 &&
        isBeside(reading, first) &&
        isUpperPart(reading, first - 1, first)
      )
        first--
      if (last - first < 2 && isBeside(reading, last + 1) && isUpperPart(reading, last + 1, last)) last++
    } else {
      const isTyped = reading.isLowerCase && goesBeforeTyped(reading, first - 1)
      if (!roles.has(first - 1) && (isTyped || isTitled(reading, first - 1))) first--
    }
    while (!roles.has(first - 1) && isInitialBefore(reading, first - 1)) first--
    if (isAfterInitial(reading, last + 1)) last = lastOfRun(last + 1, roles)
    if (!roles.has(first - 1) && isInverted(reading, first - 1, first)) first--
    if (isInverted(reading, last, last + 1) || isCommaInitial(reading, last + 1)) last = lastOfRun(last + 1, roles)
    if (!roles.has(first - 1) && isBesideFaint(reading, faint, first - 1, first)) first--
    for (let at = 0; at < 2 && isBesideFaint(reading, faint, last + 1, last + 1); at++)
      last = lastOfRun(last + 1, roles)
    last = toEnd(reading, last)
    reached = last
    if (first === i && last === lastOfRun(i, roles)) continue
    // A date or an age inside would decide what becomes of all of it.
    if (Array.from({ length: last - first + 1 }, (_, at) => first + at).some((at) => others.has(at) && !roles.has(at)))
      continue
    joined.push({
      start: reading.tokens.start[first] ?? 0,
      end: reading.tokens.end[last] ?? 0,
      class: 'NAME',
      role: candidate.role,
      score: 0.6,
      source: 'name.joined',
    })
  }
  return joined
}

/** The tokens under what is no name, with how sure that is. */
function markOthers(reading: Reading, found: readonly Candidate[]): ReadonlyMap<number, number> {
  const others = new Map<number, number>()
  for (const one of found) {
    if (one.class === 'NAME' || one.class === 'INITIALS' || one.score < THRESHOLD) continue
    for (const i of tokensUnder(reading, one)) others.set(i, Math.max(one.score, others.get(i) ?? 0))
  }
  return others
}

/** The tokens under names that count, in order; what is as surely something else ("Dover" of a town) is no name's. */
function markNames(
  reading: Reading,
  found: readonly Candidate[],
  others: ReadonlyMap<number, number>,
): ReadonlyMap<number, Candidate> {
  const marked: [number, Candidate][] = []
  for (const candidate of found) {
    if (candidate.class !== 'NAME' || candidate.score < THRESHOLD) continue
    for (const i of tokensUnder(reading, candidate))
      if (candidate.score > (others.get(i) ?? 0)) marked.push([i, candidate])
  }
  return new Map(marked.toSorted(([a], [b]) => a - b))
}

/** The tokens of which a model says too little by themselves. */
function markFaint(reading: Reading, found: readonly Candidate[]): ReadonlySet<number> {
  const faint = new Set<number>()
  for (const one of found)
    if (one.class === 'NAME' && one.stage === 'tagger' && one.score < THRESHOLD)
      for (const i of tokensUnder(reading, one)) faint.add(i)
  return faint
}

/** "SERGEANT ROSE 45-15-88", "Bunning, Given C.": a word that a model half takes for a name, right beside a found one. */
function isBesideFaint(reading: Reading, faint: ReadonlySet<number>, i: number, gapOf: number): boolean {
  if (!faint.has(i)) return false
  const gap = gapAt(reading, gapOf)
  const isClose = gap === GAP.space || gap === (GAP.space | GAP.newline) || gap === (GAP.space | GAP.comma)
  if (!isClose && !isWrapped(reading, gapOf)) return false
  return (reading.isLowerCase || isCapital(reading, i)) && !DOES.test(wordAt(reading.tokens, i))
}

/** Shorter lines end where their writer ended them. */
const LEAST_LINE = 30

/** A line break that fell into a sentence stands before token i: the line before it is a long one. */
function isWrapped({ tokens }: Reading, i: number): boolean {
  if (i < 1 || i >= tokens.count || tokens.gap[i] !== GAP.newline) return false
  const end = tokens.end[i - 1] ?? 0
  return !tokens.text.slice(Math.max(0, end - LEAST_LINE), end).includes('\n') && end >= LEAST_LINE
}

function tokensUnder({ tokens }: Reading, { start, end }: Candidate): number[] {
  const under: number[] = []
  for (let i = firstTokenAt(tokens, start); i < tokens.count && (tokens.start[i] ?? 0) < end; i++) under.push(i)
  return under
}

function lastOfRun(i: number, roles: ReadonlyMap<number, Candidate>): number {
  let last = i
  while (roles.has(last + 1)) last++
  return last
}

/** Only a space, or the end of a wrapped line, stands before token i. */
function isBeside(reading: Reading, i: number): boolean {
  const gap = gapAt(reading, i)
  return i > 0 && i < reading.tokens.count && (gap === GAP.space || gap === (GAP.space | GAP.newline))
}

/** The found token that goes on a name behind one or two words not found, or `last`. */
function bridgeFrom(reading: Reading, last: number, roles: ReadonlyMap<number, Candidate>): number {
  for (let i = last + 1; i <= last + LONGEST_BRIDGE && isBeside(reading, i); i++) {
    if (!isInner(reading, i)) return last
    if (roles.has(i + 1)) return isBeside(reading, i + 1) && isCapital(reading, i + 1) ? i + 1 : last
  }
  return last
}

/** May stand between two words of a name. */
function isInner(reading: Reading, i: number): boolean {
  if (INNER.has(reading.tokens.hashA[i] ?? 0)) return true
  if (DOES.test(wordAt(reading.tokens, i)) || isWord(reading, i, NEVER)) return false
  if (shapeAt(reading, i) >= SHAPE.digits) return false
  // Where nobody typed capitals, or nothing else, any word could go on.
  if (reading.isLowerCase) return false
  if (!isCapital(reading, i)) return false
  const shape = shapeAt(reading, i)
  return reading.isUpperCase || shape === SHAPE.title || shape === shapeAt(reading, i - 1)
}

/** A capital inside a sentence right before a name: "appendicitis, Takes Gun"; "St." of "St. Rutledge". */
function goesBefore(reading: Reading, i: number): boolean {
  if (i < 0) return false
  if (wordAt(reading.tokens, i) === 'St' && gapAt(reading, i + 1) === (GAP.space | GAP.period))
    return !isCapital(reading, i - 1) || startsSentence(reading, i) || startsSentence(reading, i - 1)
  if (!isBeside(reading, i + 1) || shapeAt(reading, i) !== SHAPE.title || isWord(reading, i, NEVER)) return false
  // "Dat Lopez", "Man Kim": a given name that is an ordinary word, wherever it stands.
  if (isGivenWord(reading, i)) return true
  if (startsSentence(reading, i)) return false
  // "By To Tai": a small word with a capital among words without one.
  if (isWord(reading, i, WORD.stop))
    return isListedName(reading, i) && shapeAt(reading, i - 1) === SHAPE.lower && gapAt(reading, i) === GAP.space
  return isPlainTitle(reading, i) && !VERBS.has(wordAt(reading.tokens, i).toLowerCase())
}

/** An ordinary word that is a given name too, and neither a verb nor a preposition that may begin a sentence. */
function isGivenWord(reading: Reading, i: number): boolean {
  const word = wordAt(reading.tokens, i).toLowerCase()
  return (listedAt(reading, i) & LISTED.first) !== 0 && !DOES.test(word) && !VERBS.has(word) && !ASKS.test(word)
}

/** "patient man dinh", "this is an quach": the same where nobody typed capitals, behind who it is. */
function goesBeforeTyped(reading: Reading, i: number): boolean {
  if (i < 1 || !isBeside(reading, i + 1) || isWord(reading, i, NEVER) || !isGivenWord(reading, i)) return false
  return isWord(reading, i - 1, CUE) || /^is$/i.test(wordAt(reading.tokens, i - 1))
}

/** Further capitals behind a lone word of a name, and behind one that a name's sentence goes on with. */
function growRight(reading: Reading, first: number, from: number, isLone: boolean): number {
  let last = from
  if (
    (isLone || isPredicate(reading, last) || isWord(reading, last + 2, WORD.credential)) &&
    isBeside(reading, last + 1) &&
    isPlainTitle(reading, last + 1) &&
    !isLabel(reading, last + 1)
  )
    last++
  // "Comes at Night": a small word and an ordinary one.
  if (
    last > first &&
    isPredicate(reading, last) &&
    isBeside(reading, last + 1) &&
    isBeside(reading, last + 2) &&
    INNER.has(reading.tokens.hashA[last + 1] ?? 0) &&
    shapeAt(reading, last + 2) === SHAPE.title &&
    !isWord(reading, last + 2, NEVER & ~(WORD.care | WORD.specialty)) &&
    (listedAt(reading, last + 2) & (LISTED.city | LISTED.hospital)) === 0
  )
    last += 2
  return last
}

/** A word of the language that is no given name: "Comes", "Many". The list of surnames holds nearly every word. */
function isPredicate(reading: Reading, i: number): boolean {
  const isOrdinary = (listedAt(reading, i) & LISTED.safe) !== 0 || isWord(reading, i, WORD.stop)
  return isOrdinary && ((listedAt(reading, i) & LISTED.first) === 0 || isWord(reading, i, WORD.stop))
}

function isListedName(reading: Reading, i: number): boolean {
  return (listedAt(reading, i) & (LISTED.first | LISTED.surname)) !== 0
}

/** "plenty coups, rn", "MANY HORSES (DOB", "SELF (C8811367)", "counts, may 26": what stands right behind a whole name. */
const BEHIND =
  /^(?:,? \(?(?:DOB|D\.O\.B|MRN|born|date of birth)\b| ?\(#?[A-Z]{0,4}-?\d{5,}|,? [A-Z]{0,4}-?\d{5,}|,? \d{2,4}-\d{2,4}-\d{2,5}\b|, (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d|, \d{1,4}[/-]\d)/i
/** What names the number behind it: "Kim Job Number 482910". */
const LABEL =
  /^(?:number|no|id|record|job|code|account|acct|member|policy|claim|order|case|chart|phone|fax|ext|unit|room|bed)$/i
const BEHIND_WIDTH = 24
const LONGEST_TAIL = 3

/** Words between a found name and what stands right behind whole names. */
function toEnd(reading: Reading, last: number): number {
  const { text, end } = reading.tokens
  const isMixed = !reading.isUpperCase && !reading.isLowerCase
  const goesOn = (i: number): boolean =>
    isBeside(reading, i) || (i === last + 1 && (isAfterLetter(reading, i) || isWrapped(reading, i)))
  for (let i = last + 1; i <= last + LONGEST_TAIL && goesOn(i); i++) {
    const isSmall = INNER.has(reading.tokens.hashA[i] ?? 0)
    // "ACHILLES GRADE, RN": right between the two any word that lists know as a name.
    const isBetween = i === last + 1 && isListedName(reading, i)
    if (!isSmall && isWord(reading, i, isBetween ? NEVER & ~(WORD.eponymTail | WORD.relation) : NEVER | WORD.stop))
      return last
    if (DOES.test(wordAt(reading.tokens, i)) || shapeAt(reading, i) >= SHAPE.digits) return last
    if (LABEL.test(wordAt(reading.tokens, i)) || (isMixed && !isSmall && !isCapital(reading, i))) return last
    if (isSmall) continue
    if (isDegreeBehind(reading, i + 1) || BEHIND.test(text.slice(end[i] ?? 0, (end[i] ?? 0) + BEHIND_WIDTH))) return i
  }
  return last
}

/** "T.A. Partner RN": right behind an initial with its full stop. */
function isAfterLetter(reading: Reading, i: number): boolean {
  return i > 0 && i < reading.tokens.count && isLetter(reading, i - 1) && gapAt(reading, i) === (GAP.space | GAP.period)
}

/** "dr. takes gun": one word between a title and a found name. */
function isTitled(reading: Reading, i: number): boolean {
  if (i < 1 || !isBeside(reading, i + 1) || isWord(reading, i, NEVER | WORD.stop)) return false
  if (DOES.test(wordAt(reading.tokens, i)) || VERBS.has(wordAt(reading.tokens, i).toLowerCase())) return false
  return (
    isWord(reading, i - 1, WORD.title | WORD.clinicianTitle) && (gapAt(reading, i) & ~(GAP.space | GAP.period)) === 0
  )
}

const BEFORE_INITIAL: ReadonlySet<number> = new Set(
  ['by', 'to', 'from', 'with', 'per', 'and', 'of', 'cc', 'for', 'via', 're', 'attn'].map((word) => hashPhrase(word).a),
)

/** "Okafor, M. had a scan". */
function isCommaInitial(reading: Reading, i: number): boolean {
  const isLast = i < reading.tokens.count && gapAt(reading, i) === (GAP.space | GAP.comma)
  return isLast && isCapital(reading, i - 1) && shapeAt(reading, i) === SHAPE.initial && isLetter(reading, i)
}

/** "POOL, CHIOMA" among words that are no capitals: both are the name's where one was found. */
function isInverted(reading: Reading, i: number, j: number): boolean {
  if (reading.isUpperCase || i < 0 || j >= reading.tokens.count || gapAt(reading, j) !== (GAP.space | GAP.comma))
    return false
  if (i > 0 && isBeside(reading, i) && shapeAt(reading, i - 1) === SHAPE.upper) return false
  return [i, j].every(
    (at) =>
      shapeAt(reading, at) === SHAPE.upper &&
      wordAt(reading.tokens, at).length > 2 &&
      !isWord(reading, at, NEVER | WORD.stop | WORD.protect) &&
      (isListedName(reading, at) || listedAt(reading, at) === 0) &&
      !ABBREVIATIONS.has(wordAt(reading.tokens, at)),
  )
}

/** "TRULY KNOW, PharmD", "SENNA GRADE RN": the other of two words in capitals among words without. */
function isUpperPart(reading: Reading, i: number, found: number): boolean {
  if (i < 0 || shapeAt(reading, i) !== SHAPE.upper || shapeAt(reading, found) !== SHAPE.upper) return false
  const word = wordAt(reading.tokens, i)
  return (
    word.length > 2 &&
    isListedName(reading, i) &&
    !isWord(reading, i, (NEVER & ~WORD.relation) | WORD.protect) &&
    !DOES.test(word) &&
    !LABEL.test(word) &&
    !ABBREVIATIONS.has(word)
  )
}

/** A letter with its full stop, and nothing between that and the next word but a blank. */
function isLetter({ tokens }: Reading, i: number): boolean {
  if (i < 0 || (tokens.end[i] ?? 0) - (tokens.start[i] ?? 0) !== 1 || (tokens.shape[i] ?? 0) >= SHAPE.digits)
    return false
  const gap = i + 1 < tokens.count ? (tokens.gap[i + 1] ?? 0) : GAP.newline
  return (gap & GAP.period) !== 0 && (gap & ~(GAP.period | GAP.space)) === 0
}

/** "to: a. song", "by J. T. Pool": an initial before a found name, where what stands before it lets one begin. */
function isInitialBefore(reading: Reading, i: number): boolean {
  if (!isLetter(reading, i)) return false
  const gap = gapAt(reading, i)
  if (i === 0 || (gap & (GAP.newline | GAP.other)) !== 0 || isWord(reading, i - 1, CUE)) return true
  return BEFORE_INITIAL.has(reading.tokens.hashA[i - 1] ?? 0) && gap === GAP.space
}

/** "mrs. z. sample": the word behind an initial that was found. */
function isAfterInitial(reading: Reading, i: number): boolean {
  if (i >= reading.tokens.count || !isLetter(reading, i - 1) || shapeAt(reading, i) >= SHAPE.digits) return false
  if (isLetter(reading, i) || (!reading.isLowerCase && !isCapital(reading, i))) return false
  return mayBeNamed(reading, i) || (listedAt(reading, i) === 0 && wordAt(reading.tokens, i).length > 2)
}

/** An ordinary word with a capital of its own. */
function isPlainTitle(reading: Reading, i: number): boolean {
  const { tokens } = reading
  if (i >= tokens.count || shapeAt(reading, i) !== SHAPE.title || isWord(reading, i, NEVER | WORD.protect)) return false
  if (DOES.test(wordAt(tokens, i)) || LABEL.test(wordAt(tokens, i))) return false
  return !isWord(reading, i, WORD.stop) || isListedName(reading, i)
}

/** "Maria Lopez Phone: 555": what follows names the next field. */
function isLabel({ tokens }: Reading, i: number): boolean {
  return /^\s?[:=#|]/.test(tokens.text.slice(tokens.end[i] ?? 0, (tokens.end[i] ?? 0) + 2))
}
