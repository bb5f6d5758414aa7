/** The texts that the second detector is trained, calibrated and chosen on: each is made of its number alone. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateDocument, type CorpusLine } from './corpus/generate.ts'
import { createRandom, hashText, type Random } from './corpus/random.ts'
import { createFrozenSource } from './corpus/source.ts'
import { createOrdinary, gatherWords, type ResidualPart, wordsOf } from './residual-ordinary.ts'
import { makeRecord } from './residual-records.ts'

/** A text before its transform. */
export type Made = Pick<CorpusLine, 'text' | 'spans'>

/** Texts of one part, by kind. */
export interface ResidualTexts {
  /** Clinical documents of the corpus. */
  readonly document: (number: number) => Made
  /** The same with some of its ordinary words capitalised: headings, titles and style make no names. */
  readonly capitalised: (number: number) => Made
  /** A few lines of capitalised words that are nobody: what a note is full of, and a corpus of people is not. */
  readonly terms: (number: number) => Made
  readonly record: (number: number) => Made
  readonly ordinary: (number: number, isClean: boolean) => Made
}

/** Of the words of a copy with capitals. */
const CAPITALISED = 0.2
/** Documents that the vocabulary of ordinary texts is read from, and how often a word stands in them. */
const READ = 1500
const LEAST = 4
/** Room between the numbers of two documents. */
const ATTEMPTS = 1000

const TERMS = readFileSync(join(import.meta.dirname, 'residual-terms.txt'), 'utf8')
  .split('\n')
  .filter((line) => !line.startsWith('#'))
  .flatMap((line) => line.split(' '))
  .filter(Boolean)

const MEDICAL = readWordsByKind()

function readWordsByKind(): Readonly<Record<string, readonly string[]>> {
  const blocks = readFileSync(join(import.meta.dirname, 'residual-medical.txt'), 'utf8').split(/^## /m)
  return Object.fromEntries(
    blocks.slice(1).map((block) => {
      const [kind = '', ...words] = block.split(/\s+/)
      return [kind, words.filter(Boolean)]
    }),
  )
}

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

/** The vocabulary of ordinary texts: words that stand small in documents that train. */
export function readVocabulary(): readonly string[] {
  const source = createFrozenSource('train', 'residual/words')
  return gatherWords(
    Array.from({ length: READ }, (_, i) => generateDocument(source, i)),
    LEAST,
  )
}

/** The texts of a part, with its share of a vocabulary. */
export function createTexts(part: ResidualPart, vocabulary: readonly string[]): ResidualTexts {
  const source = createFrozenSource(part === 'train' ? 'train' : 'calibrate', `residual/${part}`)
  const words = wordsOf(part, vocabulary)
  const terms = wordsOf(part, TERMS)
  const own = (kind: string): readonly string[] => wordsOf(part, MEDICAL[kind] ?? [])
  const ordinary = createOrdinary(part, source.surfaces, {
    words,
    terms,
    med: own('med'),
    opener: own('opener'),
    trade: own('trade'),
  })
  const randomOf = (kind: string, number: number): Random => createRandom(`residual/${part}/${kind}/${number}`)
  /** The corpus has one part that does not train: its templates are dealt to the two that this has. */
  const document = (number: number): Made => {
    for (let attempt = 0; ; attempt++) {
      const line = generateDocument(source, number * ATTEMPTS + attempt)
      if (part === 'train' || (hashText(line.template) % 2 === 0) === (part === 'select')) return line
    }
  }
  return {
    document,
    capitalised: (number) => capitalise(document(number), randomOf('capitals', number)),
    terms(number) {
      const random = randomOf('terms', number)
      const lines = Array.from({ length: 6 }, () => random.pick(FRAMES).replaceAll('%', () => random.pick(terms)))
      return { text: lines.join(random.pick(['\n', ' '])), spans: [] }
    },
    record: (number) => makeRecord(randomOf('record', number), source.surfaces, terms),
    ordinary: (number, isClean) => ordinary(randomOf('ordinary', number), isClean),
  }
}

function capitalise(line: Made, random: Random): Made {
  const text = line.text.replace(/(?<!\p{L})\p{Ll}(?=\p{Ll}{2})/gu, (letter, at: number) => {
    const isLabelled = line.spans.some(({ start, end }) => start <= at && at < end)
    return isLabelled || !random.chance(CAPITALISED) ? letter : letter.toUpperCase()
  })
  return text.length === line.text.length ? { text, spans: line.spans } : line
}
