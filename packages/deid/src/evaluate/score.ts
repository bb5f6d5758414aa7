import type { GoldDocument, GoldSpan, Place } from './gold.ts'
import { isClinicalWord, WORDS } from './words.ts'

/** A place that would be changed, and into what. */
export interface Predicted extends Place {
  readonly class?: string | undefined
  readonly replacement?: string | undefined
}

/** What one document came to. Letters and digits are counted by UTF-16 unit. */
export interface DocumentScore {
  readonly caught: readonly GoldSpan[]
  readonly missed: readonly GoldSpan[]
  /** Spans whose words no longer occur literally in the released text: the forgiving metric of others. */
  readonly verbatimGone: number
  /** A negative that counts: without an element that Safe Harbor removes. */
  readonly isNegative: boolean
  readonly isUncountedNegative: boolean
  readonly isChanged: boolean
  readonly rightCharacters: number
  readonly wrongCharacters: number
  /** Words: marked and changed, unmarked and changed, marked and left. */
  readonly rightWords: number
  readonly wrongWords: number
  readonly missedWords: number
  /** Unmarked words, and those of them that carry clinical content, with how many were changed. */
  readonly otherWords: number
  readonly clinicalWords: number
  readonly touchedClinicalWords: number
  /** `GOLD>PREDICTED` of caught spans. */
  readonly classes: readonly string[]
}

export interface ScoreOptions {
  /** Of a NAME, a leading title may stay (default true): "Dr." identifies nobody. */
  readonly ignoresHonorifics?: boolean | undefined
}

const MARKED = 1
/** Marked, but the law lets it stay: neither hit nor miss. */
const EITHER = 2

const ALPHANUMERIC = /[\p{L}\p{N}]/u
const HONORIFIC = /^(?:(?:dr|mr|mrs|ms|miss|prof|sr|sra|rn|np)\.?\s+)+/i
const SEASON = '(?:spring|summer|fall|autumn|winter)'
/** Elements of dates, and ages of 90 and more, in texts that a corpus calls free of identifiers: 164.514(b)(2)(i)(C). */
const REMOVED_BY_LAW = new RegExp(
  [
    '\\b(?:jan(?:uary)?|feb(?:ruary)?|march|april|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?\\s+(?:\\d|of\\b)',
    '\\bmay\\s+(?:\\d|of\\b)',
    `\\b(?:last|this|next|early|late|in|since)\\s+${SEASON}\\b`,
    `\\b${SEASON}\\s+(?:of\\s+)?\\d{4}`,
    '\\b(?:9\\d|1[01]\\d)[- ]?(?:year|yo\\b|y\\/o)',
  ].join('|'),
  'i',
)

/** Scores what would be changed in one document against what an annotator marked. */
export function scoreDocument(
  document: GoldDocument,
  predicted: readonly Predicted[],
  { ignoresHonorifics = true }: ScoreOptions = {},
): DocumentScore {
  const { text, spans } = document
  const scored = spans.filter((span) => span.class !== undefined)
  const changed = new Uint8Array(text.length)
  for (const { start, end } of predicted) changed.fill(1, start, end)
  const marked = markGold(text.length, spans)
  const isCaught = (span: GoldSpan): boolean => isCovered(text, span, changed, ignoresHonorifics)
  const caught = scored.filter(isCaught)
  const mayNotCount = document.isNegative && REMOVED_BY_LAW.test(text)
  const released = predicted.length === 0 ? text : release(text, predicted)
  return {
    caught,
    missed: scored.filter((span) => !caught.includes(span)),
    verbatimGone: scored.filter((span) => !released.includes(surfaceOf(text, span))).length,
    isNegative: document.isNegative && !mayNotCount,
    isUncountedNegative: mayNotCount,
    isChanged: predicted.some((place) => !isEither(marked, place)),
    ...countCharacters(document, changed, marked),
    ...countWords(text, changed, marked),
    classes: caught.map((span) => `${span.class}>${findClass(span, predicted)}`),
  }
}

function markGold(length: number, spans: readonly GoldSpan[]): Uint8Array {
  const marked = new Uint8Array(length)
  // What must go prevails over what may stay.
  for (const value of [EITHER, MARKED]) {
    for (const { parts, class: phiClass } of spans) {
      if ((phiClass === undefined ? EITHER : MARKED) !== value) continue
      for (const { start, end } of parts) marked.fill(value, start, end)
    }
  }
  return marked
}

function isCovered(text: string, span: GoldSpan, changed: Uint8Array, ignoresHonorifics: boolean): boolean {
  const [first] = span.parts
  const title =
    ignoresHonorifics && span.class === 'NAME' && first !== undefined
      ? (HONORIFIC.exec(text.slice(first.start, first.end))?.[0].length ?? 0)
      : 0
  return span.parts.every(({ start, end }, index) => {
    for (let i = index === 0 ? start + title : start; i < end; i++) {
      if (changed[i] !== 1 && ALPHANUMERIC.test(text.charAt(i))) return false
    }
    return true
  })
}

function isEither(marked: Uint8Array, { start, end }: Place): boolean {
  for (let i = start; i < end; i++) if (marked[i] !== EITHER) return false
  return end > start
}

function countCharacters(
  { text, isNegative }: GoldDocument,
  changed: Uint8Array,
  marked: Uint8Array,
): Pick<DocumentScore, 'rightCharacters' | 'wrongCharacters'> {
  let [rightCharacters, wrongCharacters] = [0, 0]
  if (isNegative) return { rightCharacters, wrongCharacters }
  for (let i = 0; i < text.length; i++) {
    if (changed[i] !== 1 || marked[i] === EITHER || !ALPHANUMERIC.test(text.charAt(i))) continue
    if (marked[i] === MARKED) rightCharacters++
    else wrongCharacters++
  }
  return { rightCharacters, wrongCharacters }
}

function countWords(
  text: string,
  changed: Uint8Array,
  marked: Uint8Array,
): Pick<
  DocumentScore,
  'rightWords' | 'wrongWords' | 'missedWords' | 'otherWords' | 'clinicalWords' | 'touchedClinicalWords'
> {
  const count = { rightWords: 0, wrongWords: 0, missedWords: 0 }
  let [otherWords, clinicalWords, touchedClinicalWords] = [0, 0, 0]
  for (const { 0: word, index } of text.matchAll(WORDS)) {
    const end = index + word.length
    let [isMarked, isChanged, isFree] = [false, false, false]
    for (let i = index; i < end; i++) {
      if (marked[i] === MARKED) isMarked = true
      if (marked[i] === EITHER) isFree = true
      if (changed[i] === 1) isChanged = true
    }
    if (isMarked) count[isChanged ? 'rightWords' : 'missedWords']++
    if (isMarked || isFree) continue
    otherWords++
    if (isChanged) count.wrongWords++
    if (!isClinicalWord(word, text.slice(end, end + 8))) continue
    clinicalWords++
    if (isChanged) touchedClinicalWords++
  }
  return { ...count, otherWords, clinicalWords, touchedClinicalWords }
}

function release(text: string, predicted: readonly Predicted[]): string {
  let [released, at] = ['', 0]
  for (const { start, end, replacement = '[]' } of predicted.toSorted((a, b) => a.start - b.start)) {
    if (end <= at) continue
    released += text.slice(at, Math.max(at, start)) + replacement
    at = end
  }
  return released + text.slice(at)
}

function surfaceOf(text: string, { start, end }: GoldSpan): string {
  return text.slice(start, end)
}

/** The class of what covers most of a span. */
function findClass(span: GoldSpan, predicted: readonly Predicted[]): string {
  let [best, most] = ['?', 0]
  for (const one of predicted) {
    const shared = Math.min(span.end, one.end) - Math.max(span.start, one.start)
    if (shared > most) [best, most] = [one.class ?? '?', shared]
  }
  return best
}
