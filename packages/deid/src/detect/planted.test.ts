import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import type { PhiClass } from '../types.ts'
import { isCovered } from './testing.ts'

const engine = createTextEngine({ gazetteer: readFileSync(new URL('../../data/gazetteer.bin', import.meta.url)) })

interface Plant {
  readonly letter: string
  readonly classes: readonly PhiClass[]
  readonly values: readonly string[]
  /** `{}` stands for the value. */
  readonly carriers: readonly string[]
}

const GIVEN = [
  'Amara',
  'Tobias',
  'Ingrid',
  'Rashida',
  'Kenji',
  'Priya',
  'Lamar',
  'Concepcion',
  'Svetlana',
  'Gareth',
  'Yusuf',
  'Beatrix',
]
const FAMILY = [
  'Okafor',
  'Lindqvist',
  'Ramanathan',
  'Delgado',
  'Fitzgerald',
  'Nakamura',
  'Kowalczyk',
  'Abernathy',
  'Thornburg',
  'Villanueva',
]
const FULL = GIVEN.flatMap((given) => FAMILY.map((family) => `${given} ${family}`))

/** Values and carriers of our own for the letters of 45 CFR 164.514(b)(2)(i). */
const PLANTS: readonly Plant[] = [
  {
    letter: 'A patient',
    classes: ['NAME'],
    values: FULL,
    carriers: [
      'Patient {} was admitted with pneumonia.',
      'Name: {}\nSex: F',
      '{} is a 45-year-old woman with asthma.',
      'I spoke with {} about the biopsy.',
      'Discharge summary for {}, DOB 3/4/1961',
      'The patient, {}, denies chest pain.',
    ],
  },
  {
    letter: 'A comma form',
    classes: ['NAME'],
    values: FULL.map((name) => name.split(' ').toReversed().join(', ')),
    carriers: ['Patient: {}\nRoom 4', 'Re: {} - cardiology consult', 'Name | {} | F'],
  },
  {
    letter: 'A initial',
    classes: ['NAME'],
    values: GIVEN.map((given, i) => `${given} ${FAMILY[i % 10]?.charAt(0)}.`),
    carriers: ['What dose for a 60-year-old man, {}, with gout?', 'Seen today: {} for follow-up.'],
  },
  {
    letter: 'A clinician',
    classes: ['NAME'],
    values: FULL,
    carriers: [
      'Seen by Dr. {} in clinic.',
      'Signed electronically by {}, MD',
      'Attending: {}',
      'Referred by {} NP for imaging.',
    ],
  },
  {
    letter: 'A relative (DI-02)',
    classes: ['NAME'],
    values: FULL,
    carriers: [
      'His daughter {} holds the power of attorney.',
      'Lives with her husband, {}, and two dogs.',
      'Mother: {}',
    ],
  },
  {
    letter: 'A initials (DI-05)',
    classes: ['INITIALS', 'NAME'],
    values: ['J.D.', 'K.R.', 'M.T.'],
    carriers: [
      'Patient {} returned for review.',
      '{}, a 54-year-old man, presented with gout.',
      '{}, SSN ending 6789',
      'Seen at home. {} denies pain.',
    ],
  },
  {
    letter: 'B street',
    classes: ['STREET'],
    values: [
      '412 Juniper Lane',
      '9 Old Mill Road',
      '1600 W. Harrison Blvd',
      '77 Oakdale Avenue Apt 3B',
      'P.O. Box 1182',
      '2250 State Route 12',
    ],
    carriers: ['Lives at {}.', 'Address: {}', 'Mail the results to {} please.'],
  },
  {
    letter: 'B city',
    classes: ['CITY'],
    values: ['Tulsa', 'Spokane', 'Chattanooga', 'Duluth', 'Albuquerque', 'Baton Rouge', 'Sioux Falls'],
    carriers: [
      'He moved here from {} two years ago.',
      'She lives in {} with a cat.',
      'Transferred from a nursing home in {}, OH.',
    ],
  },
  {
    letter: 'B county',
    classes: ['COUNTY'],
    values: ['Hennepin County', 'Maricopa County', 'Cuyahoga County'],
    carriers: ['A resident of {} since birth.'],
  },
  {
    letter: 'B zip',
    classes: ['ZIP'],
    values: ['89012', '57601', '02139-4307', '44106'],
    carriers: ['ZIP: {}', 'zip code {}', 'Cleveland, OH {}'],
  },
  {
    letter: 'B geo',
    classes: ['GEO'],
    values: ['41.5034, -81.6217', '41.50340,-81.62170', '86HWG9XH+2F'],
    carriers: ['Found at {} by the crew.'],
  },
  {
    letter: 'B facility',
    classes: ['FACILITY'],
    values: [
      'Redwater Regional Hospital',
      'Mercy General Hospital',
      'Tallgrass Family Clinic',
      'St. Brendan Medical Center',
      "St. Olaf's Hospice",
      'Northlake Surgical Center',
      'Hawthorne Nursing Home',
      'Ridgeview Pharmacy',
    ],
    carriers: ['Admitted to {} on Monday.', 'Transferred from {} for dialysis.', 'Records were requested from {}.'],
  },
  {
    letter: 'C date',
    classes: ['DATE'],
    values: [
      '3/14/2021',
      '03-14-21',
      '2021-03-14',
      'March 14, 2021',
      '14 March 2021',
      'Mar 14th',
      '14-Mar-2021',
      'March 2021',
      '03/2021',
      "Mar 14 '21",
      '20210314',
      '14.03.2021',
      'the 3rd of May 2020'.slice(4),
    ],
    carriers: ['Seen on {} for cough.', 'Surgery: {}', 'Next visit {}, fasting.'],
  },
  {
    letter: 'C part',
    classes: ['DATE_PART', 'DATE'],
    values: ['Q3 2021', 'Christmas 2020', 'Tuesday', 'spring of 2019', 'Thanksgiving', 'Labor Day'],
    carriers: ['Symptoms began around {} and persist.'],
  },
  {
    letter: 'C time',
    classes: ['TIME'],
    values: ['14:32', '3:15 pm', '7 a.m.', '0630 hrs'],
    carriers: ['Given at {} by the nurse.'],
  },
  {
    letter: 'C age over 89',
    classes: ['AGE'],
    values: ['95-year-old', '101 y/o', '93yo', 'ninety-three-year-old', 'nonagenarian', 'centenarian'],
    carriers: ['A {} woman with dementia.'],
  },
  {
    letter: 'D phone',
    classes: ['PHONE'],
    values: [
      '(216) 555-0134',
      '216-555-0134',
      '216.555.0134',
      '+1 216 555 0134',
      '555-0134',
      '216-555-0134 x22',
      '2165550134',
    ],
    carriers: ['Call {} with results.', 'Phone: {}', 'Her cell is {}.', 'Tel | {} | home'],
  },
  {
    letter: 'E fax',
    classes: ['FAX'],
    values: ['(216) 555-0155', '216-555-0155', '2165550155'],
    carriers: ['Fax: {}', 'fax number {}', 'FAX # {}'],
  },
  {
    letter: 'F email',
    classes: ['EMAIL'],
    values: ['amara.okafor@example.org', 'k_n+lab@mail.example.com', 'amara dot okafor at example dot org'],
    carriers: ['Email {} today.', 'contact:{}', '<{}>'],
  },
  {
    letter: 'G ssn',
    classes: ['SSN'],
    values: ['078-05-1120', '219-09-9999', '219 09 9999', '219099999'],
    carriers: ['SSN: {}', 'Social Security number {}', 'SS# {}', 'ssn\n{}'],
  },
  {
    letter: 'G last four (DI-05)',
    classes: ['SSN'],
    values: ['9999', '1120'],
    carriers: ['last four of SSN {}', 'Last 4: {}', 'XXX-XX-{}', 'SSN ending in {}'],
  },
  {
    letter: 'H mrn',
    classes: ['MRN'],
    values: ['00482913', 'MR-448211', '48-29-13-7', 'A0093812', '77120'],
    carriers: [
      'MRN: {}',
      'MRN\t{}',
      'MRN\n{}',
      'medical record number {}',
      'Medical record no. {}',
      '| MRN | {} |',
      'Chart # {}',
      'MRN#{}',
    ],
  },
  {
    letter: 'I plan',
    classes: ['PLAN_ID'],
    values: ['1EG4-TE5-MK73', 'XJH882910034', 'GRP-55120', 'W229 881 03'.replaceAll(' ', '')],
    carriers: [
      'Member ID: {}',
      'Medicare {}',
      'insurance policy number {}',
      'Group # {}',
      'Claim no. {}',
      'Subscriber ID {}',
      'Rx BIN {}',
      'Medicaid ID {}',
    ],
  },
  {
    letter: 'J account',
    classes: ['ACCOUNT'],
    values: ['4111 1111 1111 1111', '5500-0000-0000-0004', '99182736', 'ACC-448812'],
    carriers: ['Account number: {}', 'acct {}', 'card {} on file', 'Invoice # {}', 'guarantor account {}'],
  },
  {
    letter: 'K licence',
    classes: ['LICENCE'],
    values: ['1234567893', 'AB1234563', 'D448-2211-90', 'C01X00T47'],
    carriers: ['NPI {}', 'DEA {}', "driver's license {}", 'Passport no. {}', 'license number: {}'],
  },
  {
    letter: 'L vehicle',
    classes: ['VEHICLE'],
    values: ['1M8GDM9AXKP042788', 'ABC-1234', '7KLM221'],
    carriers: ['VIN {}', 'license plate {}', 'plate # {}'],
  },
  {
    letter: 'M device',
    classes: ['DEVICE'],
    values: ['SN-4432-AB', '00:1B:44:11:3A:B7', 'PJN338812S', '490154203237518'],
    carriers: ['serial number {}', 'Pacemaker serial # {}', 'device ID: {}', 'IMEI {}'],
  },
  {
    letter: 'N url',
    classes: ['URL'],
    values: ['https://example.org/p/amara?id=3', 'www.example.org/okafor', 'http://198.51.100.7/x'],
    carriers: ['See {} for photos.'],
  },
  {
    letter: 'O ip',
    classes: ['IP'],
    values: ['192.0.2.14', '198.51.100.7', '2001:db8::8a2e:370:7334', '2001:db8:0:1:1:1:1:1'],
    carriers: ['Logged in from {} today.', 'IP {}'],
  },
  {
    letter: 'P biometric',
    classes: ['BIOMETRIC', 'OTHER_ID'],
    values: ['FP-20331', 'FP-88123'],
    carriers: ['Fingerprint template {} enrolled.', 'retinal scan ID {}'],
  },
  {
    letter: 'Q photo',
    classes: ['PHOTO'],
    values: ['face_0231.jpg', 'IMG_2231.png', 'wound-left-2231.jpeg'],
    carriers: ['Photo: {}', 'photograph {} attached'],
  },
  {
    letter: 'R other',
    classes: ['OTHER_ID', 'MRN'],
    values: ['A448-22119', 'S23-10442', '8831920', 'EN-2231-A'],
    carriers: [
      'Accession number {}',
      'Specimen ID: {}',
      'Encounter # {}',
      'Subject ID {}',
      'order no. {}',
      'CSN: {}',
      'Reference number {}',
    ],
  },
  {
    letter: 'R username',
    classes: ['USERNAME'],
    values: ['aokafor77', 'k.nakamura', '@lamar_t'],
    carriers: ['username: {}', 'Instagram handle is {}'],
  },
  {
    letter: 'employer (DI-02)',
    classes: ['EMPLOYER', 'FACILITY'],
    values: ['Harlow Freight', 'Blue Finch Bakery', 'Tandem Roofing'],
    carriers: ['She works at {} as a clerk.', 'He is employed by {}.', 'Employer: {}'],
  },
]

test.each(PLANTS.map((plant) => [plant.letter, plant] as const))(
  '%s: every planted value is found (DI-01)',
  (_, plant) => {
    const { classes, values, carriers } = plant
    const missed = values.flatMap((value) =>
      carriers
        .map((carrier) => carrier.replace('{}', () => value))
        .filter((text) => !isCovered(text, value, engine.detect(text), classes)),
    )
    expect(missed).toEqual([])
  },
)

test('a value is found wherever in a longer text it stands', () => {
  const filler = [
    'Denies fever. ',
    'BP 120/80, HR 72.\n',
    'Plan: continue metformin 500 mg twice daily. ',
    'Strength 5/5 throughout.\n\n',
  ]
  const plant = fc
    .constantFrom(...PLANTS)
    .chain(({ values, carriers, classes }) =>
      fc.tuple(fc.constantFrom(...values), fc.constantFrom(...carriers), fc.constant(classes)),
    )
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...filler), { maxLength: 4 }),
      plant,
      fc.array(fc.constantFrom(...filler), { maxLength: 4 }),
      (left, [value, carrier], right) => {
        const planted = carrier.replace('{}', () => value)
        const text = `${left.join('')}\n${planted}\n${right.join('')}`
        expect(
          isCovered(
            text.slice(left.join('').length),
            value,
            engine.detect(text).map((span) => ({
              ...span,
              start: span.start - left.join('').length,
              end: span.end - left.join('').length,
            })),
          ),
        ).toBe(true)
      },
    ),
    { numRuns: 300 },
  )
})
