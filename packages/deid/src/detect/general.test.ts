import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import { isCovered } from './testing.ts'

const engine = createTextEngine({ gazetteer: readFileSync(new URL('../../data/gazetteer.bin', import.meta.url)) })

describe('addresses as people of many countries write them (DI-01)', () => {
  test.for([
    ['sent to 18 Quoin Hollow Apt. 12\nTamsinford\nNorway 44102', '18 Quoin Hollow Apt. 12\nTamsinford\nNorway 44102'],
    ['lives at 7 Tamsinbakken 21, Suite 4, Orrerydal, Denmark.', '7 Tamsinbakken 21, Suite 4, Orrerydal, Denmark'],
    ['is 240 Ulica Quoinowa 7\n> Tamsinowo\n> Poland 30123', '240 Ulica Quoinowa 7\n> Tamsinowo\n> Poland 30123'],
    ['her flat, Quoinveien 12, is damp', 'Quoinveien 12'],
    ['at ul. Tamsinowska 8', 'Tamsinowska 8'],
    ['in Rua do Orrery Velho 114', 'Rua do Orrery Velho 114'],
    ['in 9 Quoin utca 97', 'Quoin utca 97'],
    ['met at the corner of Quoin Street and 5th Avenue', 'the corner of Quoin Street and 5th Avenue'],
    ['post goes to USNS Quoinhaven\nFPO AE 09512', 'USNS Quoinhaven\nFPO AE 09512'],
    ['flew to New Quoinchester last week', 'New Quoinchester'],
    ['he grew up in Helsinki', 'Helsinki'],
    ['I am in Tamsinford for a wedding', 'Tamsinford'],
  ] as const)('%s', ([text, value]) => {
    expect(isCovered(text, value, engine.detect(text))).toBe(true)
  })

  test.for([
    'gave 5 mg, 10 Units, 2 Tabs and 1 Suite of tests',
    '3 Stage III Ulcers, Grade 2',
    'the corner of the mouth and eye droops',
    'Apt to fall',
    'She is in Afib with RVR; he was in pain',
  ])('not: %s', (text) => {
    expect(engine.detect(text).filter((span) => ['STREET', 'CITY'].includes(span.class))).toEqual([])
  })
})

describe('names that a sentence introduces (DI-01)', () => {
  test.for([
    ['my name is qoolthane', 'qoolthane'],
    ['everyone calls me Zzyrqa', 'Zzyrqa'],
    ['They named him Long.', 'Long'],
    ['Hi Qoolthane, your result is back', 'Qoolthane'],
    ['Dear Zzyrqa Qoolth,', 'Zzyrqa Qoolth'],
    ['done.\nKind regards,\nZzyrqa Qoolth', 'Zzyrqa Qoolth'],
    ["as promised, Qoolthane's address is below", 'Qoolthane'],
    ['Zzyrqa Qoolth\n18 Quoin Street\nTamsinford, OH 44102', 'Zzyrqa Qoolth'],
    ['I spoke with Qoolthane about it', 'Qoolthane'],
  ] as const)('%s', ([text, value]) => {
    expect(isCovered(text, value, engine.detect(text), ['NAME'])).toBe(true)
  })

  test.for([
    'Hi there, dear patient, hello doctor',
    'the name is long and hard to read',
    'please call me at noon',
    'I am tired. I am in pain. I am Spanish.',
    'Thank you, Best wishes',
    'according to Guidelines and per Protocol',
  ])('not: %s', (text) => {
    expect(engine.detect(text).filter((span) => span.class === 'NAME')).toEqual([])
  })
})
