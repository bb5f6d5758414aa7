import { readFhirPlace } from '@breakwater/deid'
import type { PhiClass } from '@breakwater/deid'
import type { JsonPath } from '../walk/path.ts'
import type { JsonLeaf } from '../walk/scan-json.ts'

/**
 * Members whose value identifies by what they are called, whatever it looks like: the names that records of patients
 * (FHIR, claims, registration forms) use for the classes of 45 CFR 164.514(b)(2)(i). Letters and digits only.
 */
const MEMBERS: Readonly<Partial<Record<PhiClass, string>>> = {
  NAME:
    'family given familyname givenname firstname lastname middlename surname forename fullname patientname maidenname ' +
    'mothersmaidenname legalname preferredname nickname contactname guardianname spousename nextofkin employername ' +
    'subscribername membername physicianname providername doctorname nursename practitionername',
  STREET: 'street streetaddress streetname address addressline address1 address2 addressline1 addressline2',
  CITY: 'city town village municipality',
  COUNTY: 'county district',
  ZIP: 'zip zipcode postalcode postcode',
  GEO: 'latitude longitude lat lon lng geolocation',
  DATE: 'dob birthdate dateofbirth birthday deathdate dateofdeath deceaseddatetime admissiondate dischargedate',
  PHONE: 'phone phonenumber telephone mobile mobilephone cell cellphone homephone workphone telecom',
  FAX: 'fax faxnumber',
  EMAIL: 'email emailaddress mail',
  SSN: 'ssn socialsecuritynumber socialsecurity taxid itin',
  MRN: 'mrn medicalrecordnumber patientid chartnumber recordnumber',
  PLAN_ID:
    'memberid subscriberid policynumber insuranceid beneficiaryid healthplannumber medicareid medicaidid groupnumber',
  ACCOUNT: 'account accountnumber iban cardnumber creditcard',
  LICENCE: 'licensenumber licencenumber driverslicense driverlicense npi deanumber',
  VEHICLE: 'vin licenseplate plate',
  DEVICE: 'serialnumber deviceid udi',
  IP: 'ip ipaddress',
  USERNAME: 'username login userid',
  OTHER_ID: 'passport passportnumber identifier visitnumber encounterid caseid accessionnumber nationalid',
}

const CLASSES: ReadonlyMap<string, PhiClass> = new Map(
  Object.entries(MEMBERS).flatMap(([phiClass, names]) =>
    names.split(' ').map((name): [string, PhiClass] => [name, phiClass as PhiClass]),
  ),
)

/** Members that say nothing of themselves and take their meaning from the one above: FHIR's `identifier.value`. */
const GENERIC: ReadonlySet<string> = new Set(['value', 'text', 'line'])
/** Members above such that give it meaning. */
const PARENTS: ReadonlyMap<string, PhiClass> = new Map([
  ['identifier', 'OTHER_ID'],
  ['telecom', 'PHONE'],
  ['address', 'STREET'],
])
/** Classes whose values are also written as JSON numbers, short ones too. */
const NUMERIC: ReadonlySet<PhiClass> = new Set<PhiClass>([
  'ZIP',
  'GEO',
  'PHONE',
  'FAX',
  'SSN',
  'MRN',
  'PLAN_ID',
  'ACCOUNT',
  'LICENCE',
  'OTHER_ID',
])
/** Too general to be read as a label before a value: `code: 44054006` is no identifier. */
const NO_LABELS: ReadonlySet<string> = new Set(
  'code value text display type status title description content note valuestring system url use'.split(' '),
)

/** The class that a string or number has because of where it stands. */
export function classOfMember(path: JsonPath, kind: JsonLeaf['kind']): PhiClass | undefined {
  const phiClass = findClass(path)
  return kind === 'number' && phiClass && !NUMERIC.has(phiClass) ? undefined : phiClass
}

/** Whether a number is FHIR's geolocation: the value of an extension whose address, the string before it, says so. */
export function isCoordinate({ kind, path }: JsonLeaf, before: JsonLeaf | undefined): boolean {
  if (kind !== 'number' || before?.path.key !== 'url' || !/^(?:lat|long)itude$/.test(before.value)) return false
  return typeof path.key === 'string' && path.key.startsWith('value')
}

/** Whether a member of this name holds an identifier that may be written as a number. */
export function isNumericMember(name: string): boolean {
  const phiClass = CLASSES.get(normalise(name))
  return phiClass !== undefined && NUMERIC.has(phiClass)
}

function findClass(path: JsonPath): PhiClass | undefined {
  const member = memberAbove(path)
  if (!member) return undefined
  const name = normalise(member.key)
  const own = CLASSES.get(name)
  if (own || !GENERIC.has(name) || !member.parent) return own
  const parent = memberAbove(member.parent)
  return parent && PARENTS.get(normalise(parent.key))
}

/**
 * Whether a value of a FHIR resource is a code or the name of one, by where it stands: what only a model's guess or a word
 * of a list speaks against stays.
 */
export function readCoded(path: JsonPath, value: string): 'code' | 'term' | undefined {
  const member = memberAbove(path)
  if (!member?.parent) return undefined
  const parent = String(memberAbove(member.parent)?.key ?? '')
  const { use } = readFhirPlace({ name: String(member.key), parent, resource: '', system: '', url: '' }, value)
  return use === 'code' || use === 'term' ? use : undefined
}

export function isLabel(path: JsonPath): boolean {
  const member = memberAbove(path)
  return member !== undefined && !NO_LABELS.has(normalise(member.key))
}

/** The nearest place that has a name: elements of a list go by the list's. */
function memberAbove(path: JsonPath): JsonPath | undefined {
  let at: JsonPath | undefined = path
  while (at && typeof at.key === 'number') at = at.parent
  return at?.parent && at
}

function normalise(key: string | number): string {
  return String(key)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
}
