import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { openGazetteer } from '@breakwater/deid'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WORD_FEATURES } from './columns.ts'
import { createFeaturiser } from './featurise.ts'
import { splitWords } from './words.ts'

const gazetteer = openGazetteer(readFileSync(createRequire(import.meta.url).resolve('@breakwater/deid/gazetteer.bin')))
const featurise = createFeaturiser(gazetteer)
const WIDTH = WORD_FEATURES.length

function wordsOf(text: string): string[] {
  const { count, start, end } = splitWords(text)
  return Array.from({ length: count }, (_, i) => text.slice(start[i], end[i]))
}

/** One column of a text, by its name. */
function columnOf(name: string, text: string): number[] {
  const at = WORD_FEATURES.findIndex((feature) => feature.name === name)
  const { words, features } = featurise(text)
  return Array.from({ length: words.count }, (_, i) => features[i * WIDTH + at] ?? -1)
}

describe('words', () => {
  test.each([
    ['Seen by Dr. Osei-Bonsu', ['Seen', 'by', 'Dr', '.', 'Osei', '-', 'Bonsu']],
    ['AB12-34/5', ['AB', '12', '-', '34', '/', '5']],
    ["O'Neil\u00a0said", ['O', "'", 'Neil', 'said']],
    ['Jose\u0301 \u{1f600}x', ['Jose\u0301', '\u{1f600}', 'x']],
    ['\u{1d40c}\u{1d42b} \u0661\u0662', ['\u{1d40c}\u{1d42b}', '\u0661\u0662']],
    ['\ud800a', ['\ud800', 'a']],
    ['', []],
  ])('of %j', (text, expected) => {
    expect(wordsOf(text)).toEqual(expected)
  })

  test('are the pattern that the corpus and the models agree on, for any string', () => {
    const pattern = /\p{L}[\p{L}\p{M}]*|\p{Nd}+|\S/gu
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(wordsOf(text)).toEqual(text.match(pattern) ?? [])
      }),
      { numRuns: 200 },
    )
  })
})

describe('columns', () => {
  test('every row is below the size of its column, for any string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const { words, features } = featurise(text)
        expect(features.length).toBe(words.count * WIDTH)
        for (const [i, row] of features.entries()) expect(row).toBeLessThan(WORD_FEATURES[i % WIDTH]?.size ?? 0)
      }),
      { numRuns: 150 },
    )
  })

  test('the hash is FNV-1a of column and word, moved past row 0', () => {
    // "word:a": the published function, by hand.
    let hash = 0x811c9dc5
    for (const unit of 'word:a') hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193)
    expect(columnOf('word', 'A')).toEqual([1 + ((hash >>> 0) % 32_767)])
  })

  test('a word is the same whatever its case and accents', () => {
    const [first, ...others] = columnOf('word', 'N\u00da\u00d1EZ n\u00fa\u00f1ez Nunez Nu\u0301n\u0303ez')
    expect(others).toEqual([first, first, first])
  })

  test('what stands before a word: nothing, a space, several, a line, an empty line', () => {
    expect(columnOf('gap', 'a-b  c d\te\nf \r\n\r\n g')).toEqual([5, 1, 1, 3, 2, 3, 4, 5])
  })

  test('a line of capitals is told from one with none', () => {
    expect(columnOf('lineCase', 'SEEN BY OKAFOR\nseen by mr okafor\nSeen by Okafor')).toEqual([
      2, 2, 2, 3, 3, 3, 3, 1, 1, 1,
    ])
  })

  test('a place of several words is one phrase, and a name with an apostrophe one name', () => {
    expect(columnOf('gazPhrase', 'in Salt Lake City now').map((row) => (row === 0 ? 0 : 1))).toEqual([0, 1, 1, 1, 0])
    expect(columnOf('gazName', "O'Connor")[1]).toBeGreaterThan(0)
  })

  test('a text is read the same after other texts', () => {
    const text = 'Ms. Adaeze Okonkwo, 54, came on 3/4.'
    const before = featurise(text).features
    for (const other of ['Okonkwo and may and will', 'CAME ON', '54 54']) featurise(other)
    expect(featurise(text).features).toEqual(before)
  })
})
