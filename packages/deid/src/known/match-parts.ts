import { LISTED } from '../gazetteer/gazetteer.ts'
import { WORD } from '../detect/lexicon/words.ts'
import { NOT_NAME } from '../detect/name-parts.ts'
import type { Candidate } from '../detect/patterns/pattern.ts'
import { gapAt, isCapital, isWord, listedAt, type Reading, shapeAt, startsSentence, wordAt } from '../detect/reading.ts'
import { GAP, SHAPE } from '../detect/tokens.ts'
import { countBits, isWithin, toLetterBits, toSkeleton } from './distance.ts'
import type { KnownIndex, Part } from './index-known.ts'

/** What persons do in notes, and the ordinary words that are names too do not. */
const ACTS =
  /^ (?:denies|denied|reports|reported|states|stated|says|said|came|presents|presented|lives|lived|returned|called|complains|endorses|endorsed|underwent|tolerated|agrees|agreed|feels|felt|takes|took|asked|understands|verbalized|is (?:an? (?:\w{3,12} )?\d|allergic|on day|on \w+ day|asleep|awake|alert)|looks|walks|also takes|has had|goes by|was (?:seen|admitted|referred|evaluated|born|discharged|examined|transferred|counseled|given)|has (?:a history|been|had|no known)|had (?:a|an|no|his|her|nausea|chills|confusion|pain)\b|will (?:return|call|follow))\b/i
/** Whom one speaks with. */
const SPOKEN_TO =
  /\b(?:spoke|speaking|talked|talking|met) (?:with|to) $|\b(?:told|asked|dear|for patient|patient is) $/i
const AHEAD = 24
const IN_TIME_OR_PLACE = /^(?:in|since|of|during|last|this|next|by|until|from|to|near|at|late|early|mid|every)$/i
const CUE = WORD.title | WORD.clinicianTitle | WORD.patientCue | WORD.relation | WORD.namedCue

/** Scripts in which two signs are a word: Chinese, Japanese, Korean. */
const IDEOGRAPHS = /^[\u2e80-\ud7a3\uf900-\ufaff]+$/

/** How good a token's agreement with a name's word is. */
const HIT = { none: 0, sure: 1, needsContext: 2, needsNeighbour: 3 } as const

interface Hits {
  readonly kinds: Uint8Array
  readonly parts: (Part | undefined)[]
  /** Whether a known name has small words in it, which may be mistyped too. */
  readonly hasParticles: boolean
  /** With what the known given names begin. */
  readonly givenLetters: ReadonlySet<string>
  readonly letters: ReadonlySet<string>
}

/** Words of known names by themselves: exact or with a typing or scanning error, where they can be meant. */
export function matchParts(reading: Reading, index: KnownIndex): Candidate[] {
  const found: Candidate[] = []
  if (index.parts.length === 0) return found
  const { tokens } = reading
  const hits: Hits = {
    kinds: new Uint8Array(tokens.count),
    parts: [],
    hasParticles: index.parts.some(({ particles }) => particles.length > 0),
    givenLetters: new Set(index.parts.flatMap(({ text, isFamily }) => (isFamily ? [] : [text.charAt(0)]))),
    letters: new Set(index.parts.map(({ text }) => text.charAt(0))),
  }
  for (let i = 0; i < tokens.count; i++) if (shapeAt(reading, i) !== SHAPE.digits) judge(reading, i, index, hits)
  for (let i = 0; i < tokens.count; i++) {
    const part = hits.parts[i]
    if (!part || !isMeant(reading, i, hits)) continue
    const isExact = hits.kinds[i] === HIT.sure
    found.push({
      start: withInitials(reading, firstOf(reading, i, part), part, hits),
      end: tokens.end[lastOf(reading, i, part, index)] ?? 0,
      class: part.class,
      role: part.role,
      score: isExact ? 0.9 : 0.75,
      source: isExact ? 'known.part' : 'known.part-in-context',
      stage: 'known',
    })
  }
  return found
}

/** The small words before a family name, themselves mistyped or not: "de qa Cruz". */
function firstOf(reading: Reading, i: number, { particles }: Part): number {
  let first = i
  for (const particle of particles.toReversed()) {
    const word = wordAt(reading.tokens, first - 1).toLowerCase()
    if (first === 0 || (gapAt(reading, first) & ~(GAP.space | GAP.period)) !== 0 || !isWithin(word, particle, 1)) break
    first--
  }
  return first
}

const INITIALS_BEFORE = /(?<![\p{L}\p{N}])(?:\p{L}\. ?){1,3}$/u
const INITIALS_WIDTH = 10

/** Where initials right before a family name begin: "M.I. Villarreal", whatever the record says of a second name. */
function withInitials({ tokens }: Reading, first: number, { isFamily }: Part, { letters }: Hits): number {
  const start = tokens.start[first] ?? 0
  const initials = INITIALS_BEFORE.exec(tokens.text.slice(Math.max(0, start - INITIALS_WIDTH), start))
  if (initials === null) return start
  // Records hold names of the East in either order: "K.S. Jung" where Jung is written down as the given name.
  const isHis = isFamily || letters.has(initials[0].charAt(0).toLowerCase())
  return isHis ? start - initials[0].length : start
}

/** A given name's last token: with the initial of a family name behind it, "Maria L.". */
function lastOf(reading: Reading, i: number, { isFamily }: Part, { parts }: KnownIndex): number {
  const { text, end } = reading.tokens
  if (isFamily || shapeAt(reading, i + 1) !== SHAPE.initial || gapAt(reading, i + 1) !== GAP.space) return i
  const isDotted = text.charAt(end[i + 1] ?? 0) === '.'
  const letter = wordAt(reading.tokens, i + 1).toLowerCase()
  return isDotted && parts.some((part) => part.isFamily && part.text.startsWith(letter)) ? i + 1 : i
}

function judge(reading: Reading, i: number, index: KnownIndex, { kinds, parts }: Hits): void {
  const word = wordAt(reading.tokens, i).toLowerCase().replaceAll("'", '')
  const whole = judgeWord(reading, i, word.replaceAll('-', ''), index)
  const pieces = word.includes('-') ? word.split('-').map((piece) => judgeWord(reading, i, piece, index)) : []
  const [best] = [whole, ...pieces].filter((hit) => hit.kind !== HIT.none).toSorted((a, b) => a.kind - b.kind)
  if (!best) return
  kinds[i] = best.kind
  parts[i] = best.part
}

interface Hit {
  readonly kind: number
  readonly part?: Part
}

const NO_HIT: Hit = { kind: HIT.none }

function judgeWord(reading: Reading, i: number, word: string, index: KnownIndex): Hit {
  const exact = index.partOf.get(word)
  if (exact) {
    const least = IDEOGRAPHS.test(word) ? 2 : 3
    const isShort = word.length < least || (word.length === 3 && least > 2 && shapeAt(reading, i) === SHAPE.lower)
    const isSure = !exact.isOrdinary && (!isShort || shapeAt(reading, i) === SHAPE.title)
    return { kind: isSure ? HIT.sure : HIT.needsContext, part: exact }
  }
  if (isWord(reading, i, NOT_NAME | WORD.credential)) return NO_HIT
  const near = nearest(word, index.parts)
  if (!near) return NO_HIT
  const isOther = (listedAt(reading, i) & LISTED.safe) !== 0 || isWord(reading, i, WORD.protect)
  if (near.text.length < 5) {
    // A lower-case leftover of a short name, "im" of Kim: no word of the language that is longer.
    const isWordOfText = isOther && !isRaised(reading, i) && word.length > 2
    return isWordOfText ? NO_HIT : { kind: HIT.needsNeighbour, part: near }
  }
  // "0konkw0": digits among letters are a scanner's.
  const isScanned = shapeAt(reading, i) === SHAPE.alphanumeric && toSkeleton(word) === near.skeleton
  const isSure = isScanned || (isCapital(reading, i) && !isOther && !near.isOrdinary)
  return { kind: isSure ? HIT.sure : HIT.needsContext, part: near }
}

/** Edit distance 0 under 5 letters, 1 up to 7, 2 from 8 on; under 5, one letter where a neighbour speaks for it. */
function nearest(word: string, parts: readonly Part[]): Part | undefined {
  const bits = toLetterBits(word)
  const skeleton = toSkeleton(word)
  let short: Part | undefined
  for (const part of parts) {
    const { length } = part.text
    const most = length > 7 ? 2 : 1
    if (Math.abs(length - word.length) > most) continue
    if (skeleton === part.skeleton) return part
    if (countBits(bits ^ part.bits) > 2 * most) continue
    if (!isWithin(word, part.text, most) && !isWithin(skeleton, part.skeleton, most)) continue
    if (length > 4) return part
    short ??= part
  }
  return short
}

/** Whether the word at i stands for the person: a patient called Long must not blank every "long". */
function isMeant(reading: Reading, i: number, hits: Hits): boolean {
  const kind = hits.kinds[i]
  if (kind === HIT.none) return false
  if (isWord(reading, i + 1, WORD.eponymTail) && isWord(reading, i, WORD.protect)) return false
  if (kind === HIT.sure) return true
  if (hasNeighbour(reading, i, hits) || isInitialled(reading, i, hits)) return true
  if (kind === HIT.needsNeighbour) return false
  return isCued(reading, i) || isPlaced(reading, i, hits) || isDoing(reading, i, hits) || standsAlone(reading, i)
}

/** "X.A. Ng": the initial of a known given name before a family name that is an ordinary word or short. */
function isInitialled({ tokens }: Reading, i: number, { parts, givenLetters }: Hits): boolean {
  const start = tokens.start[i] ?? 0
  if (parts[i]?.isFamily !== true) return false
  const initials = INITIALS_BEFORE.exec(tokens.text.slice(Math.max(0, start - INITIALS_WIDTH), start))
  return initials !== null && givenLetters.has(initials[0].charAt(0).toLowerCase())
}

/** A label that says what stands behind it: "Last name: long", `"family":"Long"`, `"given":["May"]`. */
const NAME_LABEL =
  /(?:\b(?:last|first|family|given|middle|maiden|birth|sur|nick|patient|preferred)[ _-]?names?["']?|["'](?:family|given|surname)["'])\s{0,2}[:=]\s{0,2}\[?\s{0,2}["']?$/i
/** A label of a whole line, behind which a name stands by itself: "Re: Graves - cirrhosis". */
const LINE_LABEL = /(?:^|\n)[ \t>*]{0,4}(?:re|subject|patient|pt|name|resident|client)[ \t*]{0,3}:[ \t*]{0,3}$/i
/** `"name":"Long"` and nothing more. */
const WHOLE_VALUE = /["'](?:name|text|patient|display)["']\s{0,2}:\s{0,2}["']$/i
const LABEL_WIDTH = 28
/** What a person's name alone is followed by: an age, "Fields, 53, postal worker", or itself in full, "Jet (Jet Fairman)". */
const AGED = /^,? \(?\d{1,3}(?:,| ?-?y[/. ]?o\b| ?-?years?\b| ?[mf]\b)/i
const IN_FULL = /^ \($/

/** What stands around the word says that it is a name: a label, its bearer's age, the whole name in brackets, a signature. */
function isPlaced(reading: Reading, i: number, { parts }: Hits): boolean {
  const { text, start, end, count } = reading.tokens
  const [from, to] = [start[i] ?? 0, end[i] ?? 0]
  const before = text.slice(Math.max(0, from - LABEL_WIDTH), from)
  const after = text.slice(to, to + AHEAD)
  if (NAME_LABEL.test(before) || (WHOLE_VALUE.test(before) && /^["']/.test(after))) return true
  if (!isRaised(reading, i) && !reading.isLowerCase) return false
  if (LINE_LABEL.test(before) && !/^ \p{L}/u.test(after)) return true
  if (AGED.test(after) && startsSentence(reading, i)) return true
  if (IN_FULL.test(text.slice(to, start[i + 1] ?? to)) && parts[i + 1]) return true
  return i > 0 && i + 1 === count && (gapAt(reading, i) & GAP.newline) !== 0 && !/[:=]/.test(after)
}

/** A title, a role or a label right before it; the word itself may be in lower case. */
function isCued(reading: Reading, i: number): boolean {
  const gap = gapAt(reading, i) & ~(GAP.space | GAP.period | GAP.comma)
  if (i === 0 || !isWord(reading, i - 1, CUE)) return false
  const isLabel = /^: {0,2}$/.test(
    reading.tokens.text.slice(reading.tokens.end[i - 1] ?? 0, reading.tokens.start[i] ?? 0),
  )
  // "Patient: Will it hurt?": what is said begins with a verb.
  if (isLabel && isWord(reading, i, WORD.stop) && shapeAt(reading, i + 1) === SHAPE.lower) return false
  return (gap === 0 || isLabel) && (isCapital(reading, i) || isWord(reading, i - 1, WORD.title))
}

/** Another word of the same people's names beside it, over a comma, an initial or nothing. */
function hasNeighbour(reading: Reading, i: number, hits: Hits): boolean {
  for (const step of [-1, 1]) {
    let j = i + step
    const isPassed = (at: number): boolean =>
      hits.parts[at] === undefined &&
      (shapeAt(reading, at) === SHAPE.initial || (hits.hasParticles && isShort(reading, at)))
    while (Math.abs(j - i) < 4 && isPassed(j)) j += step
    const other = hits.parts[j]
    if (!other || other === hits.parts[i]) continue
    const isNear = Array.from({ length: Math.abs(j - i) }, (_, at) => Math.min(i, j) + at + 1).every(
      (at) => (gapAt(reading, at) & ~(GAP.space | GAP.comma | GAP.period | GAP.hyphen)) === 0,
    )
    if (!isNear) continue
    if (other.isFamily === hits.parts[i]?.isFamily) {
      // "Sung Hyun-jung pyo": several given names of which one says whose they are.
      if (
        Math.abs(j - i) === 1 &&
        hits.kinds[j] === HIT.sure &&
        other.class === 'NAME' &&
        isRaisedOrShort(reading, i, hits)
      )
        return true
      continue
    }
    if (hits.kinds[j] === HIT.sure) return true
    const raised = Number(isRaised(reading, i)) + Number(isRaised(reading, j))
    const isLong = Math.max(hits.parts[i]?.text.length ?? 0, other.text.length) > 4
    if (raised + Number(isLong) > 1 && raised > 0 && !reading.isUpperCase) return true
  }
  return false
}

function isShort(reading: Reading, i: number): boolean {
  return i >= 0 && i < reading.tokens.count && wordAt(reading.tokens, i).length < 5
}

/** A short word of the name that no list of ordinary words holds, with what only persons do: "lal had nausea". */
function isDoing({ tokens }: Reading, i: number, { parts }: Hits): boolean {
  if (parts[i]?.isOrdinary !== false) return false
  const [from, to] = [tokens.start[i] ?? 0, tokens.end[i] ?? 0]
  return (
    ACTS.test(tokens.text.slice(to, to + AHEAD)) ||
    SPOKEN_TO.test(tokens.text.slice(Math.max(0, from - LABEL_WIDTH), from))
  )
}

function isRaisedOrShort(reading: Reading, i: number, { parts }: Hits): boolean {
  return isRaised(reading, i) || parts[i]?.isOrdinary === false
}

/** A capital anywhere in the word: "kBrown" is a slip. */
function isRaised(reading: Reading, i: number): boolean {
  return shapeAt(reading, i) !== SHAPE.lower
}

/** An ordinary word with a capital that neither a sentence's start, a heading, a date nor a place explains. */
function standsAlone(reading: Reading, i: number): boolean {
  if (reading.isUpperCase || reading.isLowerCase || shapeAt(reading, i) !== SHAPE.title) return false
  if (wordAt(reading.tokens, i).length < 2) return false
  const { text, end } = reading.tokens
  const acts = ACTS.test(text.slice(end[i] ?? 0, (end[i] ?? 0) + AHEAD))
  const owns = (gapAt(reading, i + 1) & GAP.possessive) !== 0
  if (owns || startsSentence(reading, i)) return acts || owns
  const isCalendar = isWord(reading, i, WORD.calendar | WORD.state | WORD.country)
  if (isCalendar && (IN_TIME_OR_PLACE.test(wordAt(reading.tokens, i - 1)) || shapeAt(reading, i + 1) === SHAPE.digits))
    return false
  const isHeading = isCapital(reading, i + 1) && gapAt(reading, i + 1) === GAP.space
  const isBehindCapital = isCapital(reading, i - 1) && gapAt(reading, i) === GAP.space && !isWord(reading, i - 1, CUE)
  return !isHeading && !isBehindCapital
}
