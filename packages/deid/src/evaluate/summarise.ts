import { boundShare } from './bounds.ts'
import type { Bounds } from './bounds.ts'
import type { GoldDocument, GoldSpan } from './gold.ts'
import { letterOf } from './letters.ts'
import type { DocumentScore } from './score.ts'

/** A share with its count and exact 95 % bounds. */
export interface Share {
  readonly of: number
  readonly count: number
  /** 0 to 1; null of nothing. */
  readonly share: number | null
  readonly bounds: Bounds
  /** One-sided 95 %: at least this much. */
  readonly atLeast: number
  readonly atMost: number
}

/** How spans may be grouped. */
export const DIMENSIONS = [
  'letter',
  'class',
  'role',
  'kind',
  'group',
  'format',
  'formats',
  'noise',
  'source',
  'template',
  'label',
] as const
export type Dimension = (typeof DIMENSIONS)[number]

export interface Row extends Share {
  readonly name: string
}

export interface Evaluation {
  readonly documents: number
  /** Spans whose every letter and digit is covered. */
  readonly full: Share
  /** Documents with identifiers of which none is missed. */
  readonly perfect: Share
  readonly verbatim: Share
  /** Negatives that were changed at all: less is better. */
  readonly over: Share
  readonly negativesNotCounted: number
  /** Of the letters and digits changed in documents with identifiers, those that lie in marked spans. */
  readonly characterPrecision: number | null
  /** Of words, recall weighing four times as much as precision. */
  readonly wordF2: number | null
  /** `full` as recall with `characterPrecision`. */
  readonly strictF2: number | null
  /** Of unmarked words with clinical content, those that stay. */
  readonly clinicalRetention: Share
  /** Of all unmarked words, those that stay. */
  readonly retention: Share
  /** By dimension: worst first. */
  readonly by: Readonly<Partial<Record<Dimension, readonly Row[]>>>
  /** `GOLD>PREDICTED` of caught spans whose class is another, most frequent first. */
  readonly confusion: readonly (readonly [string, number])[]
}

/** Adds up scored documents; nothing of their text is kept. */
export interface Summary {
  add(document: GoldDocument, score: DocumentScore): void
  result(): Evaluation
}

const NONE = '-'
const TOTALS = [
  'documents',
  'spans',
  'caught',
  'withPhi',
  'perfect',
  'verbatim',
  'negatives',
  'changed',
  'notCounted',
  'rightCharacters',
  'wrongCharacters',
  'rightWords',
  'wrongWords',
  'missedWords',
  'otherWords',
  'clinicalWords',
  'touchedClinical',
] as const

export function createSummary(dimensions: readonly Dimension[] = ['class']): Summary {
  const totals = Object.fromEntries(TOTALS.map((name) => [name, 0])) as Record<(typeof TOTALS)[number], number>
  const rows = new Map(dimensions.map((dimension) => [dimension, new Map<string, { of: number; count: number }>()]))
  const confusion = new Map<string, number>()

  function addSpan(document: GoldDocument, span: GoldSpan, isCaught: boolean): void {
    for (const [dimension, counts] of rows) {
      // A document with two kinds of noise counts under both.
      for (const name of nameOf(dimension, document, span).split(dimension === 'noise' ? '+' : '\n')) {
        const row = counts.get(name || NONE) ?? { of: 0, count: 0 }
        row.of++
        if (isCaught) row.count++
        counts.set(name || NONE, row)
      }
    }
  }
  return {
    add(document, score) {
      const spans = score.caught.length + score.missed.length
      totals.documents++
      totals.spans += spans
      totals.caught += score.caught.length
      totals.verbatim += score.verbatimGone
      if (spans > 0) totals.withPhi++
      if (spans > 0 && score.missed.length === 0) totals.perfect++
      if (score.isUncountedNegative) totals.notCounted++
      if (score.isNegative) totals.negatives++
      if (score.isNegative && score.isChanged) totals.changed++
      totals.rightCharacters += score.rightCharacters
      totals.wrongCharacters += score.wrongCharacters
      totals.rightWords += score.rightWords
      totals.wrongWords += score.wrongWords
      totals.missedWords += score.missedWords
      totals.otherWords += score.otherWords
      totals.clinicalWords += score.clinicalWords
      totals.touchedClinical += score.touchedClinicalWords
      for (const span of score.caught) addSpan(document, span, true)
      for (const span of score.missed) addSpan(document, span, false)
      for (const pair of score.classes) confusion.set(pair, (confusion.get(pair) ?? 0) + 1)
    },
    result() {
      const full = shareOf(totals.caught, totals.spans)
      const precision = ratio(totals.rightCharacters, totals.rightCharacters + totals.wrongCharacters)
      return {
        documents: totals.documents,
        full,
        perfect: shareOf(totals.perfect, totals.withPhi),
        verbatim: shareOf(totals.verbatim, totals.spans),
        over: shareOf(totals.changed, totals.negatives),
        negativesNotCounted: totals.notCounted,
        characterPrecision: precision,
        wordF2: f2(
          ratio(totals.rightWords, totals.rightWords + totals.missedWords),
          ratio(totals.rightWords, totals.rightWords + totals.wrongWords),
        ),
        strictF2: f2(full.share, precision),
        clinicalRetention: shareOf(totals.clinicalWords - totals.touchedClinical, totals.clinicalWords),
        retention: shareOf(totals.otherWords - totals.wrongWords, totals.otherWords),
        by: Object.fromEntries(Array.from(rows, ([dimension, counts]) => [dimension, sortRows(counts)])),
        confusion: Array.from(confusion)
          .filter(([pair]) => pair.split('>')[0] !== pair.split('>')[1])
          .toSorted(([, a], [, b]) => b - a),
      }
    },
  }
}

function nameOf(dimension: Dimension, document: GoldDocument, span: GoldSpan): string {
  if (dimension === 'class') return span.class ?? NONE
  if (dimension === 'letter') return span.class ? letterOf(span.class) : NONE
  if (dimension === 'role') return span.role ?? NONE
  if (dimension === 'label') return span.label
  if (dimension === 'format') return span.format ?? NONE
  if (dimension === 'group') return span.group ?? document.group ?? NONE
  return document[dimension] ?? NONE
}

function sortRows(counts: ReadonlyMap<string, { of: number; count: number }>): Row[] {
  return Array.from(counts, ([name, { of, count }]): Row => ({ name, ...shareOf(count, of) })).toSorted(
    (a, b) => (a.share ?? 0) - (b.share ?? 0) || b.of - a.of || (a.name < b.name ? -1 : 1),
  )
}

function shareOf(count: number, of: number): Share {
  const oneSided = boundShare(count, of, { sides: 1 })
  return {
    of,
    count,
    share: ratio(count, of),
    bounds: boundShare(count, of),
    atLeast: oneSided.lower,
    atMost: oneSided.upper,
  }
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null
}

/** F of beta 2, by recall and precision. */
function f2(recall: number | null, precision: number | null): number | null {
  if (recall === null || precision === null) return null
  return recall + precision === 0 ? 0 : (5 * precision * recall) / (4 * precision + recall)
}
