import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTextEngine } from '../../engine.ts'
import { readRecords } from './bound.ts'
import { threadMs } from '../../testing/thread-time.ts'

const gazetteer = readFileSync(new URL('../../../data/gazetteer.bin', import.meta.url))
const engine = createTextEngine({ gazetteer })
const mask = (text: string): string => engine.deidentify(text, 'gateway', { token: (phiClass) => `<${phiClass}>` }).text

describe('HL7 v2 in a text (DI-01)', () => {
  const MESSAGE = [
    String.raw`MSH|^~\&|LABAPP|QUORN LAB|EHR|WARD|20240305093000-0500||ORU^R01^ORU_R01|MSG77812|P|2.5.1`,
    'PID|1||4471902^^^HOSP^MR||ZYRQA^PLOVE^Q^^^^L||19610412|F|||12 ALDER CT^^VELLMAR^OR^97301^USA||(503)555-0142^PRN^PH|||M|||078-05-1120',
    'OBR|1|88502218|82503246|24317-0^Hemogram, automated^LN|||202403050730|||||||||99812^TRENZ^OBI^^^DR',
    'OBX|1|NM|718-7^HEMOGLOBIN^LN||13.4|g/dL|12-16|N|||F|||20240305083000',
    'OBX|2|CWE|600-7^Bacteria identified^LN||112283007^Escherichia coli^SCT||||||F',
  ]

  test('fields become tokens by their place, codes, values and separators stay', () => {
    expect(mask(MESSAGE.join('\n')).split('\n')).toEqual([
      String.raw`MSH|^~\&|LABAPP|<FACILITY>|EHR|<FACILITY>|<DATE>||ORU^R01^ORU_R01|<OTHER_ID>|P|2.5.1`,
      'PID|1||<MRN>^^^<OTHER_ID>^MR||<NAME>^<NAME>^<NAME>^^^^L||<DATE>|F|||<STREET>^^<CITY>^OR^<ZIP>^USA||<PHONE>^PRN^PH|||M|||[SSN]',
      'OBR|1|<OTHER_ID>|<OTHER_ID>|24317-0^Hemogram, automated^LN|||<DATE>|||||||||<OTHER_ID>^<NAME>^<NAME>^^^DR',
      'OBX|1|NM|718-7^HEMOGLOBIN^LN||13.4|g/dL|12-16|N|||F|||<DATE>',
      'OBX|2|CWE|600-7^Bacteria identified^LN||112283007^Escherichia coli^SCT||||||F',
    ])
  })

  test.for(['\r', '\r\n', String.raw`\n`])('whatever ends a segment: %j', (end) => {
    const masked = mask(`Summarise this: ${MESSAGE.join(end)}${end}`)
    expect(masked).not.toMatch(/ZYRQA|PLOVE|TRENZ|19610412|4471902|ALDER|VELLMAR|0142/)
    expect(masked).toContain('718-7^HEMOGLOBIN^LN||13.4|g/dL')
  })

  test('a segment alone needs no header, and text in a value is read as text', () => {
    expect(mask('OBX|3|TX|11488-4^Consult note^LN||Seen by Dr. Obi Trenz on 3/5/2024, stable.||||||F')).toBe(
      'OBX|3|TX|11488-4^Consult note^LN||Seen by Dr. <NAME> <NAME> on <DATE>, stable.||||||F',
    )
  })
})

describe('X12 in a text (DI-01)', () => {
  const CLAIM =
    'NM1*IL*1*ZYRQA*PLOVE****MI*1212121~N3*156 ELM~N4*VELLMAR*OR*97301~DMG*D8*19610412*F~CLM*3215338*21***12::1*Y~HI*BK:3172~SV1*HC:H2015:TT*21*UN*12***1~DTP*472*D8*20240307~REF*SY*078051120~'

  test('elements become tokens by segment and qualifier, codes stay', () => {
    expect(mask(CLAIM)).toBe(
      'NM1*IL*1*<NAME>*<NAME>****MI*<PLAN_ID>~N3*<STREET>~N4*<CITY>*OR*<ZIP>~DMG*D8*<DATE>*F~CLM*<ACCOUNT>*21***12::1*Y~HI*BK:3172~SV1*HC:H2015:TT*21*UN*12***1~DTP*472*D8*<DATE>~REF*SY*[SSN]~',
    )
  })
})

describe('FHIR in a text (DI-01)', () => {
  const PATIENT = {
    resourceType: 'Patient',
    id: 'p-4471',
    meta: { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient'] },
    name: [{ family: 'Zyrqa', given: ['Plove', 'Q'] }],
    birthDate: '1961-04-12',
    address: [{ line: ['12 Alder Ct'], city: 'Vellmar', state: 'OR', postalCode: '97301' }],
    maritalStatus: { coding: [{ system: 'http://snomed.info/sct', code: '87915002', display: 'Grace Married' }] },
  }

  test.for([0, 2])('in a fence, indented by %i: values go, members, codes and their names stay', (indent) => {
    const masked = mask(`Who is this?\n\`\`\`json\n${JSON.stringify(PATIENT, undefined, indent)}\n\`\`\``)
    expect(JSON.parse(/```json\n([\s\S]*)\n```/.exec(masked)?.[1] ?? '')).toEqual({
      ...PATIENT,
      id: '<OTHER_ID>',
      name: [{ family: '<NAME>', given: ['<NAME>', '<NAME>'] }],
      birthDate: '<DATE>',
      address: [{ line: ['<STREET>'], city: '<CITY>', state: 'OR', postalCode: '<ZIP>' }],
    })
  })

  test('cut off in the middle, what is there is read', () => {
    const text = JSON.stringify(PATIENT)
    expect(mask(text.slice(0, text.indexOf('97301') + 8))).not.toMatch(/Zyrqa|Plove|1961|Alder|Vellmar|97301/)
  })

  test('as XML', () => {
    const text =
      '<Patient xmlns="http://hl7.org/fhir"><id value="p-4471"/><name><family value="Zyrqa"/><given value="Plove"/></name><birthDate value="1961-04-12"/><gender value="female"/></Patient>'
    expect(mask(text)).toBe(
      '<Patient xmlns="http://hl7.org/fhir"><id value="<OTHER_ID>"/><name><family value="<NAME>"/><given value="<NAME>"/></name><birthDate value="<DATE>"/><gender value="female"/></Patient>',
    )
  })
})

test('C-CDA in a text: names, addresses, numbers and times go, codes and tags stay (DI-01)', () => {
  const text =
    '<recordTarget><patientRole><id extension="4471902" root="2.16.840.1.113883.19.5"/><addr use="HP"><streetAddressLine>12 Alder Ct</streetAddressLine><city>Vellmar</city><state>OR</state></addr><telecom value="tel:(503)555-0142" use="HP"/><patient><name><given>Plove</given><family>Zyrqa</family></name><administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1" displayName="Female"/><birthTime value="19610412"/></patient></patientRole></recordTarget>'
  expect(mask(text)).toBe(
    '<recordTarget><patientRole><id extension="<MRN>" root="2.16.840.1.113883.19.5"/><addr use="HP"><streetAddressLine><STREET></streetAddressLine><city><CITY></city><state>OR</state></addr><telecom value="tel:<PHONE>" use="HP"/><patient><name><given><NAME></given><family><NAME></family></name><administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1" displayName="Female"/><birthTime value="<DATE>"/></patient></patientRole></recordTarget>',
  )
})

describe('the readers', () => {
  const SIGNS = ['|', '^', '~', '&', '*', ':', '"', '{', '}', '[', ']', ',', '<', '>', '/', '=', '\n', ' ', '\\', 'PID|', 'MSH|^~\\&|', 'ISA*00*', 'NM1*IL*1*', 'AB', '7', '"name":', '"resourceType":', '<id root="', '<family>', 'urn:hl7-org:v3', '<!--', '-->'] // biome-ignore format: one list

  test('whatever stands there, extents and cells lie in the text, in order and apart', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...SIGNS), { maxLength: 60 }), (parts) => {
        const text = parts.join('')
        let at = 0
        for (const { start, end, cells } of readRecords(text)) {
          expect(start).toBeGreaterThanOrEqual(at)
          let inner = start
          for (const cell of cells) {
            expect(cell.start).toBeGreaterThanOrEqual(inner)
            expect(cell.end).toBeGreaterThan(cell.start)
            inner = cell.end
          }
          expect(end).toBeGreaterThanOrEqual(inner)
          at = end
        }
        expect(at).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 500 },
    )
  })

  test('their cost grows with the text, not with its square', { timeout: 120_000 }, () => {
    const time = (text: string): number => {
      const started = threadMs()
      readRecords(text)
      return threadMs() - started
    }
    const hostile = [...SIGNS, 'PID|^~', 'ISA*00*\n', '{"a":', '{"', "{'", '<a b="', '<a ', '<!--', 'urn:hl7-org:v3 <a ', 'urn:hl7-org:v3<!--', 'urn:hl7-org:v3<a b="c" '] // biome-ignore format: one list
    for (const piece of hostile) expect(time(piece.repeat(100_000 / piece.length)), piece).toBeLessThan(5000)
  })
})

describe('fields of HL7 v2 that hold what no table expects (DI-01)', () => {
  test.for([
    ['RF1|||||||||||||||||||||||||114^Zyrqa^Plove^^Mr', /Zyrqa|Plove/],
    ['OBR|1||||||||||||||||||||||||||||||444^ZYRQA^PLOVE Q^^^^MD', /ZYRQA|PLOVE/],
    ['OBR|1|||||||||||||||||||||||||||||||444^ZYRQA^PLOVE Q^^^^MD', /ZYRQA|PLOVE/],
    ['PID|1||4471902^^^NTH&rt23&HCD^MR', /NTH|rt23/],
    ['NK1|1|ZYRQA^PLOVE^^Jr|MTH||1^^CP^5555^^^810', /Jr|5555/],
    ['PRT|1|AD||AD||||||643169|20210223|20210224|||||||||RA12345678BA123', /12345678/],
  ] as const)('%s', ([segment, hidden]) => {
    const masked = mask(`MSH|^~\\&|A|B|C|D|20240305||ORU^R01|1|P|2.5.1\r${segment}\r`)
    expect(masked).not.toMatch(hidden)
    expect(masked.match(/[|^~&\r]/g)?.join('')).toBe(
      `MSH|^~\\&|A|B|C|D|20240305||ORU^R01|1|P|2.5.1\r${segment}\r`.match(/[|^~&\r]/g)?.join(''),
    )
  })

  test('types of numbers and check digits of the tables stay', () => {
    expect(mask('PID|1||4471902^4^M10^HOSP&2.16.840.1.113883.1&ISO^MR')).toBe(
      'PID|1||<MRN>^4^M10^<OTHER_ID>&2.16.840.1.113883.1&ISO^MR',
    )
  })
})

test('control numbers, senders and payers of X12 go, counters, qualifiers and guides stay (DI-01)', () => {
  expect(
    mask(
      'BHT*0078*13~ST*278*11280001~GS*HC*ZZ0041*88412*20240305*0930*17*X*004010X094A1~NM1*PR*2*KALAMAZOO CMH*****PI*552312313~SE*3*11280001~',
    ),
  ).toBe(
    'BHT*0078*13~ST*278*<OTHER_ID>~GS*HC*<OTHER_ID>*<OTHER_ID>*<DATE>*<TIME>*17*X*004010X094A1~NM1*PR*2*<FACILITY>*****PI*<OTHER_ID>~SE*3*<OTHER_ID>~',
  )
})

test.for([
  [
    '{"resourceType":"Location","position":{"latitude":44.978,"longitude":-93.265}}',
    '{"resourceType":"Location","position":{"latitude":"<GEO>","longitude":"<GEO>"}}',
  ],
  ['{"resourceType":"Patient","note":{"mrn": 44172031 }}', '{"resourceType":"Patient","note":{"mrn": "<MRN>" }}'],
] as const)('what takes the place of a number of JSON is a string: %s', ([json, masked]) => {
  expect(mask(`See: ${json}.`)).toBe(`See: ${masked}.`)
})
