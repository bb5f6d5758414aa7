import type { IdentifierClass, KnownAddress, KnownIdentifier, KnownName, KnownPatient } from './patient.ts'
import { KNOWN_LIMITS } from './patient.ts'
import { readNameText } from './read-name.ts'
import { member, readDate, readList, readMembers, readText, readTexts, type Place } from './read-values.ts'

/** Codes of HL7 table 0203 and systems of FHIR by the class of what they number. */
const CODES: Readonly<Record<string, IdentifierClass>> = {
  MR: 'MRN',
  MRT: 'MRN',
  PI: 'MRN',
  PT: 'MRN',
  SS: 'SSN',
  MB: 'PLAN_ID',
  MC: 'PLAN_ID',
  MA: 'PLAN_ID',
  SN: 'PLAN_ID',
  AN: 'ACCOUNT',
  BA: 'ACCOUNT',
  CC: 'ACCOUNT',
  DL: 'LICENCE',
  PPN: 'LICENCE',
  LN: 'LICENCE',
  VN: 'OTHER_ID',
}
const SYSTEMS: readonly (readonly [RegExp, IdentifierClass])[] = [
  [/us-ssn|2\.16\.840\.1\.113883\.4\.1$/i, 'SSN'],
  [/us-mbi|medicare|medicaid|member|subscriber/i, 'PLAN_ID'],
  [/mrn|medical-?record/i, 'MRN'],
  [/driver|passport|licen[cs]e/i, 'LICENCE'],
  [/account/i, 'ACCOUNT'],
]

/** The identifying elements of a FHIR Patient, R4 or R5; others are passed over. Throws `body.invalid`. */
export function readFhirPatient(place: Place): KnownPatient {
  const patient = readMembers(place)
  const at = place.at
  const list = (name: string, most: number): Place[] => readList(member(patient, name, at), most)
  const contacts = list('contact', KNOWN_LIMITS.names).map((one) => ({ members: readMembers(one), at: one.at }))
  const points = [
    ...list('telecom', KNOWN_LIMITS.contactPoints),
    ...contacts.flatMap((one) => readList(member(one.members, 'telecom', one.at), KNOWN_LIMITS.contactPoints)),
  ].map(readPoint)
  const addresses = [
    ...list('address', KNOWN_LIMITS.addresses),
    ...contacts.map((one) => member(one.members, 'address', one.at)).filter(({ value }) => value !== undefined),
  ]
  const id = readText(member(patient, 'id', at))
  const identifiers = list('identifier', KNOWN_LIMITS.identifiers).flatMap(readIdentifier)
  return {
    names: list('name', KNOWN_LIMITS.names).flatMap(readHumanName),
    relatives: contacts
      .map((one) => member(one.members, 'name', one.at))
      .filter(({ value }) => value !== undefined)
      .flatMap(readHumanName),
    dates: ['birthDate', 'deceasedDateTime'].flatMap((name) => readDate(member(patient, name, at)) ?? []),
    addresses: addresses.map(readAddress),
    phones: points.flatMap(({ isEmail, value }) => (isEmail || value === undefined ? [] : [value])),
    emails: points.flatMap(({ isEmail, value }) => (isEmail && value !== undefined ? [value] : [])),
    identifiers: id === undefined ? identifiers : [...identifiers, { value: id, class: 'OTHER_ID' }],
  }
}

function readHumanName(place: Place): KnownName[] {
  const name = readMembers(place)
  const given = readTexts(member(name, 'given', place.at), KNOWN_LIMITS.givenNames)
  const family = readText(member(name, 'family', place.at))
  const text = readText(member(name, 'text', place.at))
  const parts = given.length > 0 || family !== undefined ? [{ given, family: family ?? '' }] : []
  return text === undefined ? parts : [...parts, readNameText(text)]
}

function readPoint(place: Place): { readonly isEmail: boolean; readonly value: string | undefined } {
  const point = readMembers(place)
  const value = readText(member(point, 'value', place.at))
  const system = readText(member(point, 'system', place.at))
  return { isEmail: system === 'email' || value?.includes('@') === true, value }
}

function readAddress(place: Place): KnownAddress {
  const address = readMembers(place)
  const text = (name: string): string | undefined => readText(member(address, name, place.at))
  const lines = readTexts(member(address, 'line', place.at), KNOWN_LIMITS.lines)
  const whole = text('text')
  const [city, county, postalCode] = [text('city'), text('district'), text('postalCode')]
  return {
    lines: lines.length > 0 || whole === undefined ? lines : [whole.split(/[,\n]/)[0] ?? ''],
    ...(city !== undefined && { city }),
    ...(county !== undefined && { county }),
    ...(postalCode !== undefined && { postalCode }),
  }
}

function readIdentifier(place: Place): KnownIdentifier[] {
  const identifier = readMembers(place)
  const value = readText(member(identifier, 'value', place.at))
  if (value === undefined) return []
  const system = readText(member(identifier, 'system', place.at)) ?? ''
  const type = member(identifier, 'type', place.at)
  return [{ value, class: readTypeCode(type) ?? SYSTEMS.find(([named]) => named.test(system))?.[1] ?? 'OTHER_ID' }]
}

function readTypeCode(place: Place): IdentifierClass | undefined {
  if (place.value === undefined) return undefined
  const codings = readList(member(readMembers(place), 'coding', place.at), KNOWN_LIMITS.identifiers)
  return codings
    .map((coding) => CODES[readText(member(readMembers(coding), 'code', coding.at)) ?? ''])
    .find((phiClass) => phiClass !== undefined)
}
