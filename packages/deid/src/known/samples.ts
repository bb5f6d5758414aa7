import fc from 'fast-check'

/** People for property tests: rare, ordinary, double, particled, accented and short names. All made up. */
export interface SamplePatient {
  readonly given: string
  readonly middle: string
  readonly family: string
  readonly birthDate: string
  readonly phone: string
  readonly mrn: string
  readonly number: number
  readonly street: string
  readonly city: string
}

const GIVEN =
  'Maria,Robert,Elizabeth,Thandiwe,Nguyet,Siobhan,Oluwaseun,Bjarte,Zoë,José,François,Aoife,Xiomara,Katherine,William,Dmitri,Anneliese,Yusuf,Kwabena,Soo-jin,Mary-Beth,Faith,Hope,Mark,Grant,Rose,Ann,Li,Jo'.split(
    ',',
  )
const FAMILY =
  "Lopez,Okonkwo-Reyes,de la Cruz,van der Berg,O'Brien,D'Souza,McAllister,Müller,Hernández,Szczepański,Abdulrahman,Papadopoulos,Wojciechowski,Featherstonehaugh,Nakamura,Long,Young,White,Brown,Wells,Pain,Best,Moon,Ng,Wu,Kim,Diaz,Ødegaard,García-Lorca,St. Clair".split(
    ',',
  )
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October']

const digits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((list) => list.join(''))

export const samplePatient: fc.Arbitrary<SamplePatient> = fc.record({
  given: fc.constantFrom(...GIVEN),
  middle: fc.constantFrom('Grace', 'Anders', 'Quill', 'Tove'),
  family: fc.constantFrom(...FAMILY),
  birthDate: fc
    .tuple(fc.integer({ min: 1935, max: 2015 }), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 28 }))
    .map(([year, month, day]) => `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`),
  phone: fc.tuple(fc.integer({ min: 201, max: 989 }), digits(4)).map(([area, last]) => `(${area}) 555-${last}`),
  mrn: digits(8).map((number) => `4${number.slice(1)}`),
  number: fc.integer({ min: 1, max: 9999 }),
  street: fc.constantFrom('Quillhaven Road', 'North Tamsin Street', 'Orrery Lane', 'Bellwether Avenue'),
  city: fc.constantFrom('Quoinford', 'East Tamsinville', 'Orrerydale'),
})

/** As a FHIR Patient. */
export function toFhir(patient: SamplePatient): Record<string, unknown> {
  return {
    resourceType: 'Patient',
    id: 'p-1',
    name: [{ family: patient.family, given: [patient.given, patient.middle] }],
    birthDate: patient.birthDate,
    telecom: [{ system: 'phone', value: patient.phone }],
    address: [{ line: [`${patient.number} ${patient.street}`], city: patient.city, state: 'OH', postalCode: '44102' }],
    identifier: [{ type: { coding: [{ code: 'MR' }] }, value: patient.mrn }],
    gender: 'unknown',
  }
}

/** The ways in which people write a full name. */
export const NAME_FORMS: Readonly<Record<string, (p: SamplePatient) => string>> = {
  plain: ({ given, family }) => `${given} ${family}`,
  middle: ({ given, middle, family }) => `${given} ${middle} ${family}`,
  'middle initial': ({ given, middle, family }) => `${given} ${middle.charAt(0)}. ${family}`,
  'last, first': ({ given, family }) => `${family}, ${given}`,
  'last, first m.': ({ given, middle, family }) => `${family}, ${given} ${middle.charAt(0)}.`,
  'initial last': ({ given, family }) => `${given.charAt(0)}. ${family}`,
  caps: ({ given, family }) => `${given} ${family}`.toUpperCase(),
  'caps, last first': ({ given, family }) => `${family}, ${given}`.toUpperCase(),
  folded: ({ given, family }) => `${given} ${family}`.normalize('NFD').replace(/\p{M}/gu, ''),
  decomposed: ({ given, family }) => `${given} ${family}`.normalize('NFD'),
  possessive: ({ given, family }) => `${given} ${family}\u2019s`,
  wrapped: ({ given, family }) => `${given}\n   ${family}`,
  titled: ({ family }) => `Mrs. ${family}`,
  quoted: ({ given, family }) => `"${family}", "${given}"`,
}

/** The ways in which people write a date of birth. */
export const DATE_FORMS: Readonly<Record<string, (date: string) => string>> = {
  iso: (date) => date,
  american: (date) => parts(date, (y, m, d) => `${m}/${d}/${y}`),
  short: (date) => parts(date, (y, m, d) => `${Number(m)}/${Number(d)}/${y.slice(2)}`),
  dotted: (date) => parts(date, (y, m, d) => `${d}.${m}.${y}`),
  compact: (date) => parts(date, (y, m, d) => `${m}${d}${y}`),
  month: (date) => parts(date, (y, m, d) => `${MONTHS[Number(m) - 1]} ${Number(d)}, ${y}`),
  'day first': (date) => parts(date, (y, m, d) => `${Number(d)} ${MONTHS[Number(m) - 1]?.slice(0, 3)} ${y}`),
  of: (date) => parts(date, (y, m, d) => `the ${Number(d)} of ${MONTHS[Number(m) - 1]} ${y}`),
  caps: (date) => parts(date, (y, m, d) => `${d}-${MONTHS[Number(m) - 1]?.slice(0, 3).toUpperCase()}-${y}`),
}

function parts(date: string, join: (year: string, month: string, day: string) => string): string {
  const [year = '', month = '', day = ''] = date.split('-')
  return join(year, month, day)
}
