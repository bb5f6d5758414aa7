import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GoldDocument } from './gold.ts'
import { mapLabels } from './map-labels.ts'
import { LABEL_MAPS } from './mappings.ts'
import { scoreDocument } from './score.ts'
import type { Predicted } from './score.ts'
import { createSummary } from './summarise.ts'

/** `[NAME:Ana Ruiz]` marks a span; `{...}` what would be changed. */
function read(marked: string): { document: GoldDocument; predicted: Predicted[] } {
  const spans: { start: number; end: number; label: string }[] = []
  const predicted: Predicted[] = []
  let [text, label, start, from] = ['', '', 0, 0]
  for (const piece of marked.split(/(\[[A-Z]+:|[\]{}])/)) {
    if (piece === '{') from = text.length
    else if (piece === '}') predicted.push({ start: from, end: text.length, class: 'NAME' })
    else if (piece === ']') spans.push({ start, end: text.length, label })
    else if (piece.startsWith('[')) [label, start] = [piece.slice(1, -1), text.length]
    else text += piece
  }
  const raw = { id: '1', text, spans: spans.map(({ label: name, ...place }) => ({ label: name, parts: [place] })) }
  return { document: mapLabels(raw, LABEL_MAPS.own), predicted }
}
const score = (marked: string) => {
  const { document, predicted } = read(marked)
  return scoreDocument(document, predicted)
}

describe('the score of a document', () => {
  test('a span is caught when every letter and digit of it is covered; signs do not matter', () => {
    expect(score('Seen by [NAME:{Ana} {Ruiz}], today.').caught).toHaveLength(1)
    expect(score('Call [PHONE:({555}) {0100}].').caught).toHaveLength(1)
    expect(score('Born [DATE:3 May {1961}].').missed).toHaveLength(1)
  })

  test('the forgiving count takes a half-masked value for gone', () => {
    expect(score('Born [DATE:3 May {1961}].').verbatimGone).toBe(1)
    expect(score('Born [DATE:{3 May 1961}], again 3 May 1961.').verbatimGone).toBe(0)
  })

  test('a leading title of a name may stay, another class has none', () => {
    expect(score('Seen by [NAME:Dr. {Ruiz}].').caught).toHaveLength(1)
    expect(score('At [FACILITY:Dr {Ruiz} Clinic].').missed).toHaveLength(1)
  })

  test('every part of a discontinuous span must be covered, and what lies between need not', () => {
    const parts = [
      { start: 0, end: 3 },
      { start: 14, end: 18 },
    ]
    const document = mapLabels(
      { id: '1', text: 'Ana and Berta Ruiz', spans: [{ label: 'NAME', parts }] },
      LABEL_MAPS.own,
    )
    expect(scoreDocument(document, parts).caught).toHaveLength(1)
    expect(scoreDocument(document, [{ start: 0, end: 3 }]).missed).toHaveLength(1)
    expect(scoreDocument(document, [{ start: 0, end: 18 }]).wrongCharacters).toBe(8)
  })

  test('what the law lets stay is neither hit nor miss, changed or not', () => {
    const { caught, missed, isChanged, wrongCharacters } = score('A [AGE:{64}]-year-old from [STATE:Ohio].')
    expect({ caught, missed, isChanged, wrongCharacters }).toEqual({
      caught: [],
      missed: [],
      isChanged: false,
      wrongCharacters: 0,
    })
  })

  test('precision counts letters and digits of documents with identifiers', () => {
    expect(score('{Seen} by [NAME:{Ana}].')).toMatchObject({ rightCharacters: 3, wrongCharacters: 4 })
    expect(score('{Seen} by nobody.')).toMatchObject({ rightCharacters: 0, wrongCharacters: 0, isChanged: true })
  })

  test.for(['Since {last winter} no cough.', 'Follow up in {March 2}.', 'A {94-year-old} man.'])(
    'a negative that holds what Safe Harbor removes does not count: %s',
    (marked) => {
      expect(score(marked)).toMatchObject({ isNegative: false, isUncountedNegative: true })
    },
  )

  test('clinical words that are changed are counted by themselves', () => {
    expect(score('{Lisinopril} 10 mg for [NAME:{Ana}] at {noon}; BP 120/80.')).toMatchObject({
      clinicalWords: 4,
      touchedClinicalWords: 1,
      wrongWords: 2,
    })
  })
})

describe('the summary', () => {
  test('rows come worst first, each with exact bounds', () => {
    const summary = createSummary(['class', 'role'])
    for (const marked of ['[NAME:{Ana}] at [CITY:Ulm]', '[NAME:{Eva}] at [CITY:{Rome}]', 'Nothing {here}']) {
      const { document, predicted } = read(marked)
      summary.add(document, scoreDocument(document, predicted))
    }
    const { full, perfect, over, by, confusion } = summary.result()
    expect([full.count, full.of, perfect.count, perfect.of, over.count, over.of]).toEqual([3, 4, 1, 2, 1, 1])
    expect(by.class?.map(({ name, of, count }) => `${name} ${count}/${of}`)).toEqual(['CITY 1/2', 'NAME 2/2'])
    expect(by.class?.[1]?.atLeast).toBeCloseTo(0.05 ** 0.5, 10)
    expect(confusion).toEqual([['CITY>NAME', 1]])
  })
})

const METRIC = fileURLToPath(new URL('../../../../../shared/tools/score_detect.mjs', import.meta.url))

/** Texts of the shapes that the metrics could differ on. */
const WORD = fc.constantFrom(
  'Dr.',
  'Mr',
  'Ana',
  'Peña',
  '12-34',
  '(555)',
  '😀',
  'March 2',
  'last winter',
  '94-year-old',
  '\n',
  'x',
)
const SAMPLE = fc
  .array(fc.tuple(WORD, fc.constantFrom(undefined, 'NAME', 'DATE', 'PHONE_NUMBER'), fc.boolean()), { maxLength: 8 })
  .map((pieces) => {
    let text = ''
    const spans: { start: number; end: number; label: string; text: string }[] = []
    const predicted: { start: number; end: number; class: string }[] = []
    for (const [word, label, isPredicted] of pieces) {
      const [start, end] = [text.length, text.length + word.length]
      text += `${word} `
      if (label !== undefined) spans.push({ start, end, label, text: word })
      if (isPredicted)
        predicted.push({ start, end: end - (word.length > 4 && label === 'DATE' ? 2 : 0), class: 'NAME' })
    }
    return { text, spans, predicted, hard_negative: spans.length === 0 }
  })

test('gives the numbers of the binding metric on the same input (DI-06)', ({ skip }) => {
  skip(!existsSync(METRIC), 'the metric is not beside this repository')
  const samples = fc.sample(SAMPLE, { numRuns: 400, seed: 7 }).map((sample, id) => ({ ...sample, id: String(id) }))
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-score-'))
  try {
    const write = (name: string, rows: readonly object[]): string => {
      const path = join(folder, name)
      writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
      return path
    }
    const gold = write(
      'gold.jsonl',
      samples.map(({ id, text, spans, hard_negative }) => ({ id, text, spans, hard_negative })),
    )
    const found = write(
      'found.ndjson',
      samples.map(({ id, predicted }) => ({ id, spans: predicted })),
    )
    const theirs: unknown = JSON.parse(
      execFileSync(process.execPath, [METRIC, gold, found], { encoding: 'utf8' }).trimEnd().split('\n').at(-1) ?? '',
    )
    const summary = createSummary()
    for (const { id, text, spans, predicted, hard_negative: isMarkedNegative } of samples) {
      const raw = { id, text, isMarkedNegative, spans: spans.map(({ label, ...place }) => ({ label, parts: [place] })) }
      const document = mapLabels(raw, LABEL_MAPS.asq)
      summary.add(document, scoreDocument(document, predicted))
    }
    const ours = summary.result()
    const percent = (share: number | null): number | null => (share === null ? null : Number((100 * share).toFixed(1)))
    expect({
      docs: ours.documents,
      missing: 0,
      spans: ours.full.of,
      strict: percent(ours.full.share),
      perfect: percent(ours.perfect.share),
      over_redaction: percent(ours.over.share),
      char_precision: percent(ours.characterPrecision),
      negatives_not_counted: ours.negativesNotCounted,
    }).toEqual(theirs)
    expect(ours.full.of).toBeGreaterThan(500)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
