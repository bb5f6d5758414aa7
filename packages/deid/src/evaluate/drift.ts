import { AppError } from '@breakwater/kernel'
import type { Place } from './gold.ts'
import { fisherExact, holm, student } from './hypothesis.ts'
import { WORDS } from './words.ts'

/** How documents of one kind were found to be: counts, nothing of their text. */
interface DriftCell {
  readonly documents: number
  /** With at least one hit of the class. */
  readonly hit: number
  /** Hits per 1,000 words of each document: their sum and the sum of their squares. */
  readonly sum: number
  readonly squares: number
}

/** Detection rates, by `STRATUM CLASS`. A stratum is `all`, a length, or `source NAME`. */
export interface DriftProfile {
  readonly version: 1
  readonly documents: number
  readonly tagger: string | null
  readonly cells: Readonly<Record<string, DriftCell>>
}

export interface DriftDocument {
  readonly text: string
  readonly source?: string | undefined
  readonly spans: readonly (Place & { readonly class: string })[]
}

/** A rate that is no longer what it was. */
export interface DriftFinding {
  readonly stratum: string
  readonly class: string
  /** `share`: of documents with the class; `density`: hits per 1,000 words; `new-source`: nothing to compare with. */
  readonly kind: 'share' | 'density' | 'new-source'
  readonly was: number
  readonly is: number
  /** After Holm's correction for all comparisons made. */
  readonly p: number
}

export interface DriftOptions {
  /** The chance of a false alarm in a whole comparison. */
  readonly alpha?: number
  /** A share must differ by so much, a density by so many times more, to count: 0.05 means 5 points or 5 %. */
  readonly minChange?: number
}

const LENGTHS = [
  ['short', 100],
  ['medium', 500],
  ['long', Number.POSITIVE_INFINITY],
] as const
/** Every document counts here, so that a class that is never found has its cell too. */
const ANY = '*'
const FEWEST = 10
const MAX_SOURCES = 500

/** Counts documents one by one. */
export function createDriftCounter(tagger: string | null): {
  add(document: DriftDocument): void
  result(): DriftProfile
} {
  const strata = new Map<string, number>()
  const cells = new Map<string, { hit: number; sum: number; squares: number }>()
  const sources = new Set<string>()
  let documents = 0
  return {
    add({ text, source, spans }) {
      documents++
      const words = Math.max(1, text.match(WORDS)?.length ?? 0)
      const length = LENGTHS.find(([, below]) => words < below)?.[0] ?? 'long'
      if (source !== undefined && sources.size < MAX_SOURCES) sources.add(source)
      const own = ['all', `length ${length}`]
      if (source !== undefined) own.push(sources.has(source) ? `source ${source}` : 'source others')
      const counts = new Map<string, number>()
      for (const { class: phiClass } of spans) counts.set(phiClass, (counts.get(phiClass) ?? 0) + 1)
      counts.set(ANY, spans.length)
      for (const stratum of own) {
        strata.set(stratum, (strata.get(stratum) ?? 0) + 1)
        for (const [phiClass, count] of counts) {
          const cell = cells.get(`${stratum} ${phiClass}`) ?? { hit: 0, sum: 0, squares: 0 }
          const density = (1000 * count) / words
          if (count > 0) cell.hit++
          cell.sum += density
          cell.squares += density * density
          cells.set(`${stratum} ${phiClass}`, cell)
        }
      }
    },
    result: () => ({
      version: 1,
      documents,
      tagger,
      cells: Object.fromEntries(
        Array.from(cells, ([key, cell]): [string, DriftCell] => [
          key,
          {
            documents: strata.get(stratumOf(key)) ?? 0,
            hit: cell.hit,
            sum: round(cell.sum),
            squares: round(cell.squares),
          },
        ]).toSorted(([a], [b]) => (a < b ? -1 : 1)),
      ),
    }),
  }
}

/**
 * What differs between two profiles by more than chance and by enough to matter: shares of documents by Fisher's exact
 * test, densities by Student's, over classes, lengths and sources, together by Holm's method; most certain first. The
 * document is the unit, since hits of one depend on each other. Strata of fewer than 10 documents are not compared.
 */
export function compareDrift(
  was: DriftProfile,
  is: DriftProfile,
  { alpha = 0.01, minChange = 0.05 }: DriftOptions = {},
): readonly DriftFinding[] {
  const strata = documentsByStratum(is)
  const before = documentsByStratum(was)
  const compared: DriftFinding[] = []
  const unknown: DriftFinding[] = []
  for (const [stratum, now] of strata) {
    const then = before.get(stratum) ?? 0
    if (then === 0 && stratum.startsWith('source '))
      unknown.push({ stratum, class: ANY, kind: 'new-source', was: 0, is: now, p: 0 })
    if (then < FEWEST || now < FEWEST) continue
    const classes = new Set([...classesOf(was, stratum), ...classesOf(is, stratum)])
    for (const phiClass of classes) {
      const a = cellOf(was, stratum, phiClass, then)
      const b = cellOf(is, stratum, phiClass, now)
      compared.push({
        stratum,
        class: phiClass,
        kind: 'share',
        was: a.hit / then,
        is: b.hit / now,
        p: fisherExact(a.hit, then - a.hit, b.hit, now - b.hit),
      })
      compared.push({ stratum, class: phiClass, kind: 'density', was: a.sum / then, is: b.sum / now, p: student(a, b) })
    }
  }
  const adjusted = holm(compared.map(({ p }) => p))
  return [
    ...unknown,
    ...compared
      .map((one, i) => ({ ...one, p: adjusted[i] ?? 1 }))
      .filter(({ p, kind, was: a, is: b }) => p < alpha && matters(kind, a, b, minChange))
      .toSorted((a, b) => a.p - b.p || Math.abs(b.is - b.was) - Math.abs(a.is - a.was)),
  ]
}

/** Reads stored rates. Throws `body.invalid`. */
export function readDriftProfile(json: string): DriftProfile {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new AppError('body.invalid-json', { message: 'the baseline is not JSON' })
  }
  if (!isProfile(value)) throw new AppError('body.invalid', { message: 'not a drift baseline of version 1' })
  return value
}

function isProfile(value: unknown): value is DriftProfile {
  if (typeof value !== 'object' || value === null) return false
  const { version, documents, tagger, cells } = value as Readonly<Record<string, unknown>>
  if (version !== 1 || typeof documents !== 'number' || typeof cells !== 'object' || cells === null) return false
  return (typeof tagger === 'string' || tagger === null) && Object.values(cells).every(isCell)
}

function isCell(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const cell = value as Readonly<Record<string, unknown>>
  return ['documents', 'hit', 'sum', 'squares'].every((name) => Number.isFinite(cell[name]))
}

function matters(kind: DriftFinding['kind'], was: number, is: number, minChange: number): boolean {
  if (kind === 'share') return Math.abs(is - was) >= minChange
  return Math.max(was, is) >= (1 + minChange) * Math.min(was, is)
}

function documentsByStratum({ cells }: DriftProfile): Map<string, number> {
  return new Map(Object.entries(cells).map(([key, { documents }]) => [stratumOf(key), documents]))
}

function classesOf({ cells }: DriftProfile, stratum: string): string[] {
  return Object.keys(cells)
    .filter((key) => stratumOf(key) === stratum)
    .map((key) => key.slice(stratum.length + 1))
}

function cellOf({ cells }: DriftProfile, stratum: string, phiClass: string, documents: number): DriftCell {
  return cells[`${stratum} ${phiClass}`] ?? { documents, hit: 0, sum: 0, squares: 0 }
}

function stratumOf(key: string): string {
  return key.slice(0, key.lastIndexOf(' '))
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6
}
