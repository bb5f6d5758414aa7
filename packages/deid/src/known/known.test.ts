import { readFileSync } from 'node:fs'
import { AppError } from '@breakwater/kernel'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import { isCovered } from '../detect/testing.ts'
import type { Span } from '../types.ts'
import { readKnownPatient } from './index.ts'
import { DATE_FORMS, NAME_FORMS, type SamplePatient, samplePatient, toFhir } from './samples.ts'

const gazetteer = readFileSync(new URL('../../data/gazetteer.bin', import.meta.url))
const engine = createTextEngine({ gazetteer })

function spansOf(text: string, patient: unknown): Span[] {
  return engine.detect(text, { known: [readKnownPatient(patient)] })
}

/** Sentences that say nothing of themselves about what stands in them. */
const FRAMES = [
  (value: string) => `We discussed the case of ${value} this afternoon and agreed on rest.`,
  (value: string) => `no acute distress; ${value} tolerated it well`,
  (value: string) => `Plan reviewed.\n${value}\nContinue as before.`,
  (value: string) => `lungs clear (${value}) no edema`,
] as const

describe('exact forms of a known patient', () => {
  test.for(Object.entries(NAME_FORMS))('names: %s (DI-01, DI-06)', ([, write]) => {
    fc.assert(
      fc.property(samplePatient, fc.constantFrom(...FRAMES), (patient, frame) => {
        const value = write(patient)
        const text = frame(value)
        expect(isCovered(text, value.replace(/[\u2019']s$|^Mrs\. /g, ''), spansOf(text, toFhir(patient)))).toBe(true)
      }),
      { numRuns: 150, seed: 7 },
    )
  })

  test.for(Object.entries(DATE_FORMS))('birth date: %s (DI-04)', ([, write]) => {
    fc.assert(
      fc.property(samplePatient, fc.constantFrom(...FRAMES), (patient, frame) => {
        const value = write(patient.birthDate)
        const text = frame(value)
        expect(isCovered(text, value.replace(/^the /, ''), spansOf(text, toFhir(patient)))).toBe(true)
      }),
      { numRuns: 60, seed: 7 },
    )
  })

  test.for<[string, (patient: SamplePatient) => string]>([
    ['phone', ({ phone }) => phone],
    ['phone, digits', ({ phone }) => phone.replace(/\D/g, '')],
    ['phone, dots and country', ({ phone }) => `+1.${phone.replace(/\D/g, '').replace(/(...)(...)/, '$1.$2.')}`],
    ['phone, local', ({ phone }) => phone.slice(-8)],
    ['record number', ({ mrn }) => mrn],
    ['record number, grouped', ({ mrn }) => mrn.replace(/(..)(...)/, '$1-$2-')],
    ['record number behind zeros', ({ mrn }) => `00${mrn}`],
    ['record number behind letters', ({ mrn }) => `MRN${mrn}`],
    ['street', ({ number, street }) => `${number} ${street}`],
    ['street, short', ({ number, street }) => `${number} ${shorten(street)}`],
    ['street, lower case', ({ number, street }) => `${number} ${street}`.toLowerCase()],
    ['street without its number', ({ street }) => street],
    ['city', ({ city }) => city],
    ['ZIP code', () => '44102'],
  ])('%s (DI-03, DI-05)', ([, write]) => {
    fc.assert(
      fc.property(samplePatient, fc.constantFrom(...FRAMES), (patient, frame) => {
        const value = write(patient)
        const text = frame(value)
        expect(isCovered(text, value, spansOf(text, toFhir(patient)))).toBe(true)
      }),
      { numRuns: 60, seed: 7 },
    )
  })
})

function shorten(street: string): string {
  return street
    .replace('Road', 'Rd')
    .replace('Street', 'St.')
    .replace('Lane', 'Ln')
    .replace('Avenue', 'Ave')
    .replace('North', 'N.')
}

describe('one word of a known name', () => {
  const maria = { names: ['Maria Lopez-Quist', 'Robert Szymanski'], relatives: ['Thandiwe Mokoena'] }
  test.for([
    ['maria came in', 'maria'],
    ['spoke with Quist today', 'Quist'],
    ['QUIST, in bed 4', 'QUIST'],
    ["Bobby's knee", 'Bobby'],
    ['bob szymanski', 'szymanski'],
    ['thandiwe drove', 'thandiwe'],
  ] as const)('%s', ([text, value]) => {
    expect(isCovered(text, value, spansOf(text, maria), ['NAME'])).toBe(true)
  })

  test('has the role of whoever bears it (DI-02)', () => {
    const spans = spansOf('Quist and Mokoena', maria)
    expect(spans.map(({ role }) => role)).toEqual(['patient', 'relative'])
  })
})

describe('a patient called Long, May, Will or Young', () => {
  const people = { names: ['Will Long', 'May Young', 'Hope Pain', 'Grant White'] }
  test.for([
    'He will need a long course, as long as 6 weeks.',
    'Long history of chronic pain. Pain is worse at night.',
    'LONG ACTING INSULIN was started.',
    'QT: Long QT interval.',
    'Young man in no pain. White count is normal.',
    'Will follow up. May take ibuprofen. Hope for discharge.',
    'May 2021 is a year and a month',
    'Long Term Care: none. Past Pain History: none.',
    'Pain: 4/10. White: none. Long: none.',
    'they hope to grant access; it may be white',
  ])('stays a word in: %s', (text) => {
    const known = spansOf(text, people)
    expect(known).toEqual(engine.detect(text))
  })

  test.for([
    ['Mr. Long was seen', 'Long'],
    ['mr. long was seen', 'long'],
    ['I told Long about it', 'Long'],
    ['Long denies chest tightness', 'Long'],
    ['Long, Will was seen', 'Long, Will'],
    ['will long was seen by us today', 'will long'],
    ['saw Will Long today', 'Will Long'],
    ["Young's wound is clean", 'Young'],
    ['W. Long in room 2', 'W. Long'],
    ['we called May Young twice', 'May Young'],
  ] as const)('is found in: %s', ([text, value]) => {
    expect(isCovered(text, value, spansOf(text, people))).toBe(true)
  })
})

describe('errors of typing and scanning', () => {
  const KEYS = 'abcdefghijklmnopqrstuvwxyz'

  /** One insertion, deletion, substitution or swap inside a word of the name. */
  function mistype(name: string, at: number, way: number, key: number): string {
    const letter = KEYS.charAt(key % 26)
    const [left, right] = [name.slice(0, at), name.slice(at)]
    if (way === 0) return left + letter + right
    if (way === 1) return left + right.slice(1)
    if (way === 2) return left + letter + right.slice(1)
    return left + right.charAt(1) + right.charAt(0) + right.slice(2)
  }

  test('one in a full name still leaves at least 99 of 100 covered, 90 where the family name has under five letters', {
    timeout: 120_000,
  }, () => {
    const counts = { long: { all: 0, covered: 0 }, short: { all: 0, covered: 0 } }
    fc.assert(
      fc.property(
        samplePatient,
        fc.constantFrom(...FRAMES),
        fc.nat(),
        fc.integer({ min: 0, max: 3 }),
        fc.nat(),
        (patient, frame, place, way, key) => {
          const name = `${patient.given} ${patient.family}`
          const letters = Array.from(name, (_, at) => at).filter(
            (at) => /\p{L}/u.test(name.charAt(at)) && /\p{L}/u.test(name.charAt(at + 1)) && at > 0,
          )
          const written = mistype(name, letters[place % letters.length] ?? 1, way, key)
          const text = frame(written)
          const count = patient.family.length < 5 ? counts.short : counts.long
          count.all++
          if (isCovered(text, written, spansOf(text, toFhir(patient)))) count.covered++
        },
      ),
      { numRuns: 1500, seed: 11 },
    )
    expect(counts.long.covered / counts.long.all).toBeGreaterThanOrEqual(0.99)
    expect(counts.short.covered / counts.short.all).toBeGreaterThanOrEqual(0.9)
  })

  test.for([
    ['Okonkwo', '0konkw0'],
    ['Arnold', 'Amold'],
    ['Holloway', 'Ho11oway'],
    ['Burnham', 'Bumham'],
  ] as const)('scanning makes %s %s', ([family, scanned]) => {
    const text = `reviewed the chart of ${scanned} again`
    expect(isCovered(text, scanned, spansOf(text, { names: [`Tove ${family}`] }))).toBe(true)
  })

  test('a record number with one digit wrong', () => {
    for (const value of ['44172035', '4417203', '44712036', '441172036'])
      expect(isCovered(`no ${value} here`, value, spansOf(`no ${value} here`, { identifiers: ['44172036'] }))).toBe(
        true,
      )
  })

  test('other words stay, in capitals too: distance 0 under five letters, 1 under eight', () => {
    const people = { names: ['Kim Patience', 'Ana Colemar'] }
    for (const text of ['The patient has a Kin-like rash', 'Patient is well. Colon is clean.', 'ANC is low'])
      expect(spansOf(text, people)).toEqual(engine.detect(text))
  })
})

test.for([
  ['SSN ending 1120', '1120'],
  ['the card ends with 1120', '1120'],
  ['xxx-xx-1120', '1120'],
  ['last four digits 1120', '1120'],
] as const)('last four: %s (DI-05)', ([text, value]) => {
  expect(isCovered(text, value, spansOf(text, { identifiers: ['078-05-1120'] }))).toBe(true)
})

test('last four digits elsewhere stay', () => {
  expect(spansOf('about 1120 steps', { identifiers: ['078-05-1120'] })).toEqual([])
})

test.for([
  ['write to j.quist82@example.org', 'j.quist82@example.org'],
  ['j.quist82 at example dot org', 'j.quist82 at example dot org'],
  ['signed in as JQuist82', 'JQuist82'],
] as const)('e-mail: %s', ([text, value]) => {
  expect(isCovered(text, value, spansOf(text, { emails: ['j.quist82@example.org'] }))).toBe(true)
})

test('in scripts without blanks a name is found inside a run of letters', () => {
  const text = '\u60a3\u8005\u738b\u5c0f\u660e\u4eca\u65e5\u5165\u9662'
  const known = { names: [{ given: ['\u5c0f\u660e'], family: '\u738b' }] }
  expect(isCovered(text, '\u738b\u5c0f\u660e', spansOf(text, known))).toBe(true)
})

test('knowing a patient never uncovers anything', () => {
  const texts = [
    'Dr. Okafor saw Maria Lopez, MRN 4417203, on 3/4/2021. Lopez lives at 12 Elm Street, Springfield, IL 62704.',
    'wife: Ana; son Bob; phone (415) 555-0142; born 14 March 1975; Long QT.',
  ]
  fc.assert(
    fc.property(samplePatient, fc.constantFrom(...texts), (patient, text) => {
      const known = spansOf(text, toFhir(patient))
      for (const { start, end } of engine.detect(text))
        expect(known.some((span) => span.start <= start && end <= span.end)).toBe(true)
    }),
    { numRuns: 100, seed: 3 },
  )
})

test('what is known of one call is not known to the next', () => {
  const text = 'reviewed zzyrqa again'
  expect(spansOf(text, { names: ['Zzyrqa'] })).toHaveLength(1)
  expect(engine.detect(text)).toEqual([])
})

test('no value comes out: not in spans, evidence or manifest', () => {
  const known = [readKnownPatient({ names: ['Zzyrqa Qoolth'], identifiers: ['X-77342'] })]
  const text = 'zzyrqa qoolth X77342'
  const told = JSON.stringify([
    engine.explain(text, { known }),
    engine.deidentify(text, 'safe-harbor', { known }).manifest,
  ]).toLowerCase()
  for (const value of ['zzyrqa', 'qoolth', '77342']) expect(told).not.toContain(value)
})

describe('a patient is refused', () => {
  const long = 'x'.repeat(201)
  test.for<[string, unknown, string]>([
    ['no object', 'Zzyrqa', 'patient'],
    ['a list', [], 'patient'],
    ['another resource', { resourceType: 'Zzyrqa' }, 'patient.resourceType'],
    ['a member that is none', { zzyrqa: 1 }, 'patient'],
    ['a name that is no text', { names: [7] }, 'patient.names[0]'],
    ['too long a value', { phones: [long] }, 'patient.phones[0]'],
    ['too many', { names: Array.from({ length: 21 }, () => 'Zzyrqa') }, 'patient.names'],
    ['a date that is none', { birthDate: 'Zzyrqa' }, 'patient.birthDate'],
    ['a class that is none', { identifiers: [{ value: 'Zzyrqa', class: 'NAME' }] }, 'patient.identifiers[0].class'],
    ['a name of FHIR', { resourceType: 'Patient', name: ['Zzyrqa'] }, 'patient.name[0]'],
    ['given names of FHIR', { resourceType: 'Patient', name: [{ given: 'Zzyrqa' }] }, 'patient.name[0].given'],
    ['a date of FHIR', { resourceType: 'Patient', birthDate: 1975 }, 'patient.birthDate'],
  ])('%s: the error names the place, not the value', ([, value, field]) => {
    try {
      readKnownPatient(value)
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown
      expect({ code: thrown.code, field: thrown.field }).toEqual({ code: 'body.invalid', field })
      expect(thrown.message.toLowerCase()).not.toContain('zzyrqa')
      return
    }
    throw new Error('nothing was refused')
  })

  test('too many people at once', () => {
    const known = Array.from({ length: 9 }, () => readKnownPatient({ names: ['Ann Lee'] }))
    expect(() => engine.detect('a', { known })).toThrow(AppError)
  })
})

describe('beginnings and initials of a known name (DI-01, DI-06)', () => {
  const stem = { names: ['Boubacar Margarita Ouedraogo', 'Xiaoyan Ng', 'Zzyrqabel Qoolth'], identifiers: ['4417203'] }
  test.for([
    ['They need a note by Thursday.\nBouba', 'Bouba'],
    ['we moved to another street.\nmar', 'mar'],
    ['The woman goes by mar at home.', 'mar'],
    ['Bouy (Boubacar Ouedraogo) looks better.', 'Bouy'],
    ['Later that day Zzyrqa slept well.', 'Zzyrqa'],
    ['Seen with her sister: B.T. Ouedraogo is stable.', 'B.T. Ouedraogo'],
    ['Rested well. X.A. Ng is on day two.', 'X.A. Ng'],
    ['re-evaluated Boubcaar O. after a fall', 'Boubcaar O.'],
    ['patient: ouedraogo, boubacar m 12', 'ouedraogo, boubacar m'],
    ['PID|1||77^^^MR||OUEDRAOGO^BOUBACAR^M||', 'OUEDRAOGO^BOUBACAR^M'],
    ['Number 4,417,203 on the form.', '4,417,203'],
  ] as const)('%s', ([text, value]) => {
    expect(isCovered(text, value, spansOf(text, stem))).toBe(true)
  })

  test.for([
    ['Bout of gout. The margin is clear; a marked rise.', stem],
    ['Patient: Will it hurt?\nDoctor: No.', { names: ['Will Brown'] }],
    ['He will march on. Take one cap.', { names: ['Marcus Capper'] }],
  ] as const)('not: %s', ([text, patient]) => {
    const plain = engine.detect(text).map(({ start, end }) => [start, end])
    expect(spansOf(text, patient).map(({ start, end }) => [start, end])).toEqual(plain)
  })
})
