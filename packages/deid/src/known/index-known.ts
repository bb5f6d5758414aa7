import { AppError } from '@breakwater/kernel'
import { VERBS } from '../detect/name-parts.ts'
import { LEXICON } from '../detect/lexicon/lexicon.ts'
import { WORD } from '../detect/lexicon/words.ts'
import { type Gazetteer, LISTED } from '../gazetteer/gazetteer.ts'
import { hashPhrase } from '../gazetteer/hash.ts'
import type { PhiClass } from '../types.ts'
import { addressForms, emailForms, identifierForms, phoneForms } from './contact-forms.ts'
import { dateForms } from './date-forms.ts'
import { toLetterBits, toSkeleton } from './distance.ts'
import type { Form } from './form.ts'
import { type IsOrdinary, nameForms, type NamePart, nameParts } from './name-forms.ts'
import { KNOWN_LIMITS, type KnownName, type KnownPatient } from './patient.ts'
import { squashValue } from './squash.ts'

/** A name's word with what fuzzy comparison needs of it. */
export interface Part extends NamePart {
  readonly skeleton: string
  readonly bits: number
  /** A word of the language or the clinic too: alone it needs a witness. */
  readonly isOrdinary: boolean
}

/** All forms of all values of the patients of one call, ready to be looked up. */
export interface KnownIndex {
  /** By their first three letters or digits; shorter forms by all they have. */
  readonly forms: ReadonlyMap<string, readonly Form[]>
  readonly parts: readonly Part[]
  readonly partOf: ReadonlyMap<string, Part>
  /** Last four digits of numbers that people name by them. */
  readonly lastFours: ReadonlyMap<string, PhiClass>
}

export const KEY_LENGTH = 3

const ORDINARY_WORDS =
  WORD.stop |
  WORD.calendar |
  WORD.state |
  WORD.country |
  WORD.title |
  WORD.clinicianTitle |
  WORD.credential |
  WORD.eponymTail |
  WORD.patientCue |
  WORD.clinicianCue |
  WORD.relation |
  WORD.care |
  WORD.specialty |
  WORD.facilityHead |
  WORD.facilityWord |
  WORD.facilityWeak |
  WORD.protect |
  WORD.visitVerb

/** Tells words (lower case) that are ordinary ones too, of the language or of the clinic. */
export function createOrdinary(gazetteer: Gazetteer): IsOrdinary {
  return (word) => {
    const { a, b } = hashPhrase(word)
    return (
      (gazetteer.lookup(a, b) & LISTED.safe) !== 0 || ((LEXICON.get(a) ?? 0) & ORDINARY_WORDS) !== 0 || VERBS.has(word)
    )
  }
}

/** Makes the index of one call; it goes when the call ends. Throws `body.invalid` for too many patients. */
export function indexKnown(patients: readonly KnownPatient[], gazetteer: Gazetteer): KnownIndex {
  if (patients.length > KNOWN_LIMITS.patients)
    throw new AppError('body.invalid', { message: `known: at most ${KNOWN_LIMITS.patients} patients`, field: 'known' })
  const isOrdinary = createOrdinary(gazetteer)
  const people = patients.flatMap(({ names, relatives }) => [
    ...names.flatMap(casesOf).map((name) => ({ name, role: 'patient' as const })),
    ...relatives.flatMap(casesOf).map((name) => ({ name, role: 'relative' as const })),
  ])
  const forms = [
    ...people.flatMap(({ name, role }) => nameForms(name, role, isOrdinary)),
    ...patients.flatMap((patient) => [
      ...patient.dates.flatMap(dateForms),
      ...patient.addresses.flatMap((address) => addressForms(address, isOrdinary)),
      ...patient.phones.flatMap(phoneForms),
      ...patient.emails.flatMap(emailForms),
      ...patient.identifiers.flatMap(identifierForms),
    ]),
  ]
  const partOf = new Map<string, Part>()
  const cities = patients.flatMap(({ addresses }) => addresses.flatMap(({ city }) => cityParts(city)))
  for (const part of [...people.flatMap(({ name, role }) => nameParts(name, role)), ...cities]) {
    if (partOf.has(part.text)) continue
    const [skeleton, bits] = [toSkeleton(part.text), toLetterBits(part.text)]
    partOf.set(part.text, { ...part, skeleton, bits, isOrdinary: isOrdinary(part.text) })
  }
  return { forms: byKey(forms), parts: [...partOf.values()], partOf, lastFours: lastFoursOf(patients) }
}

/**
 * Of scripts other than Latin the view keeps marks, and folds capitals that look like Latin ones: a name in capitals, in
 * small letters or without its marks has other letters there.
 */
function casesOf(name: KnownName): KnownName[] {
  const cased = [name, changeCase(name, (word) => word.toUpperCase()), changeCase(name, (word) => word.toLowerCase())]
  const cases = cased.flatMap((one) => [one, changeCase(one, (word) => word.normalize('NFD').replace(/\p{M}/gu, ''))])
  const squashed = cases.map(({ given, family }) => [...given, family].map((word) => squashValue(word).text).join(' '))
  return cases.filter((_, at) => squashed.indexOf(squashed[at] ?? '') === at)
}

function changeCase({ given, family }: KnownName, change: (word: string) => string): KnownName {
  return { given: given.map(change), family: change(family) }
}

function cityParts(city: string | undefined): NamePart[] {
  const { text } = squashValue(city ?? '')
  const isOneWord = city !== undefined && !/\s/.test(city) && text.length > 5
  return isOneWord ? [{ text, role: 'patient', class: 'CITY', isFamily: false, particles: [] }] : []
}

function byKey(forms: readonly Form[]): ReadonlyMap<string, readonly Form[]> {
  const map = new Map<string, Form[]>()
  const seen = new Set<string>()
  for (const form of forms) {
    const identity = `${form.kind} ${form.class} ${form.text} ${form.words.join()}`
    if (seen.has(identity)) continue
    seen.add(identity)
    const key = form.text.slice(0, KEY_LENGTH)
    const list = map.get(key)
    if (list) list.push(form)
    else map.set(key, [form])
  }
  return map
}

function lastFoursOf(patients: readonly KnownPatient[]): ReadonlyMap<string, PhiClass> {
  const map = new Map<string, PhiClass>()
  for (const { phones, identifiers } of patients) {
    for (const [value, phiClass] of [
      ...phones.map((phone): [string, PhiClass] => [phone, 'PHONE']),
      ...identifiers.map((one): [string, PhiClass] => [one.value, one.class]),
    ]) {
      const digits = value.replace(/\D/g, '')
      if (digits.length > 5) map.set(digits.slice(-4), phiClass)
    }
  }
  return map
}
