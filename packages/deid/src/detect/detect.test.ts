import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import type { Span } from '../types.ts'
import { describe } from './testing.ts'

const gazetteerBytes = readFileSync(new URL('../../data/gazetteer.bin', import.meta.url))
const engine = createTextEngine({ gazetteer: gazetteerBytes })

function found(text: string): string[] {
  return describe(text, engine.detect(text))
}

test.each([
  [
    'durations and days after surgery',
    'Pain for 6 months, seen 3 weeks ago, POD 3, q8h for 10 days, a 5-year survival rate.',
  ],
  [
    'blood pressure, strength, sutures, ratios',
    'BP 120/80, strength 5/5 in all limbs, 4-0 suture, murmur 3/6, gait 8/12 today, O2 98% on 2 L.',
  ],
  ['doses and units', 'Heparin 10000 units, vitamin D 50,000 IU, amoxicillin 875-125 mg, insulin 12 u, 1.5 mg/kg.'],
  [
    'laboratory values',
    'WBC 12000, platelets 150000, Na 138, troponin 0.04, A1c 7.2%, eGFR 58, viral load 125000 copies.',
  ],
  [
    'codes of diagnoses, procedures and tests',
    'ICD-10 E11.9, CPT 99213, LOINC 4548-4, SNOMED 44054006, stage IIIB, grade 2.',
  ],
  [
    'eponyms',
    "Parkinson's disease, Wilson's disease, Hodgkin lymphoma, Lou Gehrig's disease, Crohn's, Babinski sign, Glasgow Coma Scale, Foley catheter, Barrett's esophagus.",
  ],
  [
    'scores named after people and places',
    'Wells score 3, Framingham Risk Score, Duke criteria, Apgar 9, Child-Pugh B, Gleason 7, CHA2DS2-VASc 4.',
  ],
  ['drugs', 'Continue metformin, lisinopril, Eliquis, Ozempic, Jardiance, Xarelto and Keppra.'],
  ['guideline bodies and trials', 'Per ACC/AHA and NCCN guidelines; the DAPA-HF trial and the Framingham Heart Study.'],
  ['groups of people', 'Hispanic, Asian and African American patients; an elderly man; firefighters.'],
  [
    'departments that every hospital has',
    'Sent from the ED to the ICU, then to the pain clinic and outpatient physical therapy.',
  ],
  [
    'headings of a note',
    'CHIEF COMPLAINT\n\nHISTORY OF PRESENT ILLNESS\n\nPast Medical History\n\nAssessment and Plan\n',
  ],
  [
    'clock positions and seasons that come back',
    'A mass at the 2 o\u2019clock position. Worse in the winter, better in the summer. Risk of fall.',
  ],
])('%s are left alone', (_, text) => {
  expect(found(text)).toEqual([])
})

test.each([
  ['34-year-old', ['AGE 34-year-old']],
  ['diagnosed in 2018', ['YEAR 2018']],
  ['in her 90s', ['AGE 90s']],
  ['age 91', ['AGE 91']],
  ['90 mg for 90 days', []],
  ['patients over age > 90 excluded', []],
  ['a resident of Ohio', ['STATE Ohio']],
  ['travelled to Kenya', ['COUNTRY Kenya']],
])('%s has a class that a profile can keep or top-code', (text, spans) => {
  expect(found(text)).toEqual(spans)
})

test.each([
  ['Dr. Ines Valdez', 'clinician'],
  ['Ines Valdez, MD', 'clinician'],
  ['Patient: Ines Valdez', 'patient'],
  ['her daughter Ines Valdez', 'relative'],
])('%s: the cue tells the role', (text, role) => {
  expect(engine.detect(text).map((span) => span.role)).toEqual([role])
})

test('an ordinary word is a name only beside a witness', () => {
  expect(found('Will he need rest? He may walk. Long walks are fine.')).toEqual([])
  expect(found('Mr. Long was seen.')).toEqual(['NAME Long'])
  expect(found('Seen by Dr. Will.')).toEqual(['NAME Will'])
})

test('parts of a confirmed name are found again, in capitals too, and never as an ordinary word', () => {
  expect(found('Patient: Zbigniew Long. Zbigniew slept. LONG was calm. He waited long.')).toEqual([
    'NAME Zbigniew Long',
    'NAME Zbigniew',
    'NAME LONG',
  ])
})

test('a name confirmed in one part of a document is found in the others, under one entity', () => {
  const [first, second] = engine.detectAll(['Patient: Zbigniew Grace', 'Plan discussed with Grace today.'])
  expect(second?.map((span) => span.entityId)).toEqual(first?.map((span) => span.entityId))
  expect(second).toHaveLength(1)
  expect(engine.detect('Plan discussed with Grace today.')).not.toEqual(second)
})

test('an identifier confirmed by its label is found where it stands without one', () => {
  expect(found('MRN A93-K2. Scanned twice: A93-K2 and again.')).toEqual(['MRN A93-K2', 'MRN A93-K2'])
})

test.each([
  ['IN CAPITALS', 'PATIENT: MARIA LOPEZ WAS SEEN BY DR. OKAFOR AT REDWATER REGIONAL HOSPITAL ON 3/4/2021.'],
  ['in lower case', 'patient: maria lopez was seen by dr. okafor at redwater regional hospital on 3/4/2021.'],
])('a note %s gives up the same identifiers', (_, text) => {
  expect(engine.detect(text).map((span) => span.class)).toEqual(['NAME', 'NAME', 'FACILITY', 'DATE'])
})

test('validity only raises: numbers that fail their check digit are found as well', () => {
  const [valid] = engine.detect('4111 1111 1111 1111')
  const [invalid] = engine.detect('4111 1111 1111 1112')
  expect(invalid?.class).toBe('ACCOUNT')
  expect(valid?.score).toBeGreaterThan(invalid?.score ?? 1)
  expect(found('SSN 000-00-0000')).toEqual(['SSN 000-00-0000'])
})

test('clinicians may be left in (DI-02)', () => {
  const text = 'Patient Zbigniew Okafor, seen by Dr. Ines Valdez, NPI 1234567893.'
  expect(describe(text, engine.detect(text, { includeClinicians: false }))).toEqual(['NAME Zbigniew Okafor'])
})

const WORDS = fc.constantFrom(
  'Dr.',
  'Mr.',
  'Amara',
  'Okafor,',
  'MD',
  'patient',
  'Will',
  'Smith',
  'St.',
  "Luke's",
  'Hospital',
  'of',
  'Chicago,',
  'IL',
  '60601',
  'MRN:',
  '#A-1234',
  '3/4/2021',
  'March',
  '14th,',
  '2020',
  '95-year-old',
  '555-0134',
  '\u{1f600}',
  'L\u00f3pez',
  'a@example.org',
  'http://x.example',
  '\n',
  '5/5',
  'in',
  'at',
  'the',
  'SSN',
  '078-05-1120',
  '\u200b',
  '&amp;',
  "O'Brien's",
  '-',
  '(',
  '12',
  'Street',
)
const TEXT = fc.oneof(
  fc.array(WORDS, { maxLength: 25 }).map((words) => words.join(' ')),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
)

test('spans are sorted, apart, inside the text and never empty; a second call gives the same', () => {
  fc.assert(
    fc.property(TEXT, (text) => {
      const spans = engine.detect(text)
      let end = 0
      for (const span of spans) {
        expect(span.start).toBeGreaterThanOrEqual(end)
        expect(span.end).toBeGreaterThan(span.start)
        end = span.end
      }
      expect(end).toBeLessThanOrEqual(text.length)
      expect(engine.detect(text)).toEqual(spans)
    }),
    { numRuns: 500 },
  )
})

test('adding a sentence with a name uncovers nothing before it', () => {
  fc.assert(
    fc.property(
      fc.array(WORDS, { minLength: 1, maxLength: 20 }),
      fc.constantFrom('Zbigniew Thornburg', 'Ines Valdez', 'Will Long'),
      (words, name) => {
        const text = `${words.join(' ')}.\n`
        const covered = cover(text, engine.detect(text))
        const longer = cover(text, engine.detect(`${text}Dr. ${name} signed this.`))
        for (let i = 0; i < text.length; i++) if (covered[i] === 1) expect(longer[i]).toBe(1)
      },
    ),
    { numRuns: 300 },
  )
})

function cover(text: string, spans: readonly Span[]): Uint8Array {
  const marked = new Uint8Array(text.length)
  for (const { start, end } of spans) marked.fill(1, start, Math.min(end, text.length))
  return marked
}

test('what the tagger finds joins, and a tagger that throws blocks the text without telling it', () => {
  const gazetteer = gazetteerBytes
  const tag = (text: string): Span[] => [
    { start: text.indexOf('zq'), end: text.indexOf('zq') + 2, class: 'NAME', role: 'patient', score: 0.8, sources: [] },
  ]
  const text = 'the zq was here'
  expect(describe(text, createTextEngine({ gazetteer, tagger: { id: 'tag', tag } }).detect(text))).toEqual(['NAME zq'])
  const broken = createTextEngine({
    gazetteer,
    tagger: {
      id: 'tag',
      tag: () => {
        throw new Error(text)
      },
    },
  })
  expect(() => broken.detect(text)).toThrow(
    expect.objectContaining({ code: 'detector.unavailable', message: expect.not.stringContaining('zq') }),
  )
})

test('damaged dictionaries are refused', () => {
  const bytes = gazetteerBytes
  for (const damaged of [new Uint8Array(0), bytes.slice(0, 1000), bytes.slice(0, -4), bytes.slice(1)]) {
    expect(() => createTextEngine({ gazetteer: damaged })).toThrow(
      expect.objectContaining({ code: 'detector.unavailable' }),
    )
  }
})
