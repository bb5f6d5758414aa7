import type { Random } from './random.ts'
import type { Surfaces } from './surfaces.ts'

const STREET_KINDS = [
  'Street',
  'St',
  'St.',
  'Avenue',
  'Ave',
  'Ave.',
  'Road',
  'Rd',
  'Rd.',
  'Lane',
  'Ln',
  'Drive',
  'Dr',
  'Dr.',
  'Boulevard',
  'Blvd',
  'Blvd.',
  'Court',
  'Ct',
  'Place',
  'Pl',
  'Way',
  'Terrace',
  'Circle',
  'Cir',
  'Parkway',
  'Pkwy',
  'Trail',
  'Loop',
]
const UNITS = ['Apt', 'Apt.', 'Unit', 'Suite', 'Ste', '#', 'Apartment', 'Rm']
const SIDES = ['N', 'S', 'E', 'W', 'N.', 'S.', 'North', 'South', 'East', 'West', 'NE', 'SW', 'NW']

export function writeStreet(surfaces: Surfaces, random: Random): string {
  const source = random.next()
  if (source < 0.06) return `${random.pick(['P.O. Box', 'PO Box', 'P. O. Box', 'Box'])} ${random.between(10, 9999)}`
  if (source < 0.1) {
    return `${random.between(100, 29999)} ${random.pick(['State Route', 'County Road', 'Highway', 'Hwy', 'US Route', 'FM', 'Rural Route'])} ${random.between(1, 990)}`
  }
  const side = random.chance(0.2) ? `${random.pick(SIDES)} ` : ''
  const name = random.chance(0.12) ? nth(random.between(1, 99)) : random.pick(surfaces.streets)
  const kind = random.chance(0.04) ? '' : ` ${random.pick(STREET_KINDS)}`
  const unit = random.chance(0.25) ? writeUnit(random) : ''
  const letter = random.chance(0.04) ? random.pick(['A', 'B', '-12', ' 1/2']) : ''
  return `${random.between(1, random.pick([99, 999, 9999, 19999]))}${letter} ${side}${name}${kind}${unit}`
}

/** A street without its number. */
export const writeRoad = (surfaces: Surfaces, random: Random): string =>
  `${random.pick(surfaces.streets)} ${random.pick(STREET_KINDS.slice(0, 16))}`.replace(/\.$/, '')

function writeUnit(random: Random): string {
  const unit = random.pick(UNITS)
  const number = random.pick([
    `${random.between(1, 40)}${random.pick(['A', 'B', 'C', 'D', ''])}`,
    String(random.between(100, 2400)),
  ])
  return `${random.pick([', ', ' '])}${unit}${unit === '#' ? '' : ' '}${number}`
}

function nth(number: number): string {
  const last = number % 10
  const end =
    last === 1 && number !== 11 ? 'st' : last === 2 && number !== 12 ? 'nd' : last === 3 && number !== 13 ? 'rd' : 'th'
  return `${number}${end}`
}

const KINDS: Readonly<Record<string, readonly string[]>> = {
  hospital: [
    '* Hospital',
    '* Medical Center',
    '* Regional Medical Center',
    '* General Hospital',
    '* Memorial Hospital',
    '* Health System',
    '* Community Hospital',
    "* Children's Hospital",
    '* University Hospital',
    "St. *'s Hospital",
    'Our Lady of *',
    '* Health',
    '* County Hospital',
    'VA * Medical Center',
    '* Methodist Hospital',
    'Hospital of *',
    '* General',
    '* Memorial',
    'Mercy * Hospital',
  ],
  clinic: [
    '* Clinic',
    '* Family Practice',
    '* Family Medicine',
    '* Primary Care',
    '* Cardiology Associates',
    '* Orthopedics',
    '* Internal Medicine',
    '* Pediatrics',
    '* Urgent Care',
    '* Imaging Center',
    '* Eye Associates',
    '* Dermatology',
    '* Oncology Center',
    '* Dialysis Center',
    "* Women's Health",
    '* Pain Clinic',
    '* Surgical Associates',
    '* Cancer Institute',
    '* Wellness Center',
    'The * Center for Sleep',
    '* Behavioral Health',
    '* Physical Therapy',
    '* Dental Group',
  ],
  pharmacy: ['* Pharmacy', '* Drugs', '* Apothecary', '* Rx', '* Drug Store', '* Compounding Pharmacy'],
  home: [
    '* Nursing Home',
    '* Manor',
    '* Rehabilitation Center',
    '* Assisted Living',
    '* Hospice',
    '* Skilled Nursing',
    '* Village',
    '* Care Center',
    '* Group Home',
    '* Senior Living',
    '* Rehab',
    '* House',
  ],
  school: [
    '* High School',
    '* Elementary',
    '* Elementary School',
    '* Middle School',
    '* Academy',
    '* University',
    '* Community College',
    '* Preschool',
    '* Daycare',
  ],
}

/** A facility of a kind: made of a word of the split and what such houses are called. */
export function writeFacility(kind: string, surfaces: Surfaces, random: Random): string {
  const pattern = random.pick(KINDS[kind] ?? KINDS['hospital'] ?? [])
  const word = random.chance(0.3) && kind !== 'home' ? random.pick(surfaces.cities) : random.pick(surfaces.facilities)
  return pattern.replace('*', word)
}

/** Houses as people name them in passing; for training alone. */
const SPOKEN_KINDS = [
  ...(KINDS['hospital'] ?? []),
  ...(KINDS['clinic'] ?? []),
  'University of * Medical Center',
  'University of * Hospital',
  '* Infirmary',
  '* Heart Center',
  '* Heart Institute',
  '* Cancer Center',
  '* ER',
  'the * ER',
  '* ICU',
  '* Med Ctr',
  '* Surgery Center',
  '* Health Center',
  '* Healthcare',
  '* Health Clinic',
  '* Health Plaza',
  '* Medical Group',
  '* Medical Associates',
  '* Medical Plaza',
  '* Outpatient Center',
  '* Specialty Hospital',
  '* Psychiatric Hospital',
  '* Birth Center',
  '* Free Clinic',
  '* Community Health',
  '* VA',
  '* Labs',
  '* Radiology',
  '* Neurology Clinic',
  '* Kidney Center',
  'The * Clinic',
  '* Valley Hospital',
  '* Trauma Center',
]

export const writeSpokenFacility = (surfaces: Surfaces, random: Random): string =>
  random
    .pick(SPOKEN_KINDS)
    .replace(
      '*',
      random.pick(random.chance(0.4) ? surfaces.cities : random.chance(0.25) ? surfaces.streets : surfaces.facilities),
    )

const EMPLOYER_KINDS = [
  '* Logistics',
  '* Foods',
  '* Construction',
  '* Manufacturing',
  '* & Sons',
  '* Trucking',
  '* Steel',
  '* Insurance Group',
  '* Consulting',
  '* Electric',
  '* Plumbing',
  '* School District',
  '* Fire Department',
  '* Farms',
  '* Industries',
  '* Bank',
  '* Auto Body',
  '* Roofing',
  '* Software',
  '* Inc.',
  '* LLC',
  '* Landscaping',
  '* Bakery',
  '* Hotel',
  '* Airlines',
  '* Mills',
  'City of *',
  '* Transit Authority',
  '* Law Group',
  '* Staffing',
  '* Brewing Company',
  '* Mining',
  '* Paper',
  '* Motors',
]

export const writeEmployer = (surfaces: Surfaces, random: Random): string =>
  random.pick(EMPLOYER_KINDS).replace('*', random.pick(surfaces.employers))

/** A unit of a house: a floor, a tower, a named ward. */
export function writeWard(surfaces: Surfaces, random: Random): string {
  const number = random.between(2, 14)
  return random.pick([
    () => `${number} ${random.pick(['West', 'East', 'North', 'South'])}`,
    () =>
      `${random.pick(['Tower', 'Pavilion', 'Building', 'Wing'])} ${random.pick(['A', 'B', 'C', 'D', String(number)])}`,
    () => `${number}${random.pick(['W', 'E', 'N', 'S', 'A', 'B', 'C'])}`,
    () =>
      `${random.pick(surfaces.facilities)} ${random.pick(['Pavilion', 'Tower', 'Unit', 'Wing', 'Building', 'Ward'])}`,
    () => `Unit ${number}${random.pick(['A', 'B', 'C'])}`,
  ])()
}
