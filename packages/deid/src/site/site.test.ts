import { readFileSync } from 'node:fs'
import { AppError } from '@breakwater/kernel'
import { describe, expect, test } from 'vitest'
import { describe as surfaces } from '../detect/testing.ts'
import { createTextEngine } from '../engine.ts'
import { readSiteLexicon } from './lexicon.ts'
import { compileFormat } from './record-format.ts'
import { threadMs } from '../testing/thread-time.ts'

const gazetteer = readFileSync(new URL('../../data/gazetteer.bin', import.meta.url))
const SITE = {
  version: 1,
  staff: ['Zzyrqa Qoolth', 'Long, Faith', 'Best'],
  facilities: ['The Quoin Annexe'],
  units: ['4 West', 'Tower B', 'Blue Team'],
  places: ['Lower Tamsin', 'Reading'],
  recordNumbers: [{ format: '[QH]-9{7,8}' }, { format: 'AA*{4}/99', class: 'ACCOUNT' }],
}
const engine = createTextEngine({ gazetteer, lexicon: readSiteLexicon(JSON.stringify(SITE)) })
const plain = createTextEngine({ gazetteer })

describe("a site's lexicon finds", () => {
  test.for([
    ['seen with zzyrqa Qoolth', 'NAME zzyrqa Qoolth'],
    ['QOOLTH, ZZYRQA called', 'NAME QOOLTH, ZZYRQA'],
    ['Z. Qoolth signed', 'NAME Z. Qoolth'],
    ['paged Qoolth again', 'NAME Qoolth'],
    ['paged Best again', 'NAME Best'],
    ['asked Faith Long to come', 'NAME Faith Long'],
    ['moved to 4 West overnight', 'FACILITY 4 West'],
    ['bed in tower B', 'FACILITY tower B'],
    ['seen at the quoin Annexe', 'FACILITY the quoin Annexe'],
    ['walks in Lower\nTamsin daily', 'CITY Lower\nTamsin'],
    ['sticker qh-1234567 on file', 'MRN qh-1234567'],
    ['sticker AB12x4/77 on file', 'ACCOUNT AB12x4/77'],
  ] as const)('%s', ([text, expected]) => {
    expect(surfaces(text, engine.detect(text))).toContain(expected)
  })

  test('staff as clinicians, whom a switch keeps', () => {
    const text = 'paged Qoolth again'
    expect(engine.detect(text)[0]?.role).toBe('clinician')
    expect(engine.detect(text, { includeClinicians: false })).toEqual([])
  })

  test.for([
    'the best course is long; reading is hard; a blue team',
    'Best practice. Long wait. Reading glasses.',
    'QH-123456 and XQH-12345678',
    'west of 4 towers',
  ])('no ordinary words: %s', (text) => {
    expect(engine.detect(text)).toEqual(plain.detect(text))
  })
})

describe('the format of a number', () => {
  test.for([
    ['999-99', '123-45', true],
    ['999-99', '123-4', false],
    ['A{2}9{3}', 'ab123', true],
    ['[M.R]9{3}', 'MxR123', false],
    ['[M.R]9{3}', 'm.r123', true],
    ['9{3} #9', '123 #4', true],
    ['9{3}', '1234', false],
  ] as const)('%s on %s: %s', ([format, text, isFound]) => {
    expect(compileFormat(format, 'f').test(text)).toBe(isFound)
  })

  test.for(['(a+)+', '.*', 'abc', '9', '-999', '9{3,2}', '9{0}', '9{99}', '[M', '9{3}|9{3}', '', '999\\d'])(
    '%s is refused',
    (format) => {
      expect(() => compileFormat(format, 'f')).toThrow(AppError)
    },
  )

  test('is fast on any text', () => {
    const format = compileFormat('*{20}*{20}*{19}9', 'f')
    const begunMs = threadMs()
    for (let i = 0; i < 2000; i++) format.test('A'.repeat(200))
    expect(threadMs() - begunMs).toBeLessThan(1_000)
  })
})

test.for<[string, string, string]>([
  ['no JSON', 'Zzyrqa', 'lexicon'],
  ['a list', '[]', 'lexicon'],
  ['no version', '{}', 'lexicon.version'],
  ['another member', '{"version":1,"Zzyrqa":[]}', 'lexicon'],
  ['no list', '{"version":1,"staff":"Zzyrqa"}', 'lexicon.staff'],
  ['no text', '{"version":1,"units":[1]}', 'lexicon.units[0]'],
  ['a blank', '{"version":1,"units":[" "]}', 'lexicon.units[0]'],
  ['a long text', JSON.stringify({ version: 1, places: ['Zzyrqa'.repeat(30)] }), 'lexicon.places[0]'],
  ['a format that is none', '{"version":1,"recordNumbers":[{"format":"Zzyrqa"}]}', 'lexicon.recordNumbers[0].format'],
  [
    'a class that is none',
    '{"version":1,"recordNumbers":[{"format":"999","class":"Zzyrqa"}]}',
    'lexicon.recordNumbers[0].class',
  ],
])('a lexicon is refused, %s: the error names the place, no entry', ([, text, field]) => {
  try {
    readSiteLexicon(text)
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    expect({ code: thrown.code, field: thrown.field }).toEqual({ code: 'config.invalid', field })
    expect(thrown.message).not.toContain('Zzyrqa')
    return
  }
  throw new Error('nothing was refused')
})
