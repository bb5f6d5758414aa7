import type { KnownName, KnownPatient } from '@breakwater/deid'
import type { GoldDocument, GoldSpan } from '@breakwater/deid/evaluate'

/**
 * What a caller would know of the patient of a document: the fullest form of the name that stands in it, and the record
 * numbers. Undefined where no full name of a patient stands.
 */
export function knownOf({ text, spans }: GoldDocument): KnownPatient | undefined {
  const surfaces = (phiClass: GoldSpan['class']): string[] =>
    spans
      .filter((span) => span.class === phiClass && span.role === 'patient')
      .map(({ start, end }) => text.slice(start, end))
  const fullest = surfaces('NAME')
    .map(readName)
    .filter((name) => name !== undefined)
    .toSorted((a, b) => b.given.length - a.given.length || b.family.length - a.family.length)[0]
  if (!fullest) return undefined
  return {
    names: [fullest],
    relatives: [],
    dates: [],
    addresses: [],
    phones: surfaces('PHONE'),
    emails: surfaces('EMAIL'),
    identifiers: surfaces('MRN').map((value) => ({ value, class: 'MRN' })),
  }
}

/** How a name of the patient's was written, by docs/deid.md: the first two are exact, and must be found wherever they stand. */
export type WrittenForm = 'whole name' | 'one word' | 'ordinary or short word' | 'not in the record'

const LEAST_LETTERS = 3

/** Decided by the surface and the record alone, never by what was found. */
export function formOf(surface: string, { names }: KnownPatient, isOrdinary: (word: string) => boolean): WrittenForm {
  const record = new Set(names.flatMap(({ given, family }) => wordsOf([...given, family].join(' '))))
  const words = wordsOf(surface.replace(TITLE, ''))
  const own = new Set(words.filter((word) => word.length > 1))
  if (own.size === 0 || !Array.from(own).every((word) => record.has(word))) return 'not in the record'
  const hasInitial = words.some((word) => word.length === 1)
  if (own.size > 1 || hasInitial) return 'whole name'
  const [word = ''] = own
  const isLong = word.length > LEAST_LETTERS || (word.length === LEAST_LETTERS && /\p{Lu}/u.test(surface))
  return isLong && !isOrdinary(word) ? 'one word' : 'ordinary or short word'
}

const TITLE = /^(?:mr|mrs|ms|miss|mx|dr)\.?\s/i

function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFD')
    .replace(/\p{M}|['\u2019]/gu, '')
    .toLowerCase()
  return plain.split(/\P{L}+/u).filter(Boolean)
}

function readName(surface: string): KnownName | undefined {
  const [family = '', ...behind] = surface.split(/[,^]/).map((part) => part.trim())
  const words = surface.trim().split(/\s+/)
  const name =
    behind.length > 0
      ? { given: behind.flatMap((part) => part.split(/\s+/)).filter(Boolean), family }
      : { given: words.slice(0, -1), family: words.at(-1) ?? '' }
  // Records hold no name of which an initial is all that is known.
  return [name.given[0] ?? '', name.family].every((part) => part.replace(/\P{L}/gu, '').length > 1) ? name : undefined
}
