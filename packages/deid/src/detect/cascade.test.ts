import { readFileSync } from 'node:fs'
import { AppError } from '@breakwater/kernel'
import { describe, expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import type { PhiClass, TaggedSpan, Tagger, TextEngine } from '../types.ts'
import { describe as surfaces } from './testing.ts'

const gazetteer = readFileSync(new URL('../../data/gazetteer.bin', import.meta.url))
const rules = createTextEngine({ gazetteer })

/** A tagger that knows words by heart. */
function reciting(words: Readonly<Record<string, Partial<TaggedSpan>>>): Tagger {
  return {
    id: 'sample',
    tag: (text) =>
      Object.entries(words).flatMap(([word, said]): TaggedSpan[] => {
        const start = text.indexOf(word)
        if (start < 0) return []
        return [{ start, end: start + word.length, class: 'NAME', role: 'unknown', score: 0.9, ...said }]
      }),
  }
}

function withTagger(words: Readonly<Record<string, Partial<TaggedSpan>>>): TextEngine {
  return createTextEngine({ gazetteer, tagger: reciting(words) })
}

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown.code
  }
  return 'nothing was thrown'
}

describe('the tagger', () => {
  test('finds what no rule does, and what it finds is carried on (DI-06)', () => {
    const text = 'seen with Zzyrqa in clinic. Later Zzyrqa left.'
    expect(rules.detect(text)).toEqual([])
    expect(surfaces(text, withTagger({ Zzyrqa: {} }).detect(text))).toEqual(['NAME Zzyrqa', 'NAME Zzyrqa'])
  })

  test('does not make an age of the place behind it, which would stay with it (DI-04)', () => {
    const place = 'Mr. Lopez, 67, North Zzyrq Hall, Salem, MA 01970, has CHF.'
    const engine = withTagger({ '67': { class: 'AGE', score: 1 }, Salem: { class: 'CITY' } })
    expect(engine.deidentify(place, 'safe-harbor').text).not.toMatch(/Zzyrq|Salem|01970/)
  })

  test.for([
    ['Mr. Lopez, 67, Boston, MA 02139, has CHF.', 'Mr. [NAME], 67, [CITY] 021**, has CHF.'],
    ['Mr. Lopez, 93, of Salem, MA 01970', 'Mr. [NAME], 90 or older, of [CITY] 019**'],
    ['Seen Mon, Jan 3 or Tues. 3/16 at 2pm', 'Seen [DATE], [DATE] or [DATE] [DATE] at [TIME]'],
    ['Mr. Lopez (92) and my grandfather, 94, fell.', 'Mr. [NAME] (90 or older) and my grandfather, 90 or older, fell.'],
    [
      'between 91 and 95 years old, lived 97 years; F/93',
      'between 90 or older and 90 or older, lived 90 or older; F/90 or older',
    ],
    ['Age at diagnosis: 91, age (years): 92', 'Age at diagnosis: 90 or older, age (years): 90 or older'],
    ['{"patientAge":92,"age_at_visit":"93"}', '{"patientAge":"90 or older","age_at_visit":"90 or older"}'],
    ['{"age":"92","Age": 93,"age_years":94}', '{"age":"90 or older","Age": "90 or older","age_years":"90 or older"}'],
    [
      '| mrn | Age (y) |\n|---|---|\n| 1 | 91 |\n| 2 | 45 |',
      '| mrn | Age (y) |\n|---|---|\n| 1 | 90 or older |\n| 2 | 45 |',
    ],
    ['id,age,note\n1,"92","a, b"\n2,93,c', 'id,age,note\n1,"90 or older","a, b"\n2,90 or older,c'],
    ['sex\tage\tBP\nF\t97\t97/60\n97 of 98', 'sex\tage\tBP\nF\t90 or older\t97/60\n97 of 98'],
    ['She was born 1920. Seen 2019.', 'She was born on or before 1929. Seen 2019.'],
    ['She was 85 in 2015. Seen again 2024.', 'She was [AGE] in 2015. Seen again 2024.'],
  ] as const)('ages and birth years beside places and dates: %s (DI-04)', ([text, released]) => {
    const figures = { '67': { class: 'AGE' }, '93': { class: 'AGE' }, '1920': { class: 'DATE' } } as const
    expect(withTagger(figures).deidentify(text, 'safe-harbor').text).toBe(released)
  })

  test('counts by itself at or above its threshold, however low that is', () => {
    const text = 'we told Zzyrqa today'
    expect(withTagger({ Zzyrqa: { score: 0.06 } }).detect(text)).toHaveLength(1)
    expect(withTagger({ Zzyrqa: { score: 0.06, isWeak: true } }).detect(text)).toEqual([])
  })

  test('takes thresholds from the caller: spans of a higher one lie in those of a lower one', () => {
    const engine = withTagger({ Zzyrqa: { score: 0.2, isWeak: true }, Qoolth: { score: 0.7 } })
    const text = 'we told Zzyrqa with Qoolth today'
    const covered = [0.9, 0.5, 0.1].map((NAME) => surfaces(text, engine.detect(text, { taggerThresholds: { NAME } })))
    expect(covered).toEqual([[], ['NAME Qoolth'], ['NAME Zzyrqa', 'NAME Qoolth']])
  })

  test('is a second witness for a listed word that is an ordinary one, below its threshold too', () => {
    const text = 'Today I called Long about it.'
    const weak = { Long: { score: 0.2, isWeak: true } }
    expect(rules.detect(text)).toEqual([])
    expect(surfaces(text, withTagger(weak).detect(text))).toEqual(['NAME Long'])
    const plain = 'Today a table was long.'
    expect(withTagger({ table: { score: 0.2, isWeak: true } }).detect(plain)).toEqual([])
  })

  test('raises the score where a rule agrees, and outvotes a rule that is less sure', () => {
    const text = 'patient Maria Lopez was seen'
    const [alone] = rules.detect(text)
    const [both] = withTagger({ 'Maria Lopez': { score: 0.8 } }).detect(text)
    expect(both?.score).toBeGreaterThan(alone?.score ?? 1)
    const other = withTagger({ 'Maria Lopez': { class: 'FACILITY', score: 0.999 } }).detect(text)
    expect(other.map((span) => span.class)).toEqual(['FACILITY'])
  })

  test.for([
    ["has Parkinson's disease", 'Parkinson'],
    ['a Foley was placed', 'Foley'],
    ['strength 5/5 throughout', '5/5'],
    ['BP 120/80 today', '120/80'],
    ['on POD 3 she walked', 'POD 3'],
    ['closed with 4-0 suture', '4-0'],
  ] as const)('is vetoed by the protect list when weak, not when strong: %s', ([text, word]) => {
    expect(withTagger({ [word]: { score: 0.45 } }).detect(text)).toEqual([])
    expect(withTagger({ [word]: { score: 0.9 } }).detect(text)).toHaveLength(1)
  })

  test('never uncovers what the rules cover', () => {
    const text = 'Mrs. Parkinson, MRN 4417203, was seen on 3/4/2021 in Springfield, IL.'
    const all = rules.detect(text)
    const engine = withTagger({ Parkinson: { score: 0.41 }, '3/4': { class: 'AGE' }, 'was seen': { class: 'CITY' } })
    const spans = engine.detect(text)
    for (const { start, end } of all) expect(spans.some((span) => span.start <= start && end <= span.end)).toBe(true)
  })

  test('reads the folded view, and its hits come back to the original text', () => {
    const text = 'se\u00f1or Zzy\u0301rq\u0251 \u{1f600} and Q&uuml;olth'
    const spans = withTagger({ Quolth: {} }).detect(text)
    expect(surfaces(text, spans)).toEqual(['NAME Q&uuml;olth'])
  })

  test.for([
    { start: -1, end: 3 },
    { start: 2, end: 2 },
    { start: 0, end: 400 },
    { start: 0.5, end: 3 },
    { start: 0, end: 3, score: Number.NaN },
    { start: 0, end: 3, score: 2 },
  ])('that answers outside the text blocks it: %o', (answer) => {
    const said = { class: 'NAME' as PhiClass, role: 'unknown' as const, score: 0.9, ...answer }
    const engine = createTextEngine({ gazetteer, tagger: { id: 'x', tag: () => [said] } })
    expect(codeOf(() => engine.detect('a short text'))).toBe('detector.unavailable')
  })

  test('that throws blocks the text, in every method', () => {
    const tagger: Tagger = {
      id: 'x',
      tag() {
        throw new Error('quotes Maria Lopez')
      },
    }
    const engine = createTextEngine({ gazetteer, tagger })
    for (const work of [
      () => engine.detect('a'),
      () => engine.detectAll(['a']),
      () => engine.explain('a'),
      () => engine.plan(['a'], 'safe-harbor'),
      () => engine.deidentify('a', 'safe-harbor'),
    ])
      expect(codeOf(work)).toBe('detector.unavailable')
  })
})

test('a text that takes longer than its time is blocked', () => {
  let milliseconds = 0
  const clock = { now: () => new Date((milliseconds += 40)) }
  const engine = (limit: number) => createTextEngine({ gazetteer, time: { clock, milliseconds: limit } })
  expect(engine(1000).detect('seen by Dr. Okafor')).toHaveLength(1)
  expect(codeOf(() => engine(100).detect('seen by Dr. Okafor'))).toBe('detector.unavailable')
})

describe('explain', () => {
  const text = 'Dr. Amara Okafor saw patient Maria Lopez, MRN 4417203. Lopez left. Foley in place at 98.6 today.'

  test('tells every candidate and what became of it, and the spans of detect', () => {
    const engine = withTagger({ Foley: { score: 0.41 }, 'saw patient': { score: 0.1, isWeak: true } })
    const { spans, evidence } = engine.explain(text)
    expect(spans).toEqual(engine.detect(text))
    const told = evidence.map(({ source, stage, outcome }) => `${stage} ${source} ${outcome}`)
    expect(told).toEqual(
      expect.arrayContaining([
        'lists name.title decided',
        'lists name.role decided',
        'patterns mrn.labelled decided',
        'propagation name.propagated decided',
        'tagger tagger.sample vetoed',
      ]),
    )
    for (const { span, start, end } of evidence.filter((one) => one.span !== undefined)) {
      expect(spans[span ?? -1]?.start).toBeLessThanOrEqual(start)
      expect(spans[span ?? -1]?.end).toBeGreaterThanOrEqual(end)
    }
  })

  test('holds no value of the text', () => {
    const told = JSON.stringify(withTagger({ Lopez: {} }).explain(text))
    for (const value of ['Amara', 'Okafor', 'Maria', 'Lopez', '4417203', 'Foley']) expect(told).not.toContain(value)
  })
})
