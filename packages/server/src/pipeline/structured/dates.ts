const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const ISO = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/
const NUMBERS = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/
const DAY_FIRST = /^(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})$/
const MONTH_FIRST = /^([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/
const MONTHS_A_YEAR = 12

/** What stands first in dates of three numbers that end in the year. */
export type DateOrder = 'day' | 'month'

/** The order of all dates of a request that can be read in one way only; undefined when they differ or there is none. */
export function readDateOrder(surfaces: Iterable<string>): DateOrder | undefined {
  const orders = new Set<DateOrder>()
  for (const surface of surfaces) {
    const [, a, b] = NUMBERS.exec(surface.trim()) ?? []
    if (Number(a) > MONTHS_A_YEAR && Number(b) <= MONTHS_A_YEAR) orders.add('day')
    if (Number(b) > MONTHS_A_YEAR && Number(a) <= MONTHS_A_YEAR) orders.add('month')
  }
  const [order] = orders
  return orders.size === 1 ? order : undefined
}

/**
 * A date as ISO 8601 writes it, or undefined when it can be read in two ways: 03/04/1961 is another day in London than in
 * Boston, and nobody here knows where it was written, unless the dates beside it tell.
 */
export function toIsoDate(surface: string, order?: DateOrder): string | undefined {
  const text = surface.trim()
  const iso = ISO.exec(text)
  if (iso) return format(iso[1], Number(iso[2]), Number(iso[3]))
  const day = DAY_FIRST.exec(text)
  if (day) return format(day[3], monthOf(day[2]), Number(day[1]))
  const month = MONTH_FIRST.exec(text)
  if (month) return format(month[3], monthOf(month[1]), Number(month[2]))
  const [, a, b, year] = NUMBERS.exec(text) ?? []
  const [first, second] = [Number(a), Number(b)]
  if (first === second || second > MONTHS_A_YEAR) return format(year, first, second)
  if (first > MONTHS_A_YEAR || order === 'day') return format(year, second, first)
  return order === 'month' ? format(year, first, second) : undefined
}

function monthOf(name = ''): number {
  return MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1
}

function format(year: string | undefined, month: number, day: number): string | undefined {
  const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  const date = new Date(`${text}T00:00:00Z`)
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text ? undefined : text
}
