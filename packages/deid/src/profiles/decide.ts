import type { PhiClass } from '../types.ts'
import { TOP_AGE } from './age.ts'
import type { ReadSpan, ReleaseFacts } from './release.ts'
import { findZip3, isGeneralisedZip } from './zip.ts'

/** What generalising a span gives: nothing to do, or another text for `[start, end)`. */
export type Generalised = 'keep' | { readonly start: number; readonly text: string; readonly isRemoved: boolean }

const TAG_NAMES: Partial<Readonly<Record<PhiClass, string>>> = { DATE_PART: 'DATE', YEAR: 'DATE' }
const TOP_CODED_BEFORE = /\bon or before $/i
const TOP_CODED_AFTER = /^ or earlier\b/i
const PREPOSITION_BEFORE = /\b(?:in|since|from|around|circa|year)\s$/i

/** What stands for a removed span: `[NAME]`, `[PHONE]`. */
export function removalTag(phiClass: PhiClass): string {
  return `[${TAG_NAMES[phiClass] ?? phiClass}]`
}

/** Pass two: the text for a span whose class has a generalisation. `after` is the text that follows it. */
export function generalise(read: ReadSpan, facts: ReleaseFacts, after: string): Generalised {
  if (read.span.class === 'ZIP') return generaliseZip(read, after)
  if (read.span.class === 'AGE') return generaliseAge(read, facts)
  return generaliseDate(read, facts, after)
}

function removed({ span }: ReadSpan): Generalised {
  return { start: span.start, text: removalTag(span.class), isRemoved: true }
}

/** `02139-4307` becomes `021**`, and `000**` where the prefix may not be told. */
function generaliseZip(read: ReadSpan, after: string): Generalised {
  if (isGeneralisedZip(read.surface, after)) return 'keep'
  const zip3 = findZip3(read.surface)
  return zip3 === undefined ? removed(read) : { start: read.span.start, text: `${zip3}**`, isRemoved: false }
}

/** 89 stays, 90 becomes "90 or older"; an age goes when its year and a later one add up to 90 or more. */
function generaliseAge(read: ReadSpan, facts: ReleaseFacts): Generalised {
  const { age, ageYear, span } = read
  if (!age) return removed(read)
  if (age.years >= TOP_AGE && !age.mayStay) {
    return { start: span.start - age.leadLength, text: age.topCoded, isRemoved: false }
  }
  const lastYear = ageYear === undefined ? undefined : facts.lastYear()
  const isOutgrown = ageYear !== undefined && lastYear !== undefined && lastYear - ageYear + age.years >= TOP_AGE
  return isOutgrown && age.years < TOP_AGE ? removed(read) : 'keep'
}

/** Only the year may be told, and not where the years of the release add up to an age of 90 or more. */
function generaliseDate(read: ReadSpan, facts: ReleaseFacts, after: string): Generalised {
  const { dates, span, before } = read
  if (!dates || dates.years.length === 0) return removed(read)
  const isTopCoded = dates.isBare && (TOP_CODED_BEFORE.test(before) || TOP_CODED_AFTER.test(after))
  if (isTopCoded) return 'keep'
  const text = tellYears(dates.years, facts.lastYear(), PREPOSITION_BEFORE.test(before))
  if (!text.isTopCoded) {
    if (read.isBirth && facts.hasTopAge() && span.role !== 'relative') return removed(read)
    if (dates.isBare) return 'keep'
  }
  return text.value === read.surface ? 'keep' : { start: span.start, text: text.value, isRemoved: false }
}

function tellYears(
  years: readonly number[],
  lastYear: number | undefined,
  followsPreposition: boolean,
): { value: string; isTopCoded: boolean } {
  const [first = 0] = years
  const last = years.at(-1) ?? first
  if (lastYear !== undefined && lastYear - Math.min(first, last) >= TOP_AGE) {
    const limit = lastYear - TOP_AGE
    return { value: followsPreposition ? `${limit} or earlier` : `on or before ${limit}`, isTopCoded: true }
  }
  return { value: first === last ? String(first) : `${first}-${last}`, isTopCoded: false }
}
