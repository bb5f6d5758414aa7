/** What stands in the slots of records: identifiers of made-up people, codes and words of nobody. */
import type { Random } from './corpus/random.ts'
import type { Surfaces } from './corpus/surfaces.ts'

/** What a slot gives: an identifier, or a word that is none. */
type Slot = (random: Random, surfaces: Surfaces, terms: readonly string[]) => string

const pad = (value: number, width: number): string => String(value).padStart(width, '0')
const digits = (random: Random, least: number, most: number): string =>
  Array.from({ length: random.between(least, most) }, (_, i) => random.between(i === 0 ? 1 : 0, 9)).join('')
const date = (random: Random): string =>
  `${random.between(1930, 2026)}${pad(random.between(1, 12), 2)}${pad(random.between(1, 28), 2)}`
const time = (random: Random): string =>
  `${pad(random.below(24), 2)}${pad(random.below(60), 2)}${random.chance(0.5) ? '00' : ''}`
const isoDate = (random: Random): string => date(random).replace(/(....)(..)(..)/, '$1-$2-$3')
const hex = (random: Random, length: number): string =>
  Array.from({ length }, () => random.below(16).toString(16)).join('')
const caps = (random: Random, word: string): string => (random.chance(0.4) ? word.toUpperCase() : word)
const given = (random: Random, surfaces: Surfaces): string => {
  const group = random.pick(surfaces.groups)
  const pool = random.chance(0.5) ? group.female : group.male
  return pool.length === 0 ? given(random, surfaces) : random.pick(pool)
}
const surname = (random: Random, surfaces: Surfaces): string => {
  const { surnames } = random.pick(surfaces.groups)
  return surnames.length === 0 ? surname(random, surfaces) : random.pick(surnames)
}
const street = (random: Random, surfaces: Surfaces): string =>
  `${random.between(1, 9999)} ${random.pick(surfaces.streets)} ${random.pick(['St', 'Road', 'Ave', 'LANE', 'Dr.', 'Way'])}`
const words = (random: Random, terms: readonly string[]): string =>
  Array.from({ length: random.between(1, 4) }, (_, i) => {
    const word = random.pick(random.chance(0.35) ? terms : COMMON)
    return i === 0 || random.chance(0.4) ? word.charAt(0).toUpperCase() + word.slice(1) : word.toLowerCase()
  }).join(random.chance(0.1) ? ', ' : ' ')

const IDENTIFIERS: Readonly<Record<string, Slot>> = {
  family: (random, surfaces) => caps(random, surname(random, surfaces)),
  given: (random, surfaces) => caps(random, given(random, surfaces)),
  full: (random, surfaces) => caps(random, `${given(random, surfaces)} ${surname(random, surfaces)}`),
  doctor: (random, surfaces) => `Dr. ${given(random, surfaces)} ${surname(random, surfaces)}`,
  street: (random, surfaces) => caps(random, street(random, surfaces)),
  city: (random, surfaces) => caps(random, random.pick(surfaces.cities)),
  zip: (random) => digits(random, 5, 5),
  id: (random) =>
    random.chance(0.3) ? `${random.pick(['A', 'MR', 'P-', 'X'])}${digits(random, 4, 8)}` : digits(random, 4, 10),
  date,
  stamp: (random) =>
    `${date(random)}${time(random)}${random.chance(0.4) ? `${random.pick(['+', '-'])}0${random.between(1, 9)}00` : ''}`,
  isodate: isoDate,
  isostamp: (random) =>
    `${isoDate(random)}T${pad(random.below(24), 2)}:${pad(random.below(60), 2)}:00${random.pick(['Z', '-05:00', '+01:00'])}`,
  phone: (random) =>
    random.chance(0.5)
      ? `(${digits(random, 3, 3)})${digits(random, 3, 3)}-${digits(random, 4, 4)}`
      : digits(random, 10, 10),
  uuid: (random) => `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`,
  house: (random, surfaces) =>
    caps(
      random,
      `${random.pick(surfaces.facilities)} ${random.pick(['Hospital', 'Clinic', 'Medical Center', 'Health'])}`,
    ),
}

const COMMON = (
  'glucose hemoglobin hematocrit leukocytes platelets creatinine sodium potassium chloride calcium albumin bilirubin cholesterol triglycerides ' +
  'panel serum plasma blood urine count volume mass mean body weight height rate pressure systolic diastolic heart respiratory temperature oral ' +
  'essential hypertension diabetes mellitus type asthma pneumonia bronchitis fracture sprain injury disorder finding procedure regime therapy ' +
  'acute chronic mild moderate severe left right arm leg chest head hand foot abdominal pain cough fever nausea vomiting allergy penicillin latex ' +
  'peanut influenza vaccine hepatitis tetanus toxoid measles mumps rubella preservative free adult pediatric intramuscular subcutaneous intravenous ' +
  'tablet capsule solution injection suspension oral topical dose daily twice metformin lisinopril amlodipine simvastatin albuterol ibuprofen ' +
  'emergency outpatient inpatient ambulatory office visit encounter check up admission discharge transfer report status active inactive final ' +
  'preliminary corrected confirmed resolved medical record number account visit legal official usual home work mobile primary secondary spouse ' +
  'mother father child self emergency contact employer single married divorced widowed never unknown white black asian hispanic latino american ' +
  'indian african pacific islander english spanish male female general practice practitioner cardiology surgery pediatrics radiology laboratory ' +
  'nursing nurse physician provider attending referring consulting admitting care hospital clinic pharmacy insurance plan coverage payer group ' +
  'commercial medicare medicaid claim service line amount paid charge coinsurance deductible adjudication submitted allowed benefit payment ' +
  'screening assessment smoking tobacco former never smoker alcohol use functional cognitive status results reactions problems history social ' +
  'family vital signs plan of treatment chief complaint reason immunizations section document continuity summary progress note consultation ' +
  'collected specimen sample culture organism identified method automated manual differential buffy coat direct ratio fraction per hour day ' +
  'national institute center health issues federally qualified state administrative region special district department public county municipal ' +
  'cardiac electrical activity measurement external monitoring eligibility captured immunization level funding source registry program university ' +
  'video slide digital scanner container type label expiration dispense refill substitution pharmacy telehealth home equipment resource booked pending ' +
  'bachelor associate degree specialist general provider primary registered practical licensed care team member organization business office central'
).split(' ')
const SEGMENT_CODES =
  'ADT^A01^ADT_A01 ADT^A04 ADT^A08^ADT_A01 ORU^R01^ORU_R01 ORM^O01 VXU^V04^VXU_V04 MDM^T02 SIU^S12 DFT^P03 OML^O21'.split(
    ' ',
  )
const SYSTEMS =
  'LN SCT I9 I10 CVX MVX NCIT HL70001 HL70203 UCUM CDCREC C4 NDC L ISO RXNORM HL70005 HL70443 SNOMED'.split(' ')

/** Codes that a house or a vendor made up: letters, a number, signs between. */
function local(random: Random): string {
  const letters = Array.from({ length: random.between(2, 5) }, () =>
    random.pick('ABCDEFGHIJKLMNOPRSTUVWXZ'.split('')),
  ).join('')
  const number = digits(random, 1, 4)
  return random.pick([
    `${letters}-${number}`,
    `${letters}-${number}`,
    `${letters}${number}`,
    `${letters}_${random.pick(['NG', 'RU', 'GU', 'FR', 'LAB', 'V2', 'EHR'])}_${random.pick(['Component', 'Profile', 'Message', 'Type'])}`,
    `${letters}-${number}.${random.below(10)}`,
    `${letters.charAt(0)}${letters.slice(1).toLowerCase()}-${number}`,
    letters,
    number,
  ])
}

const MAKERS =
  'Pfizer Merck Sanofi Pasteur Novartis GlaxoSmithKline Wyeth Abbott Roche Bayer Baxter Medtronic Seqirus Moderna AstraZeneca Janssen Teva Mylan Sandoz Siemens Beckman Philips Olympus Stryker Immuno Aventis MedImmune Connaught Lederle'.split(
    ' ',
  )
const makeMaker = (random: Random): string =>
  `${random.pick(MAKERS)}${random.pick(['', '', ' Inc', ', Inc.', ' Corporation', ' Pharmaceuticals', ` ${random.pick(MAKERS)}`])}`
const SYSTEM_NAMES = [
  'SNOMED CT',
  'LOINC',
  'RxNorm',
  'ICD-10-CM',
  'ICD-9-CM',
  'National Cancer Institute (NCI) Thesaurus',
  'HL7 ActClass',
  'AdministrativeGender',
  'Race &amp; Ethnicity - CDC',
  'HL7 RoleCode',
  'CPT-4',
  'CVX',
  'UNII',
  'HealthcareServiceLocation',
  'National Uniform Claim Committee',
  'FDA SPL Marketing Category',
  'HL7 Confidentiality',
  'Religious Affiliation',
  'NUCC Health Care Provider Taxonomy',
  'Source of Payment Typology (PHDSC)',
  'US Census Bureau',
]

/** What tells nothing of a person. */
export const NEUTRAL: Readonly<Record<string, Slot>> = {
  term: (random, _, terms) => words(random, terms),
  TERM: (random, _, terms) => words(random, terms).toUpperCase(),
  code: (random) =>
    random.pick([
      `${digits(random, 3, 5)}-${random.below(10)}`,
      digits(random, 6, 9),
      `${random.pick('ABCDEIJKMNRSZ'.split(''))}${digits(random, 2, 2)}.${random.below(10)}`,
      digits(random, 3, 6),
      `${digits(random, 9, 11)}`,
      `${digits(random, 4, 5)}-${digits(random, 4, 4)}-${digits(random, 2, 2)}`,
      local(random),
      local(random),
    ]),
  local,
  maker: (random) => makeMaker(random),
  version: (random) => random.pick(['2.', '1.', '10.', '']) + `${random.below(20)}.${digits(random, 1, 5)}`,
  amount: (random) =>
    `${random.chance(0.3) ? '-' : ''}${digits(random, 1, 5)}${random.pick(['', '', `.${random.below(10)}`, `.${digits(random, 2, 2)}`])}`,
  guide: (random) =>
    random.pick([
      '004010X096A1',
      '004010X098A1',
      '004010X091A1',
      '004010X094A1',
      '005010X222A1',
      '005010X223A2',
      '005010X220A1',
      '005010X221A1',
      '005010X279A1',
    ]),
  kind: (random) =>
    random.pick(
      'MR PI SS NI NPI PRN DN VN AN XX U L ISO HCD DNS GUID UUID M10 M11 NIIP PN EI UPIN CLIA CMS'.split(' '),
    ),
  mime: (random) =>
    random.pick([
      'Octet-stream',
      'PDF',
      'TEXT',
      'HTML',
      'JPEG',
      'RTF',
      'XML',
      'Application',
      'Image',
      'Base64',
      'Hex',
      'multipart',
    ]),
  day: (random) => random.pick(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'Mon', 'Tue', 'Wednesday', 'Friday']),
  year: (random) => String(random.between(1930, 2026)),
  system: (random) => random.pick(SYSTEM_NAMES),
  loinc: (random) => `${digits(random, 3, 5)}-${random.below(10)}`,
  sct: (random) => digits(random, 7, 16),
  oid: (random) =>
    `2.16.840.1.113883.${random.pick(['6.1', '6.96', '5.4', '5.1', '3.26.1.1', '6.238', '11.19185', `10.20.22.4.${random.between(1, 90)}`, `10.20.22.2.${random.between(1, 30)}.1`, `${random.between(3, 12)}.${digits(random, 1, 4)}`])}`,
  sys: (random) => random.pick(SYSTEMS),
  type: (random) => random.pick(SEGMENT_CODES),
  num: (random) =>
    random.pick([
      `${random.below(300)}.${random.below(10)}`,
      `${random.below(300)}.${digits(random, 2, 3)}`,
      String(random.below(5000)),
      digits(random, 1, 3),
      digits(random, 4, 6),
    ]),
  unit: (random) =>
    random.pick([
      'mg/dL',
      'mmol/L',
      '%',
      'g/dL',
      'mm[Hg]',
      'kg',
      'cm',
      '10*3/uL',
      'U/L',
      '/min',
      'tera.l-1',
      'mEq/L',
      'Cel',
      'a',
      'beats/min',
    ]),
  flag: (random) => random.pick(['', 'H', 'L', 'N', 'A', 'HH', 'AD', 'F', 'P', 'AN']),
  sex: (random) => random.pick(['M', 'F', 'U']),
  state: (random) =>
    random.pick('AL AK AZ CA CO CT FL GA IA IL KS MA MD MI MN MO NC NJ NV NY OH OK OR PA TX VA WA WI'.split(' ')),
  big2n: (random) => digits(random, 2, 3),
  land: (random) => random.pick(['USA', 'US', 'USA', 'CAN', 'MX', '']),
  short: (random) =>
    random.pick(
      '1 2 3 A B C D E I L M N O P R S T U V AD BP CP PH FX PRN WPN NET ORN HOME MR SS VN PI DN NPI MD PHD RN DO Dr Mrs AND OBS EI XX'.split(
        ' ',
      ),
    ),
  app: (random) =>
    random.pick([
      'EPIC',
      'CERNER',
      'LABAPP',
      'ADTApp',
      'SIMHOSP',
      'EHRApp',
      'RADIS',
      'IMMAPP',
      'GHH LAB',
      'MEDDIC',
      'ORDApp',
      'Rhapsody',
      'MIRTH',
      'HIS',
    ]),
  ver: (random) => random.pick(['2.3', '2.3.1', '2.4', '2.5', '2.5.1', '2.6', '2.7', '2.8']),
  seq: (random) => String(random.between(1, 12)),
  big: (random) => digits(random, 3, 5),
  word: (random, _, terms) => random.pick(random.chance(0.5) ? COMMON : terms).toLowerCase(),
  vs: (random) =>
    random.pick([
      'observation-category',
      'v3-MaritalStatus',
      'v2-0203',
      'claim-type',
      'adjudication',
      'condition-clinical',
      'organization-type',
      'processpriority',
      'v3-ActCode',
      'us-core-race',
      'us-core-birthsex',
      'patient-birthPlace',
      'diagnosis-role',
      'ex-serviceplace',
    ]),
  resource: (random) =>
    random.pick(
      'Observation Condition Procedure MedicationRequest Encounter Immunization DiagnosticReport CarePlan Claim AllergyIntolerance Device CareTeam DocumentReference'.split(
        ' ',
      ),
    ),
  person: (random) => random.pick(['Patient', 'Patient', 'Practitioner', 'RelatedPerson', 'Person']),
  sectionName: (random) =>
    random.pick(
      'component entry observation act substanceAdministration supply procedure encounter organizer manufacturedProduct section'.split(
        ' ',
      ),
    ),
}

const MORE: Readonly<Record<string, Slot>> = {
  big2: (random) => digits(random, 3, 7),
  auth: (random, surfaces) =>
    random.pick([
      local(random),
      `${random.pick(surfaces.facilities)} ${random.pick(['Hospital', 'Lab', 'Health'])}`,
      random.pick(surfaces.cities).toUpperCase(),
    ]),
  ssn: (random) =>
    random.chance(0.5)
      ? digits(random, 9, 9)
      : `${digits(random, 3, 3)}-${digits(random, 2, 2)}-${digits(random, 4, 4)}`,
  yymmdd: (random) => date(random).slice(2),
  hhmm: (random) => `${pad(random.below(24), 2)}${pad(random.below(60), 2)}`,
}
/** What tells of a person. */
export const HIDDEN: Readonly<Record<string, Slot>> = { ...IDENTIFIERS, ...MORE }
