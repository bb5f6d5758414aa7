import type { PhiClass, Role } from '../../types.ts'
import { CODE, identifier, isCompactDate, TERM, TEXT, type Use } from './cell.ts'

/** Elements of an address and their classes (HL7 v3 data types, AD). */
const PLACES: Readonly<Record<string, PhiClass>> = {
  streetAddressLine: 'STREET',
  streetName: 'STREET',
  streetNameBase: 'STREET',
  houseNumber: 'STREET',
  additionalLocator: 'STREET',
  unitID: 'STREET',
  postBox: 'STREET',
  deliveryAddressLine: 'STREET',
  precinct: 'STREET',
  city: 'CITY',
  county: 'COUNTY',
  postalCode: 'ZIP',
}
/** Who is named, by the element around the name (CDA R2, C-CDA 2.1). */
const PEOPLE: Readonly<Record<string, Role>> = {
  patient: 'patient',
  subject: 'patient',
  guardianPerson: 'relative',
  relatedSubject: 'relative',
  associatedPerson: 'relative',
  relatedPerson: 'relative',
  assignedPerson: 'clinician',
  informationRecipient: 'clinician',
  maintainingPerson: 'clinician',
}
const HOUSE = /Organi[sz]ation$|^(?:wholeOrganization|healthCareFacility|location|birthplace|place)$/
const TIMES =
  /^(?:effectiveTime|birthTime|time|low|high|center|value|deceasedTime|expirationTime|existenceTime|availabilityTime|signatureTime)$/
const UUID = /^[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i
const SSN_ROOT = '2.16.840.1.113883.4.1'
const NPI_ROOT = '2.16.840.1.113883.4.6'

/** What a text between tags of CDA is; `above` is the element around the one that it stands in. */
export function decideCdaText(element: string, above: string, around: string): Use {
  const rule = `record.${element}`
  if (element === 'given' || element === 'family') return identifier('NAME', rule, PEOPLE[around] ?? 'unknown')
  if (element === 'prefix' || element === 'suffix' || element === 'state' || element === 'country') return CODE
  const place = PLACES[element]
  if (place) return identifier(place, rule)
  if (element === 'name' && above in PEOPLE) return identifier('NAME', rule, PEOPLE[above])
  if (element === 'name' && HOUSE.test(above)) return identifier('FACILITY', rule)
  if (element === 'name') return TERM
  if (element === 'addr') return identifier('STREET', rule)
  return element === 'lotNumberText' ? identifier('OTHER_ID', rule) : TEXT
}

/** What an attribute of CDA is; `root` is that of the same element, `above` the element around it. */
export function decideCdaAttribute(element: string, name: string, value: string, root: string, above: string): Use {
  const rule = `record.${element}@${name}`
  if (element === 'id' || element === 'setId') {
    if (name === 'root') return UUID.test(value) ? identifier('OTHER_ID', rule) : CODE
    if (name === 'extension') return identifier(classOfId(root, above), rule)
    if (name === 'assigningAuthorityName') return TEXT
  }
  if (name === 'value' && element === 'telecom') return decideTelecom(value, rule)
  if (name === 'value' && TIMES.test(element) && isCompactDate(value)) return identifier('DATE', rule)
  if (name === 'displayName') return TERM
  return UUID.test(value) ? identifier('OTHER_ID', rule) : CODE
}

function classOfId(root: string, above: string): PhiClass {
  if (root === SSN_ROOT) return 'SSN'
  if (root === NPI_ROOT) return 'LICENCE'
  return above === 'patientRole' ? 'MRN' : 'OTHER_ID'
}

function decideTelecom(value: string, rule: string): Use {
  if (value.includes('@')) return identifier('EMAIL', rule)
  if (/^https?:/i.test(value)) return identifier('URL', rule)
  return identifier(/^fax:/i.test(value) ? 'FAX' : 'PHONE', rule)
}
