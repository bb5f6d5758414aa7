import type { PhiClass, Role } from '../../types.ts'

/**
 * What stands in a cell of a record: an identifier, whatever it looks like; a code, its system, a measurement, where only
 * what is known of the patient or the site is found; the name of a code, where a model's guess does not count; or text.
 */
export type Use =
  | { readonly use: 'identifier'; readonly class: PhiClass; readonly role: Role; readonly rule: string }
  | { readonly use: 'code' | 'term' | 'text' }

/** One value of a record between its separators, in offsets of the view. */
export type Cell = Use & { readonly start: number; readonly end: number }

/** A stretch of a text that is a record: cells in order, and between them what holds it together. */
export interface RecordExtent {
  readonly start: number
  readonly end: number
  readonly cells: readonly Cell[]
}

export const CODE: Use = { use: 'code' }
export const TERM: Use = { use: 'term' }
export const TEXT: Use = { use: 'text' }

export function identifier(phiClass: PhiClass, rule: string, role: Role = 'unknown'): Use {
  return { use: 'identifier', class: phiClass, role, rule }
}

const DATE =
  /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:(?:0[1-9]|[12]\d|3[01])(?:\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,6})?)?)?)?)?(?:[+-]\d{4})?$/
const OBJECT_ID = /^(?:[0-2]\.)?\d{1,9}(?:\.\d{1,9}){4,40}$/

/** A day or month as HL7 and X12 write it: `yyyymm`, `yyyymmdd`, `yyyymmddhhmm[ss[.ffff]][+zzzz]`. */
export function isCompactDate(value: string): boolean {
  return DATE.test(value)
}

/** An ISO object identifier: of a code system or an organisation; an address on the internet has four parts. */
export function isObjectId(value: string): boolean {
  return OBJECT_ID.test(value)
}

const SIGN = /[\p{L}\p{N}]/u

/** Adds a cell without the blanks around its value; nothing where nothing stands, or only signs. */
export function addCell(cells: Cell[], text: string, from: number, to: number, use: Use): void {
  let [start, end] = [from, to]
  while (start < end && text.charCodeAt(start) <= 32) start++
  while (end > start && text.charCodeAt(end - 1) <= 32) end--
  if (end === start) return
  const isEmpty = use.use === 'identifier' && !SIGN.test(text.slice(start, end))
  cells.push({ ...(isEmpty ? TEXT : use), start, end })
}
