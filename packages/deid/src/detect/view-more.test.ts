import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import { describe as surfaces } from './testing.ts'
import { createView, toOriginal } from './view.ts'

const engine = createTextEngine({ gazetteer: readFileSync(new URL('../../data/gazetteer.bin', import.meta.url)) })

test.for([
  ['Dr. Jos&eacute; Garc&iacute;a', 'NAME Jos&eacute; Garc&iacute;a'],
  ['Dr. J&oslash;rgen &Aring;berg', 'NAME J&oslash;rgen &Aring;berg'],
  ['Dr. Jos&#233; Garc&#xED;a', 'NAME Jos&#233; Garc&#xED;a'],
  ['patient Maria Hernan-\n    dez was seen', 'NAME Maria Hernan-\n    dez'],
  ['patient Maria Hernan-\r\ndez was seen', 'NAME Maria Hernan-\r\ndez'],
  ['call 415&#45;555&#45;0142', 'PHONE 415&#45;555&#45;0142'],
  ['MRN&nbsp;4417203', 'MRN 4417203'],
  ['Dr. Jose\u0301 Garci\u0301a', 'NAME Jose\u0301 Garci\u0301a'],
] as const)('reads %s', ([text, expected]) => {
  expect(surfaces(text, engine.detect(text))).toContain(expected)
})

test('offsets are those of the original behind anything: emoji, marks, entities, wide letters', () => {
  const strange = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc.constantFrom(
      '\u{1f469}\u200d\u2695\ufe0f',
      '\u{1d4dc}',
      '&eacute;',
      '\ufb01',
      'e\u0301',
      '\u200b',
      '\u{20000}',
      '&#128512;',
    ),
  )
  fc.assert(
    fc.property(fc.array(strange, { maxLength: 8 }), (pieces) => {
      const text = `${pieces.join(' ')} . MRN: 4417203 and jane.roe@example.org`
      const found = surfaces(text, engine.detect(text))
      expect(found).toContain('MRN 4417203')
      expect(found).toContain('EMAIL jane.roe@example.org')
    }),
    { numRuns: 300, seed: 5 },
  )
})

test('every place of a view leads back to a place of its text, in order', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const view = createView(text)
      let last = 0
      for (let at = 0; at < view.text.length; at++) {
        const { start, end } = toOriginal(view, at, at + 1)
        // One comparison a place: matchers by the hundred thousand are what a busy machine has no time for.
        if (start < last || end <= start || end > text.length) expect.fail(`place ${at} leads to ${start}, ${end}`)
        last = start
      }
    }),
    { numRuns: 1000, seed: 5 },
  )
})
