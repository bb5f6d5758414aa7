import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import { LABEL_MAPS } from '../evaluate/mappings.ts'
import type { PhiClass, Span, Tagger } from '../types.ts'

const gazetteer = readFileSync(new URL('../../data/gazetteer.bin', import.meta.url))

const FRAGMENTS = [
  'Patient Maria Lopez',
  'seen by Dr. May Long,',
  'Lopez',
  'MRN 00123456',
  'acct 8812-44',
  '03/04/1961',
  'March 2021',
  'in Springfield, IL 62704',
  'Springfield General Hospital',
  'age 94',
  'aged 64',
  '(555) 201-0188',
  'ref 4471-A',
  '4471-A',
  'works at Acme Foundry',
  'Parkinson disease',
  'wife Ana',
  '\n',
] as const
const TEXT = fc.array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 12 }).map((parts) => parts.join(' '))
const THRESHOLD = fc.integer({ min: 0, max: 20 }).map((step) => step / 20)

const uniform = (threshold: number) =>
  Object.fromEntries(Object.keys(LABEL_MAPS.own).map((phiClass) => [phiClass, threshold])) as Record<PhiClass, number>

/** Says of every capitalised word what its letters add up to: a tagger of no sense, but always the same. */
const tagger: Tagger = {
  id: 'sums',
  tag: (text) =>
    Array.from(text.matchAll(/[A-Z][a-z]+(?: [A-Z][a-z]+)?/g), ({ 0: word, index }) => {
      const sum = Array.from(word, (letter) => letter.charCodeAt(0)).reduce((a, b) => a + b, 0)
      return {
        start: index,
        end: index + word.length,
        class: (['NAME', 'CITY', 'FACILITY'] as const)[sum % 3] ?? 'NAME',
        role: 'unknown',
        score: (sum % 100) / 100,
      }
    }),
}

function isWithin(inner: readonly Span[], outer: readonly Span[]): boolean {
  return inner.every(({ start, end }) => outer.some((other) => other.start <= start && end <= other.end))
}

test.for([
  ['rules alone', undefined],
  ['rules and a tagger', tagger],
] as const)('a lower threshold never covers less: %s (DI-06)', ([, given]) => {
  const engine = createTextEngine({ gazetteer, ...(given && { tagger: given }) })
  fc.assert(
    fc.property(TEXT, THRESHOLD, THRESHOLD, (text, a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      const wide = engine.detect(text, { thresholds: uniform(low) })
      const narrow = engine.detect(text, { thresholds: uniform(high) })
      expect(isWithin(narrow, wide)).toBe(true)
    }),
    { numRuns: 600 },
  )
})

test('thresholds of the engine count for every call, those of a call before them', () => {
  const text = 'Patient Maria Lopez, MRN 00123456'
  const engine = createTextEngine({ gazetteer, thresholds: uniform(1.01) })
  expect(engine.detect(text)).toEqual([])
  expect(engine.detect(text, { thresholds: { ...uniform(1.01), MRN: 0.5 } }).map((span) => span.class)).toEqual(['MRN'])
})

test('a stage that is left out finds nothing', () => {
  const text = 'Patient Maria Lopez, MRN 00123456. Lopez left.'
  const classes = (without: readonly ('lists' | 'patterns' | 'propagation')[]): string[] =>
    createTextEngine({ gazetteer, without })
      .detect(text)
      .map((span) => span.class)
  expect(classes([])).toEqual(['NAME', 'MRN', 'NAME'])
  expect(classes(['lists'])).toEqual(['MRN'])
  expect(classes(['patterns'])).toEqual(['NAME', 'NAME'])
})
