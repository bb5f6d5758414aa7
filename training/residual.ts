/**
 * Trains the residual scanner's model on the corpus' train part and chooses its threshold on the calibrate part:
 * node --conditions=breakwater-source training/residual.ts --data ../shared/data
 * Same corpus, same bytes. packages/deid/data/residual.bin is still the output of an earlier run (2^18 weights, threshold set by
 * hand to 3.2): what this makes holds a few short clinical lines that must cross. It never sees the detector, its rules or its lists.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  addNeighbourFeatures,
  addOwnFeatures,
  isResidualCandidate,
  packResidualModel,
  readResidualVoice,
  readResidualWords,
} from '@breakwater/deid/residual-training'
import { generateDocument, type CorpusLine } from './corpus/generate.ts'
import { createRandom, type Random } from './corpus/random.ts'
import { createSource } from './corpus/source.ts'
import { makeRecord } from './residual-records.ts'

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    documents: { type: 'string', default: '70000' },
    epochs: { type: 'string', default: '3' },
    out: { type: 'string', default: join(import.meta.dirname, '../packages/deid/data/residual.bin') },
  },
})

const SIZE = 2 ** 19
const LEARNING_RATE = 0.3
/** Of the longest word that is read in training. */
const MOST_FEATURES = 4096
/** In half of the documents nothing is left; in the others each identifier is left with this probability. */
const LEFT = 0.25
/** Of the words of a copy with capitals. */
const CAPITALISED = 0.2
/** One document of terms, and one copy with capitals, to so many of the corpus. */
const TERMS_EVERY = 8
/** One record to so many of the corpus: HL7 v2, X12, CDA, FHIR. */
const RECORDS_EVERY = 2
/** Of clean documents that may be stopped on the calibrate part: what is promised. */
const FALSE_ALARMS = 0.02
/** Added where a record says what stands where: vendors have fields that no template has, and a hit is a refused message. */
const RECORD_MARGIN = 2
/** Of the features of a word that are left out each time it is seen, so that no place of a template carries a weight alone. */
const LEFT_OUT = 0.5
/** What Safe Harbor keeps, so that leaving it is no leak: 45 CFR 164.514(b)(2)(i)(B), (C). */
const KEPT: ReadonlySet<string> = new Set(['STATE', 'COUNTRY', 'YEAR', 'AGE'])

interface Example {
  readonly features: Uint32Array
  readonly isLeft: boolean
  readonly document: number
}

/** A document with some of its ordinary words capitalised: headings, titles and style make no names. */
function capitalise(line: CorpusLine, random: Random): CorpusLine {
  const text = line.text.replace(/(?<!\p{L})\p{Ll}(?=\p{Ll}{2})/gu, (letter, at: number) => {
    const isLabelled = line.spans.some(({ start, end }) => start <= at && at < end)
    return isLabelled || !random.chance(CAPITALISED) ? letter : letter.toUpperCase()
  })
  return text.length === line.text.length ? { ...line, text } : line
}

const TOKEN_SIGNS = '0123456789BCDFGHJKLMNPQRSTVWXZ'.split('')
const TOKEN_WORDS = [
  'NAME',
  'OTHERID',
  'DATE',
  'STREET',
  'CITY',
  'ZIP',
  'PHONE',
  'FACILITY',
  'RECORD',
  'ACCOUNT',
  'LICENCE',
]

/** What a transform puts: the class in brackets, or a token as the gateway's are, whose capitals are part of the text. */
function createWriter(random: Random): (name: string) => string {
  if (random.chance(0.5)) return (name) => `[${name}]`
  return () => random.pick(TOKEN_WORDS) + Array.from({ length: 12 }, () => random.pick(TOKEN_SIGNS)).join('')
}

function release(line: CorpusLine, random: Random, left: number) {
  const write = createWriter(random)
  const written: { start: number; end: number }[] = []
  const leaks: { start: number; end: number }[] = []
  let text = ''
  let at = 0
  for (const span of line.spans.toSorted((a, b) => a.start - b.start)) {
    if (KEPT.has(span.class)) continue
    text += line.text.slice(at, span.start)
    const isLeft = random.chance(left)
    const put = isLeft ? line.text.slice(span.start, span.end) : write(span.class)
    ;(isLeft ? leaks : written).push({ start: text.length, end: text.length + put.length })
    text += put
    at = span.end
  }
  return { text: text + line.text.slice(at), written, leaks }
}

function readExamples(line: CorpusLine, random: Random, left: number, document: number): Example[] {
  const { text, written, leaks } = release(line, random, left)
  const words = readResidualWords(text, written)
  const { isShouting, isFlat } = readResidualVoice(text)
  const examples: Example[] = []
  for (const [at, word] of words.entries()) {
    if (!isResidualCandidate(word, isFlat)) continue
    const features: number[] = []
    addOwnFeatures(word, isShouting, SIZE, (index) => features.push(index))
    addNeighbourFeatures(words, at, isShouting, SIZE, (index) => features.push(index))
    const isLeft = leaks.some(({ start, end }) => start < word.end && end > word.start)
    examples.push({ features: Uint32Array.from(features), isLeft, document })
  }
  return examples
}

function train(examples: readonly Example[], epochs: number): Float32Array {
  const weights = new Float32Array(SIZE)
  const squares = new Float32Array(SIZE).fill(1)
  const order = examples.map((_, i) => i)
  const kept = new Uint32Array(MOST_FEATURES)
  const random = createRandom('residual/order')
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random.next() * (i + 1))
      ;[order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0]
    }
    let loss = 0
    for (const index of order) {
      const example = examples[index]
      if (!example) continue
      let sum = 0
      let count = 0
      for (const feature of example.features) {
        if (random.next() < LEFT_OUT) continue
        sum += weights[feature] ?? 0
        kept[count++] = feature
      }
      sum /= 1 - LEFT_OUT
      const probability = 1 / (1 + Math.exp(-sum))
      const gradient = probability - (example.isLeft ? 1 : 0)
      loss -= Math.log(Math.max(1e-9, example.isLeft ? probability : 1 - probability))
      if (Math.abs(gradient) < 1e-4) continue
      for (const feature of kept.subarray(0, count)) {
        squares[feature] = (squares[feature] ?? 1) + gradient * gradient
        weights[feature] = (weights[feature] ?? 0) - (LEARNING_RATE * gradient) / Math.sqrt(squares[feature] ?? 1)
      }
    }
    console.log(`epoch ${epoch + 1}: loss ${(loss / examples.length).toFixed(5)} over ${examples.length} words`)
  }
  return weights
}

function score(weights: Float32Array, { features }: Example): number {
  let sum = 0
  for (const feature of features) sum += weights[feature] ?? 0
  return sum
}

/** The score that all but a few clean documents stay below. */
function chooseThreshold(weights: Float32Array, examples: readonly Example[], documents: number): number {
  const highest = new Map<number, number>()
  for (const example of examples) {
    highest.set(example.document, Math.max(highest.get(example.document) ?? -Infinity, score(weights, example)))
  }
  const sorted = [...highest.values()].toSorted((a, b) => b - a)
  return sorted[Math.floor(documents * FALSE_ALARMS)] ?? 0
}

const source = createSource('train', 'residual', values.data)
const TERMS = readFileSync(join(import.meta.dirname, 'residual-terms.txt'), 'utf8')
  .split('\n')
  .filter((line) => !line.startsWith('#'))
  .flatMap((line) => line.split(' '))
  .filter(Boolean)
const FRAMES = [
  'She takes % for this.',
  'He was started on %, then on %.',
  'Continue % 10 mg daily.',
  '- % 20 mg\n- % as needed',
  'We tried % and %, without relief.',
  '% was stopped because of nausea.',
  'Allergies: %, %',
  '% Test: negative.',
  'Refill of % was sent.',
  'The % was removed.',
  'X-ray % %, 2021.',
  'MRI of the % %: normal.',
  '%\nNormal.',
  'Switch from % to %.',
  'Of % descent, speaks %.',
  'The % %.',
  '%/%/%',
  '%',
  '%',
  '% %',
  '% % (disorder)',
  'uses % and % on weekends',
  '% is tolerated well',
  'Home medications: %, %, %, %',
]

/** A few lines of capitalised words that are nobody: what a note is full of, and a corpus of people is not. */
function makeTerms(number: number): CorpusLine {
  const pick = createRandom(`residual/terms/${number}`)
  const lines = Array.from({ length: 6 }, () => pick.pick(FRAMES).replaceAll('%', () => pick.pick(TERMS)))
  return { ...generateDocument(source, number), text: lines.join(pick.pick(['\n', ' '])), spans: [] }
}

const random = createRandom('residual/leaks')
const examples: Example[] = []
for (let i = 0; i < Number(values.documents); i++) {
  examples.push(...readExamples(generateDocument(source, i), random, i % 2 === 0 ? 0 : LEFT, i))
  if (i % RECORDS_EVERY === 0) {
    const pick = createRandom(`residual/records/${i}`)
    const record = { ...generateDocument(source, i), ...makeRecord(pick, source.surfaces, TERMS) }
    examples.push(...readExamples(record, random, i % (2 * RECORDS_EVERY) === 0 ? 0 : LEFT, i))
  }
  if (i % TERMS_EVERY !== 0) continue
  examples.push(...readExamples(makeTerms(i), random, 0, i))
  examples.push(...readExamples(capitalise(generateDocument(source, i + 1), random), random, 0, i))
}
const weights = train(examples, Number(values.epochs))
const calibrate = createSource('calibrate', 'residual', values.data)
const CALIBRATE = 4000
const clean = Array.from({ length: CALIBRATE }, (_, i) =>
  readExamples(generateDocument(calibrate, i), random, 0, i),
).flat()
const threshold = chooseThreshold(weights, clean, CALIBRATE)
const leaking = Array.from({ length: CALIBRATE }, (_, i) =>
  readExamples(generateDocument(calibrate, i), random, LEFT, i),
).flat()
const left = leaking.filter(({ isLeft }) => isLeft)
const caught = left.filter((example) => score(weights, example) >= threshold)
const stopped = new Set(caught.map(({ document }) => document)).size
console.log(
  `threshold ${threshold.toFixed(2)}: words left ${left.length}, caught ${((100 * caught.length) / left.length).toFixed(1)} %; ` +
    `documents with a leak ${new Set(left.map(({ document }) => document)).size}, stopped ${stopped}`,
)
writeFileSync(values.out, packResidualModel(weights, { text: threshold, record: threshold + RECORD_MARGIN }))
