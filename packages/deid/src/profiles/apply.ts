import { AppError } from '@breakwater/kernel'
import type { DeidentifyOptions, PlannedSpan } from '../types.ts'
import { findJsonNumber } from './json-number.ts'

/** Where the output holds what a profile wrote; UTF-16 units of the output, end exclusive. */
interface WrittenRange {
  readonly start: number
  readonly end: number
}

export interface AppliedPlan {
  readonly text: string
  /** For a later scan, which exempts by place and never by value. One range per replacement or token, sorted. */
  readonly written: readonly WrittenRange[]
}

/** Titles and degrees say nothing of who somebody is, and a sentence needs them. */
const HONORIFIC = /^(?:dr|mr|mrs|ms|miss|mx|prof|professor|doctor|sr|sra|srta|jr|md|rn|np|do|phd)$/i
/** One part of a name: letters with their marks, apostrophes and hyphens inside; a possessive is left outside. */
const NAME_PART =
  /(?<![\p{L}\p{N}]['\u2019\u02bc](?=s(?![\p{L}\p{N}])))[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}]|['\u2019\u02bc\u2010\u2011-](?!s(?![\p{L}\p{N}]))(?=[\p{L}\p{N}]))*/gu

/**
 * Builds the output: replacements, and tokens from `token`, a name part by part ("Maria Lopez" gives two, the space
 * stays), everything else whole; a number of JSON goes whole and what takes its place is quoted. Throws `keys.unavailable` when a token is planned and no maker is given, RangeError on
 * spans that are not sorted, overlap or lie outside.
 */
export function applyPlan(
  text: string,
  planned: readonly PlannedSpan[],
  token?: DeidentifyOptions['token'],
): AppliedPlan {
  const written: WrittenRange[] = []
  let output = ''
  let at = 0
  let before = 0
  const write = (replacement: string): void => {
    written.push({ start: output.length, end: output.length + replacement.length })
    output += replacement
  }
  for (const span of planned) {
    if (span.start < before || span.end <= span.start || span.end > text.length) {
      throw new RangeError('planned spans must be sorted, apart and inside the text')
    }
    before = span.end
    // A part of a number that went whole.
    if (span.end <= at) {
      written.push({ start: output.length, end: output.length })
      continue
    }
    const { start: from, end: to, quote } = findJsonNumber(text, span.start, span.end) ?? { ...span, quote: '' }
    output += text.slice(at, from) + quote
    at = to
    if (span.operator !== 'token') {
      write(span.replacement ?? '')
      output += quote
      continue
    }
    if (!token) throw new AppError('keys.unavailable', { message: 'this profile makes tokens: it needs a token maker' })
    const surface = text.slice(from, to)
    if (quote !== '') {
      write(token(span.class, surface))
      output += quote
      continue
    }
    let done = 0
    for (const [start, end] of tokenParts(span, surface)) {
      output += surface.slice(done, start)
      write(token(span.class, surface.slice(start, end)))
      done = end
    }
    output += surface.slice(done)
  }
  return { text: output + text.slice(at), written }
}

function tokenParts(span: PlannedSpan, surface: string): readonly (readonly [number, number])[] {
  const whole: readonly [number, number] = [0, surface.length]
  if (span.class !== 'NAME') return [whole]
  const parts = Array.from(surface.matchAll(NAME_PART), (part): [number, number] => [
    part.index,
    part.index + part[0].length,
  ])
  const named = parts.filter(([start, end]) => !HONORIFIC.test(surface.slice(start, end)))
  // What holds no part that could be told from a title goes whole, rather than stay.
  return named.length > 0 ? named : [whole]
}
