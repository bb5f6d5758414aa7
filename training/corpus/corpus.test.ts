import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { checkSplits, isMet } from './check-splits.ts'
import { addDays, DATE_FORMATS, TIME_FORMATS } from './dates.ts'
import { formatIds, hashGlance, readFrozen, templateIds } from './frozen.ts'
import { generateDocument } from './generate.ts'
import { fillPattern, ID_FORMATS } from './identifiers.ts'
import { inventFormat, skeletonOf } from './invent.ts'
import { createRandom } from './random.ts'
import { createSource } from './source.ts'
import { normaliseSurface, SPLITS, splitOfSurface } from './split.ts'
import { countedClass, LETTERS } from './tabulate.ts'

const sources = SPLITS.map((split) => createSource(split, 'of-the-test'))
const linesOf = (count: number) =>
  sources.flatMap((source) => Array.from({ length: count }, (_, number) => generateDocument(source, number)))

test('gold spans lie in the text, in order, without overlap and without white space at their ends', () => {
  for (const { text, spans } of linesOf(700)) {
    let end = 0
    for (const span of spans) {
      expect(span.start).toBeGreaterThanOrEqual(end)
      expect(span.end).toBeGreaterThan(span.start)
      expect(span.end).toBeLessThanOrEqual(text.length)
      const surface = text.slice(span.start, span.end)
      expect(surface).toBe(surface.trim())
      end = span.end
    }
  }
})

test('the same seed makes the same document, whichever were made before', () => {
  for (const source of sources) {
    const [later] = [generateDocument(source, 41)]
    Array.from({ length: 41 }, (_, number) => generateDocument(source, number))
    expect(generateDocument(source, 41)).toEqual(later)
    expect(generateDocument({ ...source, seed: 'another' }, 41).text).not.toBe(later?.text)
  }
})

test('a document of a clean template holds nothing that Safe Harbor removes', () => {
  const clean = linesOf(700).filter(({ isClean }) => isClean)
  expect(clean.length).toBeGreaterThan(300)
  for (const { spans } of clean) {
    expect(spans.filter((span) => LETTERS['kept']?.includes(countedClass(span)) !== true)).toEqual([])
  }
})

test('held-out formats stand in the test alone', () => {
  const used = (split: string) =>
    new Set(
      linesOf(700).flatMap((line) => (line.split === split ? line.spans.flatMap(({ format }) => format ?? []) : [])),
    )
  const seen = new Set([...used('train'), ...used('calibrate')])
  const isHeld = (format: string) => !seen.has(format)
  expect([...used('test')].filter(isHeld).length).toBeGreaterThan(40)
})

test('a surface belongs to one split, however it is written', () => {
  expect(normaliseSurface("O'NEÍLL")).toBe('oneill')
  expect(splitOfSurface('GARCÍA')).toBe(splitOfSurface('Garcia'))
})

test('splits share no template, surface or held-out format', () => {
  expect(checkSplits(undefined, 300).filter((check) => !isMet(check))).toEqual([])
})

test('the test, its templates and its formats are the frozen ones', () => {
  const frozen = readFrozen()
  expect(hashGlance()).toBe(frozen.testGlance)
  expect(formatIds()).toEqual(frozen.formats)
  for (const [split, ids] of Object.entries(templateIds())) {
    const sha256 = createHash('sha256').update(ids.join('\n')).digest('hex')
    expect({ count: ids.length, sha256 }, split).toEqual(frozen.templates[split])
  }
})

test('no format that only training has writes what a held-out one would', () => {
  const random = createRandom('of-the-formats')
  for (let i = 0; i < 400; i++) {
    const day = addDays({ year: 1931, month: 1, day: 1 }, i * 87)
    const written = (isWanted: (format: (typeof DATE_FORMATS)[number]) => boolean): string[] =>
      DATE_FORMATS.filter(isWanted).map((format) => format.write(day, random))
    const heldOut = new Set(written(({ isHeldOut }) => isHeldOut))
    expect(written(({ isForTraining }) => isForTraining === true).filter((date) => heldOut.has(date))).toEqual([])
  }
  for (let minute = 0; minute < 1440; minute += 7) {
    const written = (isWanted: (format: (typeof TIME_FORMATS)[number]) => boolean): string[] =>
      TIME_FORMATS.filter(isWanted).map((format) => format.write(Math.floor(minute / 60), minute % 60))
    const heldOut = new Set(written(({ isHeldOut }) => isHeldOut))
    expect(written(({ isForTraining }) => isForTraining === true).filter((time) => heldOut.has(time))).toEqual([])
  }
  const patterns = [...ID_FORMATS.values()].flat().filter(({ pattern }) => !pattern.startsWith('='))
  const heldOut = new Set(
    patterns.filter(({ isHeldOut }) => isHeldOut).map(({ pattern }) => skeletonOf(fillPattern(pattern, random))),
  )
  const trained = patterns.filter(({ isForTraining }) => isForTraining)
  expect(trained.filter(({ pattern }) => heldOut.has(skeletonOf(fillPattern(pattern, random))))).toEqual([])
  for (let i = 0; i < 3000; i++) expect(heldOut.has(skeletonOf(inventFormat(random)))).toBe(false)
})
