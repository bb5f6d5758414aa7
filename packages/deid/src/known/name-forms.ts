import type { Role } from '../types.ts'
import { ofWords, type Form } from './form.ts'
import { nicknamesOf } from './nicknames.ts'
import type { KnownName } from './patient.ts'
import { isParticle } from './read-name.ts'
import { squashValue } from './squash.ts'

/** Whether a word (lower case) is one of the language or the clinic too. */
export type IsOrdinary = (word: string) => boolean

/** A word of a name by which its bearer may be called alone. */
export interface NamePart {
  readonly text: string
  readonly role: Role
  readonly class: 'NAME' | 'CITY'
  readonly isFamily: boolean
  /** The small words before it that belong to it: "de la". */
  readonly particles: readonly string[]
}

const MAX_GIVEN = 3
/** What whole names are told by. */
export const NAME_SOURCE = 'known.name'

/** Every full form: given names, nicknames and initials with the family name or a part of it, in both orders. */
export function nameForms(name: KnownName, role: Role, isOrdinary: IsOrdinary): Form[] {
  const given = name.given.flatMap((one) => one.split(/\s+/)).filter((one) => one !== '')
  const families = familyForms(name.family)
  const first = given.slice(0, MAX_GIVEN).flatMap((one) => [one, ...nicknamesOf(squashValue(one).text), one.charAt(0)])
  const middles = given.slice(1).flatMap((one) => [one, one.charAt(0)])
  const orders: string[][] = []
  for (const family of families) {
    for (const one of new Set(first)) {
      orders.push([one, family], [family, one])
      for (const middle of new Set(middles)) {
        if (middle !== one) orders.push([one, middle, family], [family, one, middle])
      }
    }
    if (given.length > 1) orders.push([...given, family], [family, ...given])
  }
  if (given.length > 1) orders.push(given)
  // "Mrs. de la Cruz", "the Garcia Lopez family".
  orders.push(...families.filter((family) => family.includes(' ')).map((family) => [family]))
  if (families.length > 0 && given[0] !== undefined) orders.push([given[0], name.family.charAt(0)])
  const shared = { class: 'NAME', role, score: 0.95, source: NAME_SOURCE } as const
  const forms = orders.map((words): Form => {
    const needsCapitals = words.every((word) => /^[A-Za-z]$/.test(word) || isOrdinary(squashValue(word).text))
    return ofWords(words, { ...shared, needsCapitals })
  })
  return [...forms, ...initialForms(given, name.family, role)].filter(({ text }) => text.length > 1)
}

function initialForms(given: readonly string[], family: string, role: Role): Form[] {
  const letters = given.map((one) => one.charAt(0))
  const last = family.split(/\s+/).findLast((word) => !isParticle(word)) ?? ''
  if (letters.length === 0 || last === '') return []
  const ways = [[letters[0] ?? '', last.charAt(0)], ...(letters.length > 1 ? [[...letters, last.charAt(0)]] : [])]
  const shared = { class: 'INITIALS', role, score: 0.8, source: 'known.initials', kind: 'initials' } as const
  return ways.map((way) => ofWords(way, shared))
}

/** The family name whole, without particles, and each part of a double one. */
function familyForms(family: string): string[] {
  const words = family.split(/\s+/).filter((word) => word !== '')
  const core = words.filter((word) => !isParticle(word))
  const parts = core.flatMap((word) => word.split('-')).filter((part) => part.length > 1)
  const glued = words.length > 1 && words.some(isParticle) ? [words.join('')] : []
  return [...new Set([words.join(' '), core.join(' '), ...glued, ...parts])].filter((form) => form !== '')
}

/** The words by which the bearer of a name may be called alone, nicknames too. */
export function nameParts(name: KnownName, role: Role): NamePart[] {
  const given = name.given.flatMap((one) => one.split(/\s+/))
  const nicknames = given.flatMap((one) => nicknamesOf(squashValue(one).text))
  const pieces = (words: readonly string[]): string[] =>
    words.flatMap((word) => [word, ...(word.includes('-') ? word.split('-') : [])])
  const family = name.family.split(/\s+/)
  const first = family.findIndex((word) => !isParticle(word))
  const particles = family.slice(0, Math.max(0, first)).map((word) => squashValue(word).text)
  const part = (word: string, isFamily: boolean): NamePart => ({
    text: squashValue(word).text,
    role,
    class: 'NAME',
    isFamily,
    particles: isFamily ? particles : [],
  })
  return [
    ...pieces(given).map((word) => part(word, false)),
    ...nicknames.map((word) => part(word, false)),
    ...pieces(family.filter((word) => !isParticle(word))).map((word) => part(word, true)),
  ].filter(({ text }) => text.length > 1)
}
