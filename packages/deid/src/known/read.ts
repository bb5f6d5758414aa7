import { readFhirPatient } from './read-fhir.ts'
import { readNameText } from './read-name.ts'
import { KNOWN_LIMITS } from './patient.ts'
import type { IdentifierClass, KnownAddress, KnownIdentifier, KnownName, KnownPatient } from './patient.ts'
import { member, readDate, readList, readMembers, readText, readTexts, refuse, type Place } from './read-values.ts'

const MEMBERS = ['names', 'relatives', 'birthDate', 'deathDate', 'addresses', 'phones', 'emails', 'identifiers']
const CLASSES: readonly IdentifierClass[] = [
  'SSN',
  'MRN',
  'PLAN_ID',
  'ACCOUNT',
  'LICENCE',
  'VEHICLE',
  'DEVICE',
  'USERNAME',
  'OTHER_ID',
]

/**
 * Reads what is known of a patient: a FHIR Patient (`resourceType` says so), or an object of identifiers:
 * `{"names": ["Maria Lopez"], "birthDate": "1975-03-14", "phones": [...], "identifiers": ["4417203"]}`. `field` is what
 * errors call the whole. Throws `body.invalid`, which names the member and the rule and never a value.
 */
export function readKnownPatient(value: unknown, field = 'patient'): KnownPatient {
  const place = { value, at: field }
  const members = readMembers(place)
  return members['resourceType'] === undefined ? readIdentifiers(place) : readResource(place)
}

function readResource(place: Place): KnownPatient {
  if (readMembers(place)['resourceType'] === 'Patient') return readFhirPatient(place)
  throw refuse(`${place.at}.resourceType`, 'Patient')
}

function readIdentifiers(place: Place): KnownPatient {
  const members = readMembers(place)
  const { at } = place
  for (const name of Object.keys(members)) {
    // The name may itself be a value that was put in the wrong place.
    if (!MEMBERS.includes(name)) throw refuse(at, `only the members ${MEMBERS.join(', ')}`)
  }
  const list = (name: string, most: number): Place[] => readList(member(members, name, at), most)
  return {
    names: list('names', KNOWN_LIMITS.names).flatMap(readName),
    relatives: list('relatives', KNOWN_LIMITS.names).flatMap(readName),
    dates: ['birthDate', 'deathDate'].flatMap((name) => readDate(member(members, name, at)) ?? []),
    addresses: list('addresses', KNOWN_LIMITS.addresses).map(readAddress),
    phones: readTexts(member(members, 'phones', at), KNOWN_LIMITS.contactPoints),
    emails: readTexts(member(members, 'emails', at), KNOWN_LIMITS.contactPoints),
    identifiers: list('identifiers', KNOWN_LIMITS.identifiers).flatMap(readIdentifier),
  }
}

function readName(place: Place): KnownName[] {
  if (typeof place.value === 'string') {
    const text = readText(place)
    return text === undefined ? [] : [readNameText(text)]
  }
  const name = readMembers(place)
  const given = readTexts(member(name, 'given', place.at), KNOWN_LIMITS.givenNames)
  const family = readText(member(name, 'family', place.at))
  return given.length > 0 || family !== undefined ? [{ given, family: family ?? '' }] : []
}

function readAddress(place: Place): KnownAddress {
  if (typeof place.value === 'string') {
    const [line = '', city = ''] = (readText(place) ?? '').split(/[,\n]/)
    const postalCode = /\b\d{5}(?:-\d{4})?$/.exec(place.value.trim())?.[0]
    return { lines: [line], ...(city.trim() !== '' && { city: city.trim() }), ...(postalCode && { postalCode }) }
  }
  const address = readMembers(place)
  const text = (name: string): string | undefined => readText(member(address, name, place.at))
  const [city, county, postalCode] = [text('city'), text('county'), text('postalCode')]
  return {
    lines: readTexts(member(address, 'lines', place.at), KNOWN_LIMITS.lines),
    ...(city !== undefined && { city }),
    ...(county !== undefined && { county }),
    ...(postalCode !== undefined && { postalCode }),
  }
}

function readIdentifier(place: Place): KnownIdentifier[] {
  if (typeof place.value === 'string') {
    const value = readText(place)
    return value === undefined ? [] : [{ value, class: /^\d{3}-\d{2}-\d{4}$/.test(value) ? 'SSN' : 'OTHER_ID' }]
  }
  const identifier = readMembers(place)
  const value = readText(member(identifier, 'value', place.at))
  const stated = readText(member(identifier, 'class', place.at)) ?? 'OTHER_ID'
  const phiClass = CLASSES.find((one) => one === stated)
  if (phiClass === undefined) throw refuse(`${place.at}.class`, CLASSES.join(', '))
  return value === undefined ? [] : [{ value, class: phiClass }]
}
