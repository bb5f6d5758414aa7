import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PhiClass, PlannedSpan, Span } from '../types.ts'
import { applyPlan, buildManifest, mergeManifests, planSpans, PROFILES } from './index.ts'
import { defineProfile } from './profile.ts'
import { threadMs } from '../testing/thread-time.ts'

const { sha256: _, ...safeHarbor } = PROFILES['safe-harbor']

describe('a profile that its label forbids does not load (DI-05)', () => {
  test.for([
    ['NAME', 'token'],
    ['NAME', 'keep'],
    ['DATE', 'keep'],
    ['NAME', 'generalise'],
  ] as const)('safe-harbor with %s/%s', ([phiClass, operator]) => {
    const data = { ...safeHarbor, operators: { ...safeHarbor.operators, [phiClass]: operator } }
    expect(() => defineProfile(data)).toThrow(
      expect.objectContaining({
        code: 'config.invalid',
        message: `profile safe-harbor: the label safe-harbor-transformed forbids the operator ${operator} for ${phiClass}`,
      }),
    )
  })

  test('gateway tokens under the Safe Harbor label', () => {
    const { sha256: __, ...gateway } = PROFILES.gateway
    expect(() => defineProfile({ ...gateway, label: 'safe-harbor-transformed' })).toThrow(/forbids the operator token/)
  })

  test('a changed decision changes the hash', () => {
    const other = defineProfile({ ...safeHarbor, operators: { ...safeHarbor.operators, STATE: 'remove' } })
    expect(other.sha256).not.toBe(PROFILES['safe-harbor'].sha256)
    expect(defineProfile(safeHarbor).sha256).toBe(PROFILES['safe-harbor'].sha256)
  })
})

const engine = { name: 'rules', version: '0.1.0', ruleSet: 'a'.repeat(64) }
const span = (start: number, end: number, phiClass: PhiClass): Span => ({
  start,
  end,
  class: phiClass,
  role: 'patient',
  score: 1,
  sources: ['rule'],
})

describe('manifest (DI-23)', () => {
  const planned = planSpans(
    ['Ana 555-0100', 'Bo'],
    [[span(0, 3, 'NAME'), span(4, 12, 'PHONE')], [span(0, 2, 'NAME')]],
    'safe-harbor',
  )
  const manifest = buildManifest({ engine, profile: PROFILES['safe-harbor'], tagger: null, planned })

  test('counts class, role and operator, and names rules and tables', () => {
    expect(manifest).toMatchObject({
      label: 'safe-harbor-transformed',
      profile: { name: 'safe-harbor', version: 1, sha256: PROFILES['safe-harbor'].sha256 },
      tables: [{ id: 'zip3/census-zcta', vintage: '2020' }],
      documents: 2,
      counts: { 'NAME/patient/remove': 2, 'PHONE/patient/remove': 1 },
    })
  })

  test('holds no value', () => {
    expect(JSON.stringify(manifest)).not.toMatch(/Ana|0100/)
  })

  test('is the same, byte for byte, in whatever order the spans came', () => {
    const reversed = buildManifest({
      engine,
      profile: PROFILES['safe-harbor'],
      tagger: null,
      planned: planned.toReversed(),
    })
    expect(JSON.stringify(reversed)).toBe(JSON.stringify(manifest))
  })

  test('says which thresholds decided, that a lexicon was used, and in how many documents the patient was known', () => {
    const build = (one: (typeof planned)[number], isKnown: boolean) =>
      buildManifest({
        engine,
        profile: PROFILES['safe-harbor'],
        tagger: null,
        thresholds: { NAME: 0.3, DATE: 0.6 },
        hasLexicon: true,
        isKnown,
        planned: [one],
      })
    const [first, second] = planned.map((one, i) => build(one, i === 0))
    if (!first || !second) throw new Error('two documents')
    expect(first).toMatchObject({ thresholds: { NAME: 0.3, DATE: 0.6 }, lexicon: true, known: 1 })
    expect(mergeManifests(second, first)).toMatchObject({ known: 1, documents: 2 })
    expect(manifest).not.toHaveProperty('known')
    expect(() => mergeManifests(first, { ...second, thresholds: { NAME: 0.4 } })).toThrow(RangeError)
  })

  test('of two documents is the sum of two manifests', () => {
    const [first, second] = planned.map((one) =>
      buildManifest({ engine, profile: PROFILES['safe-harbor'], tagger: null, planned: [one] }),
    )
    if (!first || !second) throw new Error('two documents')
    expect(JSON.stringify(mergeManifests(first, second))).toBe(JSON.stringify(manifest))
    expect(() => mergeManifests(first, { ...second, tagger: 'other' })).toThrow(RangeError)
  })
})

const CLASSES = Object.keys(PROFILES['safe-harbor'].operators) as PhiClass[]
/** Pieces of text, each a span or not: private-use letters, so that no replacement can hold one by chance. */
const pieces = fc.array(
  fc.record({
    text: fc.string({
      unit: fc.constantFrom('\ue000', '\ue001', '\u{f0000}', '\u{1f600}'),
      minLength: 1,
      maxLength: 6,
    }),
    class: fc.option(fc.constantFrom(...CLASSES)),
  }),
)

function join(list: readonly { text: string; class: PhiClass | null }[]): { text: string; spans: Span[] } {
  let text = ''
  const spans: Span[] = []
  for (const piece of list) {
    const start = text.length
    text += piece.text
    if (piece.class) spans.push(span(start, text.length, piece.class))
  }
  return { text, spans }
}

describe('properties', () => {
  test('what is not planned stays, unit by unit, and no planned surface is left', () => {
    fc.assert(
      fc.property(pieces, (list) => {
        const { text, spans } = join(list)
        const [planned = []] = planSpans([text], [spans], 'safe-harbor')
        const applied = applyPlan(text, planned)
        const written = applied.written.map(({ start, end }) => applied.text.slice(start, end))
        expect(written).toEqual(planned.map(({ replacement }) => replacement))
        expect(keptText(applied.text, applied.written)).toBe(keptText(text, planned))
        expect(written.join('')).not.toMatch(/[\ue000-\uf8ff]|[^\p{ASCII}]/u)
      }),
    )
  })

  test('every span is decided: kept ones are States and countries, or readable years and ages', () => {
    fc.assert(
      fc.property(pieces, (list) => {
        const { text, spans } = join(list)
        const [planned = []] = planSpans([text], [spans], 'safe-harbor')
        const left = spans.filter(({ start }) => !planned.some((one) => one.start === start))
        expect(left.every((one) => one.class === 'STATE' || one.class === 'COUNTRY')).toBe(true)
      }),
    )
  })

  test('long blanks between an age and a year cost nothing', () => {
    const text = `85${' '.repeat(200_000)}2015`
    const spans = [span(0, 2, 'AGE'), span(text.length - 4, text.length, 'YEAR')]
    const startedMs = threadMs()
    expect(planSpans([text], [spans], 'safe-harbor')).toEqual([[]])
    expect(threadMs() - startedMs).toBeLessThan(500)
  })

  test('overlapping, unsorted or outer spans are refused', () => {
    const remove = (start: number, end: number): PlannedSpan => ({ ...span(start, end, 'NAME'), operator: 'remove' })
    for (const bad of [[remove(0, 3), remove(2, 4)], [remove(2, 3), remove(0, 1)], [remove(0, 9)], [remove(1, 1)]]) {
      expect(() => applyPlan('abcd', bad)).toThrow(RangeError)
    }
  })

  test('dates, ages and ZIP codes: what went out once goes out unchanged', () => {
    const two = (max: number) => fc.integer({ min: 1, max }).map((n) => String(n).padStart(2, '0'))
    const dateText = fc.tuple(two(13), two(31), fc.integer({ min: 1900, max: 2040 })).map((parts) => parts.join('/'))
    const item = fc.oneof(
      fc.record({ class: fc.constant<PhiClass>('DATE'), text: dateText }),
      fc.record({ class: fc.constant<PhiClass>('YEAR'), text: fc.integer({ min: 1900, max: 2040 }).map(String) }),
      fc.record({ class: fc.constant<PhiClass>('AGE'), text: fc.integer({ min: 0, max: 119 }).map(String) }),
      fc.record({
        class: fc.constant<PhiClass>('ZIP'),
        text: fc.integer({ min: 0, max: 99_999 }).map((n) => String(n).padStart(5, '0')),
      }),
    )
    fc.assert(
      fc.property(fc.array(item, { maxLength: 6 }), fc.constantFrom(' seen in ', '; born ', ', '), (items, between) => {
        const once = releaseItems(items, between)
        expect(releaseItems(findItems(once), between, once)).toBe(once)
      }),
    )
  })
})

function keptText(text: string, ranges: readonly { start: number; end: number }[]): string {
  let at = 0
  let kept = ''
  for (const { start, end } of ranges) {
    kept += text.slice(at, start)
    at = end
  }
  return kept + text.slice(at)
}

interface Item {
  readonly class: PhiClass
  readonly text: string
  readonly start?: number
}

function releaseItems(items: readonly Item[], between: string, given?: string): string {
  let text = given ?? ''
  const spans: Span[] = []
  for (const item of items) {
    if (given === undefined) text += between
    const start = item.start ?? text.length
    if (given === undefined) text += item.text
    spans.push(span(start, start + item.text.length, item.class))
  }
  const [planned = []] = planSpans([text], [spans], 'safe-harbor')
  return applyPlan(text, planned).text
}

/** A reader of what a release may hold: categories, prefixes, years, ages. */
function findItems(text: string): Item[] {
  const found = text.matchAll(/(\d{3}\*\*)|(90 or older)|(\d{4})|(\d{1,3})/g)
  return Array.from(found, (match) => {
    const phiClass: PhiClass = match[1] ? 'ZIP' : match[2] || match[4] ? 'AGE' : 'YEAR'
    return { class: phiClass, text: match[0], start: match.index }
  })
}
