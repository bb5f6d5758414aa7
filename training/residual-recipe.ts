/** What the second detector's model is made of: settings, texts, and how it is learnt, calibrated and chosen. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packResidualModel, type ResidualThresholds } from '@breakwater/deid/residual-training'
import { createRandom } from './corpus/random.ts'
import { chooseThresholds, judge, releaseAll, type Judgement } from './residual-judge.ts'
import { type Example, learn, type Learning, readExamples } from './residual-learn.ts'
import type { ResidualPart } from './residual-ordinary.ts'
import { release } from './residual-release.ts'
import { CDA, FHIR, HL7, X12 } from './residual-templates.ts'
import { createTexts, type Made, readVocabulary, type ResidualTexts } from './residual-texts.ts'

/** How much is read, and the settings that are tried. */
export interface Recipe {
  /** Documents of the corpus that train; the other kinds of texts come with them. */
  readonly documents: number
  /** Texts of each kind in each of the two parts that do not train. */
  readonly judged: number
  readonly tried: readonly Learning[]
}

/** What ships. */
export const RECIPE: Recipe = {
  documents: 60_000,
  judged: 4_000,
  tried: [
    { size: 2 ** 19, epochs: 3, leftOut: 0.3 },
    { size: 2 ** 19, epochs: 3, leftOut: 0.1 },
  ],
}

/** The same, so small that a test can follow it. */
const GLANCE: Recipe = {
  documents: 150,
  judged: 60,
  tried: RECIPE.tried.map((learning) => ({ ...learning, size: 2 ** 12 })),
}

/** In half of the texts nothing is left; in the others each identifier is left with this probability. */
const LEFT = 0.25
/** Texts of other kinds, one to so many of the corpus. */
const EVERY = { record: 2, ordinary: 1, terms: 8, capitalised: 4 } as const
/** Of clean texts that a choice may refuse where the settings are chosen. */
const MOST_REFUSED = { documents: 0.02, ordinary: 0.03 } as const

/** The words that train, features of the largest model that is tried. */
function makeExamples(texts: ResidualTexts, documents: number, size: number): Example[] {
  const random = createRandom('residual/leaks')
  const examples: Example[] = []
  const add = (made: Made, left: number): void => {
    for (const example of readExamples(release(made, random, left), size)) examples.push(example)
  }
  const isOdd = (number: number): boolean => number % 2 === 1
  for (let i = 0; i < documents; i++) {
    add(texts.document(i), isOdd(i) ? LEFT : 0)
    if (i % EVERY.record === 0) add(texts.record(i), isOdd(i / EVERY.record) ? LEFT : 0)
    if (i % EVERY.ordinary === 0) add(texts.ordinary(i, false), isOdd(i / EVERY.ordinary) ? 1 : 0)
    if (i % EVERY.terms === 0) add(texts.terms(i), 0)
    if (i % EVERY.capitalised === 0) add(texts.capitalised(i), 0)
  }
  return examples
}

interface Choice {
  readonly learning: Learning
  readonly weights: Float32Array
  readonly thresholds: ResidualThresholds
  readonly judgement: Judgement
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** What a choice stops on average; less than nothing where it refuses more clean texts than it may. */
function worth({ judgement: { stopped, refused } }: Choice): number {
  const excess = Math.max(...Object.entries(MOST_REFUSED).map(([kind, most]) => (refused[kind] ?? 1) - most))
  return excess > 0 ? -excess : mean(Object.values(stopped))
}

/** Learns with each of the settings and takes the best on the part that chooses. */
export function follow(recipe: Recipe, tell: (line: string) => void): Choice {
  const vocabulary = readVocabulary()
  const partOf = (part: ResidualPart) => releaseAll(createTexts(part, vocabulary), recipe.judged, part)
  const [calibrate, select] = [partOf('calibrate'), partOf('select')]
  const largest = Math.max(...recipe.tried.map(({ size }) => size))
  const examples = makeExamples(createTexts('train', vocabulary), recipe.documents, largest)
  const choices = recipe.tried.map((learning): Choice => {
    tell(`size ${learning.size}, epochs ${learning.epochs}, left out ${learning.leftOut}`)
    const weights = learn(examples, learning, tell)
    const thresholds = chooseThresholds(weights, calibrate)
    const choice = { learning, weights, thresholds, judgement: judge(weights, thresholds, select) }
    tell(describe(choice))
    return choice
  })
  const [first, ...others] = choices
  if (!first) throw new RangeError('no settings to try')
  const best = others.reduce((one, other) => (worth(other) > worth(one) ? other : one), first)
  tell(`chosen: size ${best.learning.size}, left out ${best.learning.leftOut}`)
  return best
}

function describe({ thresholds, judgement }: Choice): string {
  const percent = (shares: Readonly<Record<string, number>>): string =>
    Object.entries(shares)
      .map(([kind, share]) => `${kind} ${(100 * share).toFixed(1)} %`)
      .join(', ')
  return (
    `thresholds ${thresholds.text.toFixed(2)} in text, ${thresholds.record.toFixed(2)} in records\n` +
    `  stops ${percent(judgement.stopped)}\n  refuses of clean ${percent(judgement.refused)}`
  )
}

const LISTS = ['residual-medical.txt', 'residual-ordinary.txt', 'residual-terms.txt'] as const

/**
 * SHA-256 of what the model is made of: its settings, its lists and templates, and what the same steps make of a small part of
 * the same texts. It changes with whatever would change the model, and with no comment of the code.
 */
export function hashRecipe(): Uint8Array {
  const { weights, thresholds } = follow(GLANCE, () => undefined)
  const hash = createHash('sha256')
    .update(JSON.stringify([RECIPE, HL7, X12, FHIR, CDA]))
    .update(packResidualModel(weights, thresholds))
  for (const name of LISTS) hash.update(readFileSync(join(import.meta.dirname, name)))
  return hash.digest()
}
