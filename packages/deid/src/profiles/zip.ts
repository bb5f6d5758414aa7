import { ZIP3_POPULATION_THRESHOLD, ZIP3_TABLE } from './zip3.ts'

/** Nobody lives in so small an area: what stands for every prefix that may not be told. */
const UNTOLD = '000'

/** `02139`, `02139-4307`, `021394307`, and 4 or 8 digits, which lost a leading zero; not inside a longer number. */
const ZIP = /(?<![\p{L}\p{N}])(?:(\d{4,5})(?:[-\u2010-\u2015 ]\d{4})?|(\d{4,5})\d{4}|\d{3})(?![\p{L}\p{N}*])/u
const GENERALISED = /^\d{3}\*\*$/

/**
 * The first three digits of a ZIP code if more than 20,000 people live behind them by the table, else `000`: an
 * allow-list, so that a prefix nobody counted is not told. Three digits alone may have lost their zeros: `000`.
 * Undefined when the text holds no ZIP code. 45 CFR 164.514(b)(2)(i)(B).
 */
export function findZip3(surface: string): string | undefined {
  const found = ZIP.exec(surface)
  if (!found) return undefined
  const digits = found[1] ?? found[2]
  if (!digits) return UNTOLD
  const prefix = digits.padStart(5, '0').slice(0, 3)
  return (ZIP3_TABLE.populations[prefix] ?? 0) > ZIP3_POPULATION_THRESHOLD ? prefix : UNTOLD
}

/** Whether the text, with what follows it, is a ZIP code as a profile writes it: `021**`. */
export function isGeneralisedZip(surface: string, after: string): boolean {
  return GENERALISED.test(/^\d{3}$/.test(surface) ? surface + after.slice(0, 2) : surface)
}
