import type { PhiClass, Role } from '../../types.ts'
import { CODE, identifier, TERM, TEXT, type Use } from './cell.ts'

/** A value of FHIR where it stands; names without what lists add. */
export interface FhirPlace {
  readonly name: string
  readonly parent: string
  /** Of the resource around it, as far as it was named by then. */
  readonly resource: string
  /** What the object around it says of itself: `identifier.system`, `extension.url`. */
  readonly system: string
  readonly url: string
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '))

/** Members that are codes wherever they stand in a resource, or tell where something is defined. */
const CODES = words(
  'resourceType status use gender code system unit intent priority mode kind criticality severity language contentType ' +
    'profile version comparator rank active url versionId currency outcome docStatus state country numberOfRepeats ' +
    'clinicalStatus verificationStatus direction period periodUnit valueCode valueUri valueUrl valueBoolean ' +
    'valueInteger valueDecimal lifecycleStatus basedOnCanonical instantiatesCanonical instantiatesUri relationship ' +
    'onsetString purpose hash size format jurisdiction assembler sequence',
)
/** Objects whose `text` or `display` names a code. */
const CONCEPTS = words(
  'coding code category type vaccineCode medicationCodeableConcept valueCodeableConcept reasonCode reason maritalStatus specialty ' +
    'productOrService bodySite method interpretation route site dosageInstruction statusReason role class serviceType ' +
    'substance manifestation adjudication revenue tag security valueCoding modality doseQuantity physicalType ' +
    'clinicalStatus verificationStatus relationship communication language payeeType priority subType ' +
    'programCode event format diagnosisCodeableConcept procedureCodeableConcept admitSource dischargeDisposition ' +
    'medium form ingredient itemCodeableConcept targetDisease processingMode reasonReference medicationReference',
)
/** Who stands in a reference to a person, and in what role. */
const PEOPLE: Readonly<Record<string, Role>> = {
  subject: 'patient',
  patient: 'patient',
  beneficiary: 'patient',
  subscriber: 'patient',
  individual: 'clinician',
  performer: 'clinician',
  requester: 'clinician',
  recorder: 'clinician',
  asserter: 'clinician',
  practitioner: 'clinician',
  provider: 'clinician',
  author: 'clinician',
  enterer: 'clinician',
  actor: 'clinician',
  member: 'clinician',
  who: 'clinician',
  onBehalfOf: 'clinician',
  attester: 'clinician',
  authenticator: 'clinician',
  generalPractitioner: 'clinician',
  interpreter: 'clinician',
  collector: 'clinician',
  informationSource: 'unknown',
  party: 'unknown',
  source: 'unknown',
}
const HOUSES = words('organization serviceProvider managingOrganization location custodian facility partOf requestor')
const PLACES: Readonly<Record<string, PhiClass>> = {
  line: 'STREET',
  text: 'STREET',
  city: 'CITY',
  district: 'COUNTY',
  postalCode: 'ZIP',
}
const ALONE: Readonly<Record<string, PhiClass>> = {
  birthDate: 'DATE',
  lotNumber: 'OTHER_ID',
  serialNumber: 'DEVICE',
  distinctIdentifier: 'DEVICE',
  carrierHRF: 'DEVICE',
  deviceIdentifier: 'DEVICE',
  subscriberId: 'PLAN_ID',
  policyNumber: 'PLAN_ID',
  latitude: 'GEO',
  longitude: 'GEO',
}
const NAMED_HOUSES = words('Organization Location HealthcareService')
const DATE = /^(?:19|20)\d{2}-\d{2}(?:-\d{2}(?:T[\d:.]{2,16}(?:Z|[+-]\d{2}:?\d{2})?)?)?$/
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const LONG = /^\d{6,}$/
const SHORTEST_ID = 2
/** Who defines codes and profiles; what another host defines tells whose record it is. */
const STANDARDS =
  /^https?:\/\/(?:[\w-]{1,40}\.){0,4}(?:hl7\.org|snomed\.info|loinc\.org|unitsofmeasure\.org|nlm\.nih\.gov|cms\.gov|nucc\.org|w3\.org|ihe\.net|nema\.org|who\.int)(?:[/#|]|$)/i

/** What a value of FHIR (R4, R5) is by where it stands. */
export function decideFhir({ name, parent, resource, system, url }: FhirPlace, value: string): Use {
  const rule = `record.${parent === '' ? '' : `${parent}.`}${name}`
  if (DATE.test(value)) return identifier('DATE', rule)
  const alone = ALONE[name]
  if (alone) return identifier(alone, rule)
  if (/^(?:id|reference|fullUrl)$/.test(name)) return value.length >= SHORTEST_ID ? identifier('OTHER_ID', rule) : CODE
  if (/^(?:name|valueHumanName)$/.test(parent) && /^(?:family|given|text)$/.test(name))
    return identifier('NAME', rule, resource === 'Practitioner' ? 'clinician' : 'unknown')
  const place = /address$/i.test(parent) ? PLACES[name] : undefined
  if (place) return identifier(place, rule)
  if (name === 'value' && /^(?:telecom|valueContactPoint)$/.test(parent))
    return identifier(value.includes('@') ? 'EMAIL' : 'PHONE', rule)
  if (name === 'value' && /identifier$|^requisition$/i.test(parent)) return decideNumber(system, value, rule)
  if (name === 'value' && parent === 'class' && resource === 'Coverage') return identifier('PLAN_ID', rule)
  if (name.startsWith('value') && /^(?:lat|long)itude$/.test(url)) return identifier('GEO', rule)
  if (name === 'valueString' && url.endsWith('mothersMaidenName')) return identifier('NAME', rule, 'relative')
  if ((name === 'name' || name === 'alias') && NAMED_HOUSES.has(resource)) return identifier('FACILITY', rule)
  if (name === 'display' && parent in PEOPLE) return identifier('NAME', rule, PEOPLE[parent])
  if (name === 'display' && HOUSES.has(parent)) return identifier('FACILITY', rule)
  if ((name === 'display' || name === 'text') && CONCEPTS.has(parent)) return TERM
  if (/^(?:https?|ftp):/.test(value)) return STANDARDS.test(value) ? CODE : identifier('URL', rule)
  if (CODES.has(name)) return CODE
  // A member that FHIR does not know may hold a number of the patient's.
  return NUMBER.test(value) && !LONG.test(value) ? CODE : TEXT
}

function decideNumber(system: string, value: string, rule: string): Use {
  if (/ssn/i.test(system)) return identifier('SSN', rule)
  if (value.length < SHORTEST_ID) return CODE
  return identifier(/us-npi/.test(system) ? 'LICENCE' : 'OTHER_ID', rule)
}

/** Where the id begins in a reference: behind its type, address or scheme; an address of a house goes whole. */
export function idStart(value: string): number {
  if (/^https?:/.test(value)) return 0
  const query = value.lastIndexOf('|')
  if (query > 0 && query < value.length - 1) return query + 1
  const at = Math.max(value.lastIndexOf('/'), value.lastIndexOf(':'), value.lastIndexOf('#'))
  return at + 1 < value.length ? at + 1 : 0
}
