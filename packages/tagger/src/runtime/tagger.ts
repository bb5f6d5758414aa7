import { createHash } from 'node:crypto'
import { openGazetteer, type TaggedSpan, type Tagger } from '@breakwater/deid'
import { AppError } from '@breakwater/kernel'
import { createFeaturiser } from '../features/featurise.ts'
import type { Words } from '../features/words.ts'
import { type ModelFile, readMeta, readThresholds } from '../model/meta.ts'
import { openModel, type Scores } from '../model/model.ts'
import { readVocabulary } from '../piece/vocabulary.ts'
import { NAME_ROLES, TAGS } from '../tags.ts'
import { decode, type Reading, readScores } from './decode.ts'
import { createPieceReader } from './read-pieces.ts'
import { createWordReader } from './read-words.ts'
import { cutSegments, tagSegments } from './segments.ts'
import { chooseDoubtful, markOrdinary } from './triage.ts'

/** The score of the word model between which the piece model is asked. */
const DOUBT = { low: 0.005, high: 0.98 } as const
/** Cut off behind this: enough to tell two models apart. */
const ID_DIGITS = 8

export interface TaggerOptions {
  /** The files of a folder of weights by their names: `meta.json`, `thresholds.json` and the files that `meta.json` names. */
  readonly weights: ReadonlyMap<string, Uint8Array>
  /** The packed dictionaries that the models were trained with. */
  readonly gazetteer: Uint8Array
  /** Ask the piece model too, where there is one and the word model is in doubt (default true). */
  readonly withPieces?: boolean
}

export type TaggingSteps = Generator<undefined, TaggedSpan[], undefined>

export interface EnglishTagger extends Tagger {
  /** The same as `tag`, stopping before every stretch of the text, some 0.2 s of work each. */
  tagInSteps(text: string): TaggingSteps
}

/** What the models say of a text, before any threshold. */
export interface Scored {
  readonly words: Words
  readonly reading: Reading
  readonly scores: Scores
  /** 1 for words that the lists call ordinary. */
  readonly ordinary: Uint8Array
}

export interface Scorer {
  /** Names the models, their version and the digest of the last one. */
  readonly id: string
  score(text: string): Scored
}

/**
 * Makes the tagger from weights that were read before: no I/O, synchronous, one thread, memory bounded whatever the
 * text. Throws `detector.unavailable` when a file is missing, its digest is another one, or the models were trained for
 * other tags, columns or thresholds; and from `tag` when a model answers with something else than probabilities.
 */
export function createTagger(options: TaggerOptions): EnglishTagger {
  const scorer = createScorer(options)
  const thresholds = readThresholds(
    take(options.weights, 'thresholds.json'),
    readMeta(take(options.weights, 'meta.json')),
  )
  const tagPart = (part: string): TaggedSpan[] => {
    const { words, reading, scores, ordinary } = scorer.score(part)
    return decode(words, reading, scores, thresholds, ordinary)
  }
  const tagInSteps = (text: string): TaggingSteps => tagSegments(text, cutSegments(text), tagPart)
  return { id: scorer.id, tagInSteps, tag: (text) => finish(tagInSteps(text)) }
}

function finish(steps: TaggingSteps): TaggedSpan[] {
  let step = steps.next()
  while (!step.done) step = steps.next()
  return step.value
}

/** The models without thresholds, for choosing those. Throws as `createTagger` does. */
export function createScorer({ weights, gazetteer, withPieces = true }: TaggerOptions): Scorer {
  const meta = readMeta(take(weights, 'meta.json'))
  const widths = { tags: TAGS.length, roles: NAME_ROLES.length }
  if (digestOf(gazetteer) !== meta.gazetteer)
    throw new AppError('detector.unavailable', {
      message: 'The dictionaries are not those that the models of the tagger were trained with.',
    })
  const featurise = createFeaturiser(openGazetteer(gazetteer))
  const readWords = createWordReader(openModel(takeModel(weights, meta.words), widths))
  const pieces = withPieces ? meta.pieces : undefined
  const readPieces =
    pieces &&
    createPieceReader(
      openModel(takeModel(weights, pieces), widths),
      readVocabulary(new TextDecoder().decode(take(weights, 'pieces.vocabulary.txt'))),
      pieces.window,
    )
  const digest = (pieces ?? meta.words).sha256.slice(0, ID_DIGITS)
  const scorer: Scorer = {
    id: `${pieces ? 'words+pieces' : 'words'}-${meta.version}-${digest}`,
    score(text) {
      const featurised = featurise(text)
      const { words } = featurised
      const scores = readWords(featurised)
      const reading = readScores(scores, words.count)
      const ordinary = markOrdinary(featurised)
      if (!readPieces) return { words, scores, reading, ordinary }
      const doubtful = chooseDoubtful(featurised, reading.score, DOUBT)
      readPieces(text, featurised, doubtful, scores, (word) => (reading.score[word] ?? 0) >= DOUBT.high)
      return { words, scores, reading: readScores(scores, words.count), ordinary }
    },
  }
  // A model of another shape is refused now, not at the first text.
  scorer.score('Jane Doe, 01234.')
  return scorer
}

function take(weights: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = weights.get(name)
  if (!bytes) throw new AppError('detector.unavailable', { message: `The weights of the tagger lack ${name}.` })
  return bytes
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function takeModel(weights: ReadonlyMap<string, Uint8Array>, { file, sha256 }: ModelFile): Uint8Array {
  const bytes = take(weights, file)
  if (digestOf(bytes) !== sha256)
    throw new AppError('detector.unavailable', {
      message: `The file ${file} of the tagger is not the one it was made with.`,
    })
  return bytes
}
