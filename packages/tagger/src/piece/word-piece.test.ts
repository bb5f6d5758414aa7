import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ENGLISH_WEIGHTS } from '../load.ts'
import { readVocabulary } from './vocabulary.ts'
import { cutPieces } from './word-piece.ts'

const vocabulary = readVocabulary(readFileSync(join(ENGLISH_WEIGHTS, 'pieces.vocabulary.txt'), 'utf8'))
const VECTORS = join(import.meta.dirname, '../../test-data/word-piece.jsonl')

function cut(text: string): number[][] {
  const { count, id, start, end } = cutPieces(text, vocabulary)
  return Array.from({ length: count }, (_, i) => [id[i] ?? -1, start[i] ?? -1, end[i] ?? -1])
}

describe('word pieces', () => {
  test("and their offsets are those of Python's tokenizers on 2,000 strings", () => {
    const vectors = readFileSync(VECTORS, 'utf8').split('\n').filter(Boolean)
    expect(vectors).toHaveLength(2000)
    for (const line of vectors) {
      const { text, pieces }: { text: string; pieces: number[][] } = JSON.parse(line)
      expect(cut(text)).toEqual(pieces)
    }
  })

  test('lie in the text and rise, for any string of UTF-16 units', () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 80 }), (text) => {
        let last = 0
        for (const [id = -1, start = -1, end = -1] of cut(text)) {
          expect(id).toBeLessThan(vocabulary.size)
          expect(start).toBeGreaterThanOrEqual(0)
          expect(end).toBeGreaterThan(start)
          expect(end).toBeLessThanOrEqual(text.length)
          expect(start).toBeGreaterThanOrEqual(last)
          last = start
        }
      }),
      { numRuns: 500 },
    )
  })

  test('a word of a megabyte is one unknown piece, and quickly', () => {
    const begun = performance.now()
    expect(cut('x'.repeat(1_000_000))).toEqual([[vocabulary.unknown, 0, 1_000_000]])
    expect(performance.now() - begun).toBeLessThan(5000)
  })

  test('a vocabulary without its special pieces is refused', () => {
    expect(() => readVocabulary('a\nb\n')).toThrow(expect.objectContaining({ code: 'detector.unavailable' }))
  })
})
