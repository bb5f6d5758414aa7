import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe as group, expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import { describe, isCovered } from './testing.ts'
import { createView, toOriginal } from './view.ts'

const engine = createTextEngine({ gazetteer: readFileSync(new URL('../../data/gazetteer.bin', import.meta.url)) })

interface RedTeamRow {
  readonly id: string
  readonly text: string
  readonly expected_protected: readonly { readonly value: string }[]
}

const RED_TEAM = readFileSync(new URL('../../test-data/openmed-redteam.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line): RedTeamRow => JSON.parse(line))

test.each(RED_TEAM.map((row) => [row.id, row] as const))(
  'red-team row %s: the disguised value is found whole',
  (_, row) => {
    for (const { value } of row.expected_protected) {
      expect(isCovered(row.text, value, engine.detect(row.text))).toBe(true)
    }
  },
)

group('folding', () => {
  test.each([
    ['zero-width characters', 'Ok\u200bafor', 'Okafor'],
    ['soft hyphens', 'Ok\u00adafor', 'Okafor'],
    ['full-width letters and digits', '\uff2d\uff32\uff2e\uff11\uff12', 'MRN12'],
    ['Cyrillic look-alikes', 'Am\u0430r\u0430', 'Amara'],
    ['accents', 'L\u00f3pez Mu\u00f1oz', 'Lopez Munoz'],
    ['combining accents', 'Lo\u0301pez', 'Lopez'],
    ['mathematical letters outside the basic plane', '\u{1d400}\u{1d41a}', 'Aa'],
    ['HTML entities', 'O&#39;Brien &amp; Sons&nbsp;Ltd', "O'Brien & Sons Ltd"],
    ['a word hyphenated over a line break', 'hospi-\ntal', 'hospital'],
    ['typographic punctuation', 'O\u2019Brien \u2013 note', "O'Brien - note"],
  ])('%s', (_, text, folded) => {
    expect(createView(text).text).toBe(folded)
  })

  test('a plain ASCII text is its own view', () => {
    const text = 'Patient Amara Okafor, MRN 00482913\n'
    expect(createView(text)).toEqual({ text })
  })

  test('an entity that is none stays as it is', () => {
    expect(createView('AT&T; R&D &#xD800; &zz; caf\u00e9').text).toBe('AT&T; R&D &#xD800; &zz; cafe')
  })
})

group('offsets are UTF-16 units of the original', () => {
  test.each([
    ['an emoji before', '\u{1f600}\u{1f468}\u200d\u{1f469} Patient Amara Okafor, MRN 00482913'],
    ['an emoji inside a sentence', 'Patient \u{1f9d1}\u{1f3fd} Amara Okafor left. MRN 00482913'],
    ['accents decomposed', 'Cafe\u0301 Patient Amara Okafor, MRN 00482913'],
    ['entities before', '&lt;p&gt; Patient Amara Okafor, MRN 00482913 &lt;/p&gt;'],
    ['full-width text before', '\uff34\uff45\uff53\uff54 Patient Amara Okafor, MRN 00482913'],
    ['ligatures and fractions before', '\ufb01\ufb02 \u00bd\u2155 Patient Amara Okafor, MRN 00482913'],
  ])('%s', (_, text) => {
    expect(describe(text, engine.detect(text))).toEqual(['NAME Amara Okafor', 'MRN 00482913'])
  })

  test('an accent after the last letter of a name is covered with it', () => {
    const text = 'Patient Ren\u0065\u0301 Okafore\u0301, MRN 00482913'
    expect(isCovered(text, 'Okafore\u0301', engine.detect(text))).toBe(true)
  })

  test('every unit of the view lies on its own place in the original', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const view = createView(text)
        for (let i = 0; i < view.text.length; i++) {
          const { start, end } = toOriginal(view, i, i + 1)
          expect(start).toBeGreaterThanOrEqual(0)
          expect(end).toBeGreaterThan(start)
          expect(end).toBeLessThanOrEqual(text.length)
        }
      }),
    )
  })
})
