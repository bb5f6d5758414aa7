import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import type { PhiClass, TaggedSpan } from '../types.ts'
import { isCovered } from './testing.ts'

const gazetteer = readFileSync(new URL('../../data/gazetteer.bin', import.meta.url))
const engine = createTextEngine({ gazetteer })

function detectWith(text: string, word: string, said: Partial<TaggedSpan>) {
  const start = text.indexOf(word)
  const span: TaggedSpan = { start, end: start + word.length, class: 'NAME', role: 'unknown', score: 0.999, ...said }
  return createTextEngine({ gazetteer, tagger: { id: 'sample', tag: () => [span] } }).detect(text)
}

describe('names of made-up patients end in numbers (DI-01)', () => {
  test.for([
    ['Dr. Pasquale620 Zyrqa769', 'Pasquale620 Zyrqa769'],
    ['seen by Gómez206, José871 today', 'Gómez206, José871'],
    ["Mrs. O'Quoolth54 came", "O'Quoolth54"],
  ] as const)('%s', ([text, value]) => {
    expect(isCovered(text, value, engine.detect(text), ['NAME'])).toBe(true)
  })

  test.for(['Covid19 vaccine', 'Factor8 deficiency', 'Vitamin B12 D3', 'CD4 T2 lesion'])('not: %s', (text) => {
    expect(engine.detect(text)).toEqual([])
  })
})

describe('places in JSON, and references of FHIR (DI-01)', () => {
  test.for([
    ['{"lat": 42.358431}', '42.358431', 'GEO'],
    ['{"url": "longitude",\n "valueDecimal": -71.164516}', '-71.164516', 'GEO'],
    ['"subject": {"reference": "Patient/zq1"}', 'zq1', 'OTHER_ID'],
    ['see Organization/f001', 'f001', 'OTHER_ID'],
  ] as const)('%s', ([text, value, phiClass]) => {
    expect(isCovered(text, value, engine.detect(text), [phiClass])).toBe(true)
  })

  test.for(['{"lat": true}', '{"lat": "left lateral"}', 'Patient/family education', 'Device/drug interaction'])(
    'not: %s',
    (text) => {
      expect(engine.detect(text)).toEqual([])
    },
  )
})

describe('ages of ninety and more, however told (DI-01)', () => {
  test.for([
    ['His aunt lived to 97.', '97'],
    ['grandfather lived past ninety-four', 'ninety-four'],
    ['Mother died at the age of 101 of stroke', '101'],
    ['he passed away peacefully at 93', '93'],
    ['She is 95 and lives alone', '95'],
    ['a frail woman of 96', '96'],
    ['sister alive at 102', '102'],
    ['Now 94, Zzyrqa walks with a cane.', '94'],
    ['He will be 105 in June', '105'],
    ['passed in 1998 at 95.', '95'],
    ['celebrated the 92nd birthday', '92'],
    ['Name\tQoolth\nAge/Sex\t98/F', '98'],
    ['a ninety three\nyear old male', 'ninety three'],
    ['a ninety-one y.o. female', 'ninety-one'],
  ] as const)('%s', ([text, value]) => {
    expect(isCovered(text, value, engine.detect(text), ['AGE'])).toBe(true)
  })

  test.for(['He is 95 kg', 'pulse lived at 97%', 'she was 98 pounds', 'the rate is 92 and regular', 'died at 9:30'])(
    'not: %s',
    (text) => {
      expect(engine.detect(text).filter((span) => span.class === 'AGE')).toEqual([])
    },
  )
})

describe('who signs at the end (DI-01)', () => {
  test.for([
    ['Counseled at length. -FH', 'FH', 'INITIALS'],
    ['No change today /JKM\nnext line', 'JKM', 'INITIALS'],
    ['Slept well.\n-- Q.R.', 'Q.R.', 'INITIALS'],
    ['Report called.\nQR/mb', 'QR/mb', 'INITIALS'],
    ['seen and agreed. -qrt', 'qrt', 'INITIALS'],
    ['Will see her in May.\n-- Zzyrqa', 'Zzyrqa', 'NAME'],
    ['See you then.\nRose', 'Rose', 'NAME'],
    ['Re-evaluated Zoran B. after a fall', 'Zoran B', 'NAME'],

    ['Dr. Okafor is out until Friday; Zzyrqa covers.', 'Zzyrqa', 'NAME'],
  ] as const)('%s', ([text, value, phiClass]) => {
    expect(isCovered(text, value, engine.detect(text), [phiClass])).toBe(true)
  })

  test.for(['Orders:\n- CT\n- MRI', 'Consults:\n- PT\n- OT', 'Take daily.\n-- Metformin', 'insurance covers visits'])(
    'not: %s',
    (text) => {
      expect(engine.detect(text).filter((span) => ['NAME', 'INITIALS'].includes(span.class))).toEqual([])
    },
  )
})

test('a confirmed name that is a word of the language is carried on where only a name has a capital (DI-01)', () => {
  const text = 'Patient: Will Okafor, seen today. Later today Will said he will walk. Will he?'
  const names = engine.detect(text).filter((span) => span.class === 'NAME')
  expect(names.map(({ start, end }) => text.slice(start, end))).toEqual(['Will Okafor', 'Will'])
})

describe('dates and clock times of more forms (DI-01)', () => {
  test.for([
    ['given 5Jan20 and 17MAR2021', '5Jan20'],
    ['given 5Jan20 and 17MAR2021', '17MAR2021'],
    ['removed 5/31 at 0850', '5/31'],
    ['born the third of March nineteen sixty two', 'third of March nineteen sixty two'],
    ['seen April twenty first two thousand nineteen', 'April twenty first two thousand nineteen'],
    ['called at 14h05 today', '14h05'],
    ['called at half past nine', 'half past nine'],
    ['came at two thirty p.m. sharp', 'two thirty p.m.'],
    ['due Saturday 1930 sharp', '1930'],
    ['0715 resting\n1930 asleep\n2015 restless', '1930'],
    ['walk by summer', 'summer'],
    ['born 1965 Apr 13 there', '1965 Apr 13'],
    ['given 0158, repeated later', '0158'],
    ['recheck in Q3', 'Q3'],
    ['revenue 2Q21', '2Q21'],
  ] as const)('%s', ([text, value]) => {
    expect(isCovered(text, value, engine.detect(text))).toBe(true)
  })

  test.for([
    'strength 4/5 at both hips',
    'a fall by the bed',
    'take half or quarter tablets',
    'the first of many',
    'Q4H',
  ])('not: %s', (text) => {
    expect(engine.detect(text).filter((span) => ['DATE', 'DATE_PART'].includes(span.class))).toEqual([])
  })
})

describe('identifiers of more forms (DI-01)', () => {
  test.for([
    ['mail jane.roe [at] example.org today', 'jane.roe [at] example.org', 'EMAIL'],
    ['mail jane at mail dot example dot org', 'jane at mail dot example dot org', 'EMAIL'],
    ['entered by HOSP\\jroe at noon', 'HOSP\\jroe', 'USERNAME'],
    ['Signed in as jroe from home', 'jroe', 'USERNAME'],
    ['Changed by jroe42', 'jroe42', 'USERNAME'],
    ['see front_view-2.jpg in media', 'front_view-2.jpg', 'PHOTO'],
    ['plate AB 12345 seen', 'AB 12345', 'VEHICLE'],
    ['VIN 1M8-GDM9AX-KP042788', '1M8-GDM9AX-KP042788', 'VEHICLE'],
    ['paired 00a1.b2c3.d4e5 today', '00a1.b2c3.d4e5', 'DEVICE'],
    ['on file as 48213/07 there', '48213/07', 'OTHER_ID'],
    ['on file as 123 456 789 there', '123 456 789', 'OTHER_ID'],
    ['oid 1.2.840.113619.2 there', '1.2.840.113619.2', 'OTHER_ID'],
    ['five five five two one oh four nine', 'five five five two one oh four nine', 'OTHER_ID'],
  ] as const)('%s', ([text, value]) => {
    expect(isCovered(text, value, engine.detect(text))).toBe(true)
  })

  test.for([
    'ordered by follow-up, changed by surgery, user friendly',
    'software 10.15.7 and 1,250,000 cells, 98.6 and 4.5.6',
    'one two three and go',
    'C:\\Users\\scan',
    'take two at one and three at two',
  ])('not: %s', (text) => {
    expect(engine.detect(text)).toEqual([])
  })
})

describe('what bears a name and is nobody (DI-01)', () => {
  test.for([
    'Uses a Philadelphia collar, a Greenfield filter and a Bair Hugger at home.',
    'Follow World Health Organization guidance.',
    'Payer: Humana, plan is Molina',
    'Great-uncle lived far away',
  ])('%s', (text) => {
    expect(engine.detect(text).filter((span) => span.class !== 'COUNTRY')).toEqual([])
  })

  test('in capitals a preposition is no state, and a clause is no address or employer', () => {
    const text =
      'THERE ARE NO STONES, MASSES, OR FLUID. ADMITTED WED 6/25/25 WITH PAIN. WHAT IS THE NEXT STEP? 12 PERCENT. DR. TO SIGN.'
    const classes: PhiClass[] = ['CITY', 'STREET', 'EMPLOYER', 'FACILITY']
    expect(engine.detect(text).filter((span) => classes.includes(span.class))).toEqual([])
  })

  test.for([
    ['vision 20/40 today', '20/40', 'DATE'],
    ['a Swan-Ganz catheter was placed', 'Swan-Ganz', 'NAME'],
    ['tolerates Belsomra well', 'Belsomra', 'CITY'],
    ['18\t88\t157/73\t57', '88\t157/73\t57', 'PHONE'],
  ] as const)('a sure tagger too is not believed: %s', ([text, word, phiClass]) => {
    expect(detectWith(text, word, { class: phiClass })).toEqual([])
  })

  test('a country that the tagger takes for a town is a country, four digits that it takes for a date a clock time', () => {
    expect(detectWith('came from Peru in spring', 'Peru', { class: 'CITY' })[0]?.class).toBe('COUNTRY')
    expect(detectWith('chart opened 1915 by him', '1915', { class: 'DATE' })[0]?.class).toBe('TIME')
  })
})
