import type { TokenClass } from '../tokens/shape.ts'
import { toIsoDate } from './dates.ts'
import type { DateOrder } from './dates.ts'

const SEPARATORS = /[\s./-]+/g
/** Of the North American plan, with or without its country's number. */
const NANP = /^1?([2-9]\d{2})([2-9]\d{2})(\d{4})$/
const SSN = /^(\d{3})(\d{2})(\d{4})$/

/**
 * Other spellings of the same value, best first, for a reader that demands one: what a model does by itself with a value
 * that it sees, and cannot do with a token. None of them says more or less than the value does.
 */
export function spellingsOf(tokenClass: TokenClass, surface: string, order?: DateOrder): string[] {
  const bare = surface.replace(SEPARATORS, '')
  if (tokenClass === 'DATE') return spellDate(surface, order)
  if (tokenClass === 'PHONE' || tokenClass === 'FAX') return spellPhone(surface.replace(/\D/g, ''))
  if (tokenClass === 'SSN') return [bare, bare.replace(SSN, '$1-$2-$3')]
  return HOLDS_NUMBER.has(tokenClass) ? [bare] : []
}

function spellDate(surface: string, order: DateOrder | undefined): string[] {
  const iso = toIsoDate(surface, order)
  return iso === undefined ? [] : [iso, iso.replaceAll('-', '')]
}

function spellPhone(digits: string): string[] {
  const [, area, office, line] = NANP.exec(digits) ?? []
  if (area === undefined) return [`+${digits}`, digits]
  const ten = `${area}${office}${line}`
  return [
    `+1${ten}`,
    ten,
    `${area}-${office}-${line}`,
    `(${area}) ${office}-${line}`,
    `${area}.${office}.${line}`,
    `1${ten}`,
  ]
}

/** Classes whose values are numbers with separators that mean nothing. */
const HOLDS_NUMBER: ReadonlySet<TokenClass> = new Set<TokenClass>([
  'MRN',
  'PLAN_ID',
  'ACCOUNT',
  'LICENCE',
  'VEHICLE',
  'DEVICE',
  'OTHER_ID',
  'ZIP',
])
