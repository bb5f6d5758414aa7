/** What of a date may be told: its years, in the order written. Empty when none is stated or the date cannot be. */
export interface DateYears {
  readonly years: readonly number[]
  /** The surface is a year and nothing else, so nothing would have to go. */
  readonly isBare: boolean
}

export interface CenturyRule {
  /** Two-digit years up to this one are of this century. */
  readonly twoDigitYearPivot: number
  /** The last year of the text that is written with four digits. */
  readonly lastYear?: number | undefined
  /** A birth is not later than the last year of the text. */
  readonly isBirth?: boolean
}

/** A plan may lie this many years after the last full year of a text. */
const PLANNING_YEARS = 10
const CENTURY = 2000

const NONE: DateYears = { years: [], isBare: false }
const YEAR = '(1[6-9]\\d\\d|2[01]\\d\\d)'
/** Not a clock time as wards write it: "at 1930", "1930 hrs". */
const FOUR_DIGITS = new RegExp(`(?<!\\d)(?<!\\bat\\s)${YEAR}(?!\\d)(?!\\s?(?:h|hrs|hours)\\b)`, 'g')
const BARE_YEAR = new RegExp(`^\\W*${YEAR}\\W*$`)
const COMPACT = new RegExp(`(?<!\\d)${YEAR}(\\d\\d)(\\d\\d)(?:\\d{2,6})?(?!\\d)`)
const NUMERIC = /(?<!\d)(\d{1,4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,4})(?!\d)/g
const DAYS_OF_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const MONTH_NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const MONTH = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?'
const NAMED = [
  new RegExp(
    `(?<![a-z])${MONTH}[\\s,/-]*(\\d{1,2})(?:st|nd|rd|th)?(?:\\s*,\\s*|\\s+|[-/]|\\s*')(\\d{4}|\\d{2})(?!\\d)`,
    'i',
  ),
  new RegExp(`(?<!\\d)(\\d{1,2})(?:st|nd|rd|th)?(?:\\s+of)?[\\s,/-]*${MONTH}[\\s,/-]*'?(\\d{4}|\\d{2})(?!\\d)`, 'i'),
] as const
const SHORT_YEAR = /(?:'|\u2019|\bq[1-4][\s/'-]*|[1-4]q\s?)(\d{2})(?!\d)/i

/** Whether the calendar (Gregorian, extended backwards) has the day. */
function isCalendarDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= (month === 2 && isLeap ? 29 : (DAYS_OF_MONTHS[month - 1] ?? 0))
}

/** The full year of a two-digit one: a plain pivot, unless the text's own years or a birth decide. */
function expandYear(twoDigits: number, rule: CenturyRule): number {
  const reach = rule.isBirth === true ? 0 : PLANNING_YEARS
  const latest = rule.lastYear === undefined ? CENTURY + rule.twoDigitYearPivot : rule.lastYear + reach
  return CENTURY + twoDigits <= latest ? CENTURY + twoDigits : CENTURY - 100 + twoDigits
}

/** The years of a date, a range or a part of a date as it was written. A day no calendar has gives none. */
export function readYears(surface: string, rule: CenturyRule): DateYears {
  if (hasImpossibleDay(surface, rule)) return NONE
  const numeric = readNumericYears(surface, rule)
  if (numeric.length > 0) return { years: numeric, isBare: false }
  const years = Array.from(surface.matchAll(FOUR_DIGITS), ([, year]) => Number(year))
  if (years.length > 0) return { years, isBare: BARE_YEAR.test(surface) }
  const compact = COMPACT.exec(surface)
  if (compact) return { years: [Number(compact[1])], isBare: false }
  const short = readShortYear(surface)
  return { years: short === undefined ? [] : [expandYear(short, rule)], isBare: false }
}

/** `5/4/2023`, `2023-05-04`, `4.5.23`: a number beside them is a clock time, not a year. */
function readNumericYears(surface: string, rule: CenturyRule): number[] {
  return Array.from(surface.matchAll(NUMERIC), ([, first = '', , , last = '']) => {
    const year = first.length === 4 ? first : last
    return year.length === 4 ? Number(year) : expandYear(Number(year), rule)
  })
}

function readShortYear(surface: string): number | undefined {
  for (const pattern of NAMED) {
    const year = pattern.exec(surface)?.[3]
    if (year !== undefined) return Number(year)
  }
  const digits = SHORT_YEAR.exec(surface)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function hasImpossibleDay(surface: string, rule: CenturyRule): boolean {
  for (const [, first = '', , second = '', third = ''] of surface.matchAll(NUMERIC)) {
    const [a, b, c] = [Number(first), Number(second), Number(third)]
    if (first.length >= 3) {
      if (!isCalendarDay(a, b, c)) return true
    } else {
      const year = third.length === 2 ? expandYear(c, rule) : c
      if (!isCalendarDay(year, a, b) && !isCalendarDay(year, b, a)) return true
    }
  }
  const compact = COMPACT.exec(surface)
  if (compact && !isCalendarDay(Number(compact[1]), Number(compact[2]), Number(compact[3]))) return true
  const [monthFirst, dayFirst] = NAMED
  const md = monthFirst.exec(surface)
  if (md) return !hasNamedDay(md[1], md[2], md[3], rule)
  const dm = dayFirst.exec(surface)
  return dm !== null && !hasNamedDay(dm[2], dm[1], dm[3], rule)
}

function hasNamedDay(month = '', day = '', year = '', rule: CenturyRule): boolean {
  const full = year.length === 2 ? expandYear(Number(year), rule) : Number(year)
  return isCalendarDay(full, MONTH_NAMES.indexOf(month.toLowerCase()) + 1, Number(day))
}
