import type { Candidate } from '../detect/patterns/pattern.ts'

const MONTH =
  '(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre|ene|feb|mar|abr|may|jun|jul|ago|sept?|oct|nov|dic)'
const YEAR = '(?:(?:\\s{1,3}(?:del?\\s{1,3}(?:ano\\s{1,3})?)?|[-/.,]\\s?)(?:1[89]|20)\\d\\d)'
/** "12 de marzo de 2015", "12-mar-2015", "marzo de 2015", "1 de mayo": in the folded view, which has no accents. */
const DAY = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:\\d{1,2}[\\u00bao]?(?:\\s{1,3}de\\s{1,3}|\\s{1,3}|[-/.])${MONTH}\\.?${YEAR}?|${MONTH}\\.?${YEAR})(?![\\p{L}\\p{N}])`,
  'giu',
)
const SCORE = 0.9

/** Dates with Spanish months; linear time. */
export function findSpanishDates(text: string): Candidate[] {
  return Array.from(text.matchAll(DAY), ({ 0: surface, index }) => ({
    start: index,
    end: index + surface.length,
    class: /^\d/.test(surface) ? 'DATE' : 'DATE_PART',
    role: 'unknown',
    score: SCORE,
    source: 'date.spanish',
  }))
}
