import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import { openResidualModel, packResidualModel, readRecipe } from './model.ts'
import { createResidualScanner } from './scanner.ts'
import { threadMs } from '../testing/thread-time.ts'

const read = (name: string): Uint8Array => readFileSync(new URL(`../../data/${name}`, import.meta.url))
const scanner = createResidualScanner({ model: read('residual.bin') })

/** Released by a transform whose first detector missed one thing. */
const MISSED = [
  ['shape.social-security-number', 'Her number is 078-05-1120, on file.'],
  ['shape.email', 'Write to m.lopez@example.com for the results.'],
  ['shape.url', 'Images are at https://images.example.org/study/12.'],
  ['shape.telephone', 'She can be reached at (415) 555-0123 after noon.'],
  ['shape.date', 'The biopsy of 03/14/2021 was benign.'],
  ['shape.date', 'The biopsy of March 14, 2021 was benign.'],
  ['shape.date', 'The biopsy of 14-Mar-2021 was benign.'],
  ['shape.long-number', 'Specimen 84739201 was received.'],
  ['shape.internet-address', 'Logged in from 192.0.2.17 at home.'],
  ['shape.record-number', 'MRN 48213 was merged.'],
  ['shape.street', 'She lives at 1420 Alder Creek Road with a cat.'],
  ['model', 'Patient: Maria Lopez\nAge: 46  Sex: F\n\nSeen for asthma.'],
  ['model', 'Dear Dr. Okonkwo,\n\nThank you for seeing this pleasant man.'],
  ['model', 'I spoke with her husband, Tomasz Wisniewski, about the plan.'],
] as const

/** Where a transform wrote: classes in brackets. */
const written = (text: string): { start: number; end: number }[] =>
  Array.from(text.matchAll(/\[[A-Z_]{2,}\]/g), ({ index, 0: { length } }) => ({ start: index, end: index + length }))

describe('the second detector', () => {
  test.for(MISSED)('%s: stops what the first one missed (DI-21)', ([rule, text]) => {
    expect(scanner.scan(text).map((hit) => hit.rule)).toContain(rule)
  })

  test('a clean release passes', () => {
    const text =
      'Patient: [NAME]\nAge: 46  Sex: F\n\nSeen for asthma in 2021. BP 128/80, HR 72, albuterol 90 mcg twice daily.'
    expect(scanner.scan(text, [{ start: 9, end: 15 }])).toEqual([])
  })

  test.for([
    'OBX|1|NM|718-7^HEMOGLOBIN^LN||13.4|g/dL|12-16|N|||F',
    'DG1|1|I10|I10^Essential hypertension^I10',
    '{"resourceType":"Condition","code":{"coding":[{"system":"http://snomed.info/sct","code":"112283007","display":"Essential hypertension (disorder)"}]}}',
    '<code code="44054006" codeSystem="2.16.840.1.113883.6.96" codeSystemName="SNOMED CT" displayName="Type 2 diabetes mellitus"/>',
    '{"resourceType":"Immunization","expirationDate":"2023"}',
    '{"code":{"coding":[{"system":"http://hl7.org/fhir/sid/ndc","code":"0069-2587-10"}]}}',
    '{"valueQuantity":{"value":173.07682915481982,"unit":"cm"}}',
    '"display": "Line Beneficiary Part B Deductible Amount"',
  ])('codes of records pass: %s', (text) => {
    expect(scanner.scan(text)).toEqual([])
  })

  test.for([
    'PID|1||[MRN]||Okonkwo^Ngozi^A||[DATE]|F',
    '{"resourceType":"Patient","name":[{"family":"Okonkwo","given":["Ngozi"]}],"gender":"female"}',
    '<patient><name><given>Ngozi</given><family>Okonkwo</family></name></patient>',
    'NM1*IL*1*OKONKWO*NGOZI****MI*[PLAN_ID]~',
    '{"resourceType":"Patient","identifier":[{"system":"https://ward.example.org/mrn","value":"x"}]}',
    'The sample 112283008 was sent.',
    '{"latitude": 42.37528154819820}',
  ])('what a record still says of somebody stops it (DI-21): %s', (text) => {
    expect(scanner.scan(text)).not.toEqual([])
  })

  test.for([
    'Image digest is sha256:e9b399438e8b5a2331561ade6be4c6d0d3b2c9f0e7a6d1845c0be94f37d21a8e.',
    'trace 4bf92f3577b34da6a3ce929d0e5234567 of 9fceb02d0ae598e95dc970b74767f19372d61af8',
    'volume 0f8fad5b-d9cb-469f-a165-708677289502 is bound',
    [
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9',
      'eyJhdWQiOiJ3YXJkIiwiZXhwIjoxfQ',
      'dBjftJeZ4CVPmB92K27uhbUJU1p1r0wW1gFWFOEjXk0',
    ].join('.'),
    'pod/triage-7d9f8b6c5-x2k4j is in CrashLoopBackOff',
    '.badge { color: #1a2b3c; background: #FFE4B5 }',
    'ICD-10: E11.9, I10, J45.909. LOINC 4548-4, CPT 99214.',
    '{"properties":{"test":{"type":"string","enum":["Esr","Crp","Tsh"]}}}',
    'OrderStatus',
    'IN_PROGRESS',
    'ERROR ConnectionPool: ECONNREFUSED on port 5432',
    'NKDA. Home meds: Eliquis, Toprol XL, Synthroid 75 mcg.',
    'ok now as a table please',
  ])('ordinary text of machines and of short questions passes: %s', (text) => {
    expect(scanner.scan(text)).toEqual([])
  })

  test.for(['The sample A84739201F was sent.', 'Her id is 4471902ab.', 'id 84739201-1234567', 'abcdef84739201abcdef'])(
    'a long number beside letters is still one: %s',
    (text) => {
      expect(scanner.scan(text).map(({ rule }) => rule)).toContain('shape.long-number')
    },
  )

  test('what the transform wrote is exempt by its place, never by its value', () => {
    const text = 'Call 415-555-0123 or 415-555-0123.'
    const left = scanner.scan(text, [{ start: 5, end: 17 }])
    expect(left.length).toBeGreaterThan(0)
    for (const { start } of left) expect(start).toBeGreaterThanOrEqual(21)
    expect(
      scanner.scan(text, [
        { start: 5, end: 17 },
        { start: 21, end: 33 },
      ]),
    ).toEqual([])
  })

  test.for(['patterns', 'lists'] as const)(
    'with %s of the first one off, planted leaks are stopped (DI-21)',
    (stage) => {
      const sabotaged = createTextEngine({ gazetteer: read('gazetteer.bin'), without: [stage, 'propagation'] })
      const note =
        'DISCHARGE SUMMARY\nPatient: Ngozi Adebayo-Clarke  MRN: 4471902  DOB: 04/12/1961\n\n' +
        'Mrs. Adebayo-Clarke was seen by Dr. Tran Quoc Bao on 03/14/2021. Her daughter Wanjiru can be reached at 415-555-0123.'
      const { text, written } = sabotaged.deidentify(note, 'safe-harbor')
      expect(scanner.scan(text, written)).not.toEqual([])
    },
  )

  test('any text is read to its end, and hits lie in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        for (const { start, end } of scanner.scan(text))
          expect(0 <= start && start < end && end <= text.length).toBe(true)
      }),
    )
  })

  test.for([
    ['PID|1||[MRN]||Long^[NAME]^A||[DATE]|F', 'Long'],
    ['NK1|1|[NAME]^May|MTH||[PHONE]', 'May'],
    ['GT1|1||[NAME]^[NAME]||4 elm^^[CITY]', 'elm'],
    ['{"resourceType":"Patient","name":[{"family":"will","given":["[NAME]"]}]}', 'will'],
    ['<patient><name><given>[NAME]</given><family>hope</family></name></patient>', 'hope'],
    ['NM1*IL*1*[NAME]*GRACE****MI*[PLAN_ID]~N4*[CITY]*OR~', 'GRACE'],
  ] as const)('a word where a record names a person is one, whatever it means else: %s', ([text, left]) => {
    const hits = scanner.scan(text, written(text)).filter(({ rule }) => rule === 'place')
    expect(hits.map(({ start, end }) => text.slice(start, end))).toEqual([left])
  })

  test.for([
    'PID|1||[MRN]||[NAME]^[NAME]^^JR^DR||[DATE]|F|||||||||||[SSN]|',
    '{"resourceType":"Patient","name":[{"family":"[NAME]","given":["Dr. [NAME]"]}]}',
    '{"theme":{"family":"Roboto","given":"mono"}}',
    'NM1*IL*1*[NAME]*[NAME]*A***MI*[PLAN_ID]~',
  ])('titles, initials, what was removed and families of fonts are nobody: %s', (text) => {
    expect(
      scanner
        .scan(
          text,
          written(text).filter(({ start }) => !text.startsWith('[SSN]', start)),
        )
        .filter(({ rule }) => rule === 'place'),
    ).toEqual([])
  })

  test('its cost grows with the text, not with its square', () => {
    const time = (text: string): number => {
      const started = threadMs()
      scanner.scan(text)
      return threadMs() - started
    }
    for (const piece of [
      'A',
      '1',
      'A ',
      '1-',
      '12/',
      'a@',
      'www.',
      "O'",
      '12345678a',
      'aB3-',
      'PID|',
      'N3*~',
      '"a":',
      '<a b="',
      '</a>',
    ]) {
      scanner.scan(piece.repeat(1000))
      expect(time(piece.repeat(100_000 / piece.length)), piece).toBeLessThan(2000)
    }
  })
})

describe('its model', () => {
  test('comes back from its bytes', () => {
    const weights = new Float32Array(8).fill(0.5)
    const bytes = packResidualModel(weights, { text: 1.5, record: 2.5 }, new Uint8Array(32).fill(7))
    expect(openResidualModel(bytes).thresholds).toEqual({ text: 1.5, record: 2.5 })
    expect(readRecipe(bytes)).toEqual(new Uint8Array(32).fill(7))
  })

  test.for([
    ['empty', new Uint8Array(0)],
    ['cut', read('residual.bin').subarray(0, 1000)],
    ['something else', read('gazetteer.bin')],
  ] as const)('%s: blocks, rather than let everything go', ([, model]) => {
    expect(() => createResidualScanner({ model })).toThrow(expect.objectContaining({ code: 'detector.unavailable' }))
  })
})
