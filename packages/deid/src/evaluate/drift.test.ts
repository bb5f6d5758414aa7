import { describe, expect, test } from 'vitest'
import { compareDrift, createDriftCounter } from './drift.ts'
import type { DriftDocument, DriftProfile } from './drift.ts'
import { fisherExact, holm, student } from './hypothesis.ts'

describe('tests of hypotheses', () => {
  test('Fisher: the lady who tastes tea, 3 of 4 right', () => {
    expect(fisherExact(3, 1, 1, 3)).toBeCloseTo(34 / 70, 12)
    expect(fisherExact(4, 0, 0, 4)).toBeCloseTo(2 / 70, 12)
  })

  test('Fisher: two rows alike, or one empty, prove nothing', () => {
    expect(fisherExact(5, 5, 50, 50)).toBeCloseTo(1, 10)
    expect(fisherExact(0, 0, 3, 4)).toBe(1)
  })

  test('Student: p of t = 2.2281 at 10 degrees of freedom is 5 %', () => {
    // Two groups of 6, variance 1 each: t = difference / sqrt(1/3), 10 degrees.
    const difference = 2.2281388519649385 * Math.sqrt(1 / 3)
    const group = (mean: number) => ({ documents: 6, sum: 6 * mean, squares: 6 * mean * mean + 5 })
    expect(student(group(0), group(difference))).toBeCloseTo(0.05, 10)
  })

  test('Holm: smallest times all, and never falling', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(6)))).toEqual([0.03, 0.06, 0.06, 0.02])
  })
})

/** Documents of 50 words with hits of a class in some of them. */
function createDocuments(count: number, shareOfNames: number, source?: string): DriftDocument[] {
  return Array.from({ length: count }, (_, i) => ({
    text: 'word '.repeat(50),
    source,
    spans: [
      ...(i % 100 < 100 * shareOfNames ? [{ start: 0, end: 4, class: 'NAME' }] : []),
      ...(i % 2 === 0 ? [{ start: 5, end: 9, class: 'DATE' }] : []),
    ],
  }))
}

function profile(documents: readonly DriftDocument[]): DriftProfile {
  const counter = createDriftCounter(null)
  for (const document of documents) counter.add(document)
  return counter.result()
}

describe('drift', () => {
  const baseline = profile(createDocuments(400, 0.8, 'clinic'))

  test('the same notes again raise nothing', () => {
    expect(compareDrift(baseline, profile(createDocuments(300, 0.8, 'clinic')))).toEqual([])
  })

  test('a template whose names are no longer found raises an alarm for the class, its length and its source (DI-24)', () => {
    const findings = compareDrift(baseline, profile(createDocuments(200, 0.3, 'clinic')))
    expect(
      findings.filter(({ kind }) => kind === 'share').map(({ stratum, class: one }) => `${stratum} ${one}`),
    ).toEqual(expect.arrayContaining(['all NAME', 'length short NAME', 'source clinic NAME']))
    expect(findings.every(({ class: one }) => one !== 'DATE')).toBe(true)
    expect(findings[0]?.p).toBeLessThan(1e-6)
  })

  test('a source that the baseline does not know is named', () => {
    const findings = compareDrift(baseline, profile(createDocuments(20, 0.8, 'dictation')))
    expect(findings).toEqual([expect.objectContaining({ stratum: 'source dictation', kind: 'new-source' })])
  })

  test('a class that comes anew, and one that goes, both count', () => {
    const strange = createDocuments(200, 0.8, 'clinic').map((document) => ({
      ...document,
      spans: document.spans.map((span) => (span.class === 'DATE' ? { ...span, class: 'OTHER_ID' } : span)),
    }))
    const classes = compareDrift(baseline, profile(strange))
      .filter(({ stratum, kind }) => stratum === 'all' && kind === 'share')
      .map(({ class: one }) => one)
    expect(classes.toSorted()).toEqual(['DATE', 'OTHER_ID'])
  })

  test('draws from one kind of notes raise a false alarm in at most one of a hundred comparisons', () => {
    let state = 5
    const random = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state / 2 ** 32
    }
    const draw = (count: number): DriftDocument[] =>
      Array.from({ length: count }, () => ({
        text: 'word '.repeat(20 + Math.floor(random() * 200)),
        source: random() < 0.5 ? 'a' : 'b',
        spans: ['NAME', 'DATE', 'MRN', 'PHONE'].flatMap((one) =>
          random() < 0.4 ? [{ start: 0, end: 4, class: one }] : [],
        ),
      }))
    const stored = profile(draw(400))
    const alarms = Array.from({ length: 200 }, () => compareDrift(stored, profile(draw(150)), { minChange: 0 }))
    expect(alarms.filter((findings) => findings.length > 0).length).toBeLessThanOrEqual(6)
  })

  test('a profile holds counts and no text', () => {
    expect(Object.keys(baseline.cells)).toContain('source clinic NAME')
    expect(JSON.stringify(baseline)).not.toContain('word')
  })
})
