import type { Span } from '../types.ts'
import { parseAge, TOP_AGE } from './age.ts'
import type { StatedAge } from './age.ts'
import { readYears } from './date.ts'
import type { DateYears } from './date.ts'

/** A span with what its surface says, and the text around it. */
export interface ReadSpan {
  readonly span: Span
  readonly surface: string
  readonly before: string
  readonly dates?: DateYears
  readonly isBirth: boolean
  readonly age?: StatedAge | undefined
  /** The year in which the stated age was reached, where the text says so. */
  readonly ageYear?: number | undefined
}

/** What all parts of one document say together; looked for when it is asked for, since most texts never do. */
export interface ReleaseFacts {
  /** A span of a part, by their places. */
  read(part: number, at: number): ReadSpan | undefined
  /** The last year that stays in the release (or the year of the release, when counted). */
  lastYear(): number | undefined
  /** Somebody's age of 90 or more is stated. */
  hasTopAge(): boolean
}

export interface ReadOptions {
  readonly twoDigitYearPivot: number
  readonly releaseYear?: number | undefined
}

const CONTEXT_UNITS = 60
const BIRTH_BEFORE =
  /(?:\bborn\b|\bbirth(?:date|day|[- ]?year)?\b|\bbirth_?date\b|\bd\.?\s?o\.?\s?b\b|\by\.?\s?o\.?\s?b\b|\bnacid[oa]\b|\bnacimiento\b|(?:^|[\s(])\*|(?:^|[\s(,])b\.)[^.;\n\d]{0,30}$/i
/** Cheap: most dates are no birth's. */
const BIRTH_HINT = /b|nac|\*/i
/** "85 in 2015", "85 years old (2015)": what may stand between an age and its year. */
const AGE_THEN_YEAR =
  /^\s*(?:years?(?:[- ]old| of age)?|y\/?o)?,?\s*(?:\(|\b(?:in|as of|on|at|during|by)\b)\s*(?:the year\s+)?$/i
/** "In 2015 she was 85", "2015: 85-year-old", "2015, aged 85". */
const YEAR_THEN_AGE =
  /^[\s,:)\u2013\u2014-]*(?:(?:s?he|they|i|we|the patient|patient|pt)\s+)?(?:was|were|is|turned|became|being)?\s*(?:an?\s+|at\s+)?(?:the\s+)?(?:age[d]?(?:\s+of)?\s*[:=]?\s*)?$/i

/** The years and ages of every part, before anything is decided: 45 CFR 164.514(b)(2)(i)(C). */
export function readRelease(
  texts: readonly string[],
  spans: readonly (readonly Span[])[],
  options: ReadOptions,
): ReleaseFacts {
  const lastFull = once(() => findLastFullYear(texts, spans, options))
  const reads = spans.map((): (ReadSpan | undefined)[] => [])

  function readAlone(part: number, at: number): ReadSpan | undefined {
    const span = spans[part]?.[at]
    const known = reads[part]?.[at]
    if (known || !span) return known
    const read = readSpan(texts[part] ?? '', span, options, lastFull)
    if (reads[part]) reads[part][at] = read
    return read
  }

  /** Of the spans that `isAsked` says. */
  function readAll(isAsked: (span: Span) => boolean): ReadSpan[] {
    return spans.flatMap((part, index) =>
      part.flatMap((span, at) => (isAsked(span) ? (readAlone(index, at) ?? []) : [])),
    )
  }

  /** Gives an age the year that the words right beside it name. */
  function linkAge(read: ReadSpan, part: number, at: number): ReadSpan {
    const text = texts[part] ?? ''
    const [previous, next] = [spans[part]?.[at - 1], spans[part]?.[at + 1]]
    if (next && isDated(next) && AGE_THEN_YEAR.test(between(text, read.span, next))) {
      return { ...read, ageYear: readAlone(part, at + 1)?.dates?.years[0] }
    }
    if (previous && isDated(previous) && YEAR_THEN_AGE.test(between(text, previous, read.span))) {
      const stated = readAlone(part, at - 1)
      if (stated && !stated.isBirth) return { ...read, ageYear: stated.dates?.years.at(-1) }
    }
    return read
  }

  return {
    read(part, at) {
      const read = readAlone(part, at)
      return read?.age ? linkAge(read, part, at) : read
    },
    lastYear: once(() => {
      const years = readAll(isDated).flatMap(({ dates }) => dates?.years ?? [])
      return latest(years, options.releaseYear)
    }),
    hasTopAge: once(() =>
      readAll((span) => span.class === 'AGE').some(
        ({ age }) => age !== undefined && age.years >= TOP_AGE && !age.mayStay,
      ),
    ),
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => (made ??= { value: make() }).value
}

/** The last year written with four digits: what a two-digit one is measured by. */
function findLastFullYear(
  texts: readonly string[],
  spans: readonly (readonly Span[])[],
  { twoDigitYearPivot, releaseYear }: ReadOptions,
): number | undefined {
  const years = texts.flatMap((text, index) =>
    (spans[index] ?? []).flatMap((span) => {
      const surface = isDated(span) ? text.slice(span.start, span.end) : ''
      return /\d{4}/.test(surface) ? readYears(surface, { twoDigitYearPivot, lastYear: releaseYear }).years : []
    }),
  )
  return latest(years, releaseYear)
}

function isDated({ class: phiClass }: Span): boolean {
  return phiClass === 'DATE' || phiClass === 'DATE_PART' || phiClass === 'YEAR'
}

function readSpan(
  text: string,
  span: Span,
  { twoDigitYearPivot }: ReadOptions,
  lastYear: () => number | undefined,
): ReadSpan {
  const surface = text.slice(span.start, span.end)
  const before = text.slice(Math.max(0, span.start - CONTEXT_UNITS), span.start)
  const read = { span, surface, before, isBirth: false }
  if (span.class === 'AGE') {
    return { ...read, age: parseAge(surface, before, text.slice(span.end, span.end + CONTEXT_UNITS)) }
  }
  if (!isDated(span)) return read
  const isBirth = BIRTH_HINT.test(before) && BIRTH_BEFORE.test(before)
  return { ...read, isBirth, dates: readYears(surface, { twoDigitYearPivot, lastYear: lastYear(), isBirth }) }
}

/** The words between two neighbours; where they are far apart, something that links nothing. */
function between(text: string, left: Span, right: Span): string {
  const isNear = right.start - left.end <= CONTEXT_UNITS
  return isNear ? text.slice(left.end, right.start) : 'far'
}

function latest(years: readonly number[], releaseYear: number | undefined): number | undefined {
  return years.reduce<number | undefined>(
    (last, year) => (last === undefined || year > last ? year : last),
    releaseYear,
  )
}
