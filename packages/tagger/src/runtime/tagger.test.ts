import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ENGLISH_WEIGHTS, loadTagger } from '../load.ts'
import { createTagger } from './tagger.ts'

const TINY = join(import.meta.dirname, '../../test-data/tiny')
const gazetteer = readFileSync(createRequire(import.meta.url).resolve('@breakwater/deid/gazetteer.bin'))
const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))

function readTiny(): Map<string, Uint8Array> {
  return new Map(readdirSync(TINY).map((name) => [name, readFileSync(join(TINY, name))]))
}

/** The tiny weights with one file of JSON changed. */
function changed(name: string, change: (json: Record<string, unknown>) => void): Map<string, Uint8Array> {
  const weights = readTiny()
  const json: Record<string, unknown> = JSON.parse(new TextDecoder().decode(weights.get(name)))
  change(json)
  return weights.set(name, new TextEncoder().encode(JSON.stringify(json)))
}

function refuses(weights: ReadonlyMap<string, Uint8Array>): void {
  expect(() => createTagger({ weights, gazetteer })).toThrow(expect.objectContaining({ code: 'detector.unavailable' }))
}

describe('the tagger', () => {
  const tagger = loadTagger(TINY)
  const wordsOnly = loadTagger(TINY, { withPieces: false })

  test('finds what its models say, in UTF-16 units, with an id that names models and digest', () => {
    const text = '\u{1f600} seen by Jos\u00e9 Okonkwo, then 3 mg'
    expect(tagger.tag(text).map(({ start, end }) => text.slice(start, end))).toContain('Jos\u00e9 Okonkwo')
    expect(tagger.id).toMatch(/^words\+pieces-1-[0-9a-f]{8}$/)
    expect(wordsOnly.id).toMatch(/^words-1-[0-9a-f]{8}$/)
  })

  test('dictionaries other than those of the training are refused', () => {
    refuses(changed('meta.json', (meta) => Object.assign(meta, { gazetteer: '0'.repeat(64) })))
    refuses(changed('meta.json', (meta) => Object.assign(meta, { gazetteer: undefined })))
  })

  test('a text without words has no spans', () => {
    expect(tagger.tag('')).toEqual([])
    expect(tagger.tag(' \n\t')).toEqual([])
  })

  test('spans of any string lie in it, rise, do not overlap; nothing throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit, maxLength: 120 }), fc.string({ unit: 'binary', maxLength: 120 })),
        (text) => {
          for (const one of [tagger, wordsOnly]) {
            let last = 0
            for (const { start, end, score } of one.tag(text)) {
              expect(start).toBeGreaterThanOrEqual(last)
              expect(end).toBeGreaterThan(start)
              expect(end).toBeLessThanOrEqual(text.length)
              expect(score).toBeGreaterThan(0)
              expect(score).toBeLessThanOrEqual(1)
              last = end
            }
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  test('a text longer than a window has the spans of its parts', () => {
    const line = 'seen by Jos\u00e9 and by Mary for 3 mg\n'
    const each = wordsOnly.tag(line)
    expect(each.length).toBeGreaterThan(0)
    const all = wordsOnly.tag(line.repeat(500))
    expect(all).toHaveLength(500 * each.length)
    for (const [i, { start, end }] of all.entries()) {
      const offset = Math.floor(i / each.length) * line.length
      expect({ start: start - offset, end: end - offset }).toEqual({
        start: each[i % each.length]?.start,
        end: each[i % each.length]?.end,
      })
    }
  })

  test('a model with another digest is refused', () => {
    const weights = readTiny()
    const model = Uint8Array.from(weights.get('words.onnx') ?? [])
    model[model.length - 1] = (model[model.length - 1] ?? 0) ^ 1
    refuses(weights.set('words.onnx', model))
  })

  test.each(['meta.json', 'thresholds.json', 'words.onnx', 'pieces.onnx', 'pieces.vocabulary.txt'])(
    'weights without %s are refused',
    (name) => {
      const weights = readTiny()
      weights.delete(name)
      refuses(weights)
    },
  )

  test.each([
    ['tags', (json: Record<string, unknown>) => (json['tags'] = ['O', 'B-NAME'])],
    ['roles', (json: Record<string, unknown>) => (json['roles'] = ['patient'])],
    ['models', (json: Record<string, unknown>) => (json['models'] = {})],
  ])('weights that were trained for other %s are refused', (_, change) => {
    refuses(changed('meta.json', change))
  })

  test('thresholds that were made for another model, or not for every group, are refused', () => {
    refuses(changed('thresholds.json', (json) => (json['models'] = ['0'.repeat(64)])))
    refuses(changed('thresholds.json', (json) => (json['strong'] = { NAME: 0.5 })))
  })

  test('the weights that ship load with their thresholds, find names and leave ordinary text alone', () => {
    const shipped = loadTagger(ENGLISH_WEIGHTS)
    const text = 'Mrs. Adaeze Okonkwo was seen by Dr. Pieter van der Berg at Lakeside Clinic.'
    const found = shipped.tag(text).filter(({ isWeak }) => !isWeak)
    expect(found.map(({ start, end }) => text.slice(start, end)).join(' ')).toMatch(/Okonkwo.*Berg/)
    expect(shipped.tag('The abdomen is soft and the lungs are clear.').filter(({ isWeak }) => !isWeak)).toEqual([])
  })

  test('a folder that is none is refused', () => {
    expect(() => loadTagger(join(TINY, 'absent'))).toThrow(expect.objectContaining({ code: 'detector.unavailable' }))
  })
})
