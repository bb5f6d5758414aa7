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
