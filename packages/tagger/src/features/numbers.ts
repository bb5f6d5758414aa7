/** Rows of the column `number`: 0 no number, then by value and length. */
export const NUMBERS = 18

/** The bounds of one and two digit numbers: months, days, hours, minutes and years of two digits differ here. */
const SMALL = [0, 12, 24, 31, 59, 89, 99] as const

/** What a run of digits may be, by its value when short and its length when long. Digits of other scripts go by length. */
export function numberRow(text: string, start: number, end: number): number {
  const length = end - start
  if (length <= 2) {
    const value = Number(text.slice(start, end))
    const at = SMALL.findIndex((bound) => value <= bound)
    return at < 0 ? 8 : 1 + at
  }
  if (length === 3) return 9
  if (length === 4) {
    const value = Number(text.slice(start, end))
    if (value >= 1900 && value < 2000) return 10
    return value >= 2000 && value < 2100 ? 11 : 12
  }
  return Math.min(NUMBERS - 1, 8 + length)
}
