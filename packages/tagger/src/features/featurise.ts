import { type Gazetteer, LISTED } from '@breakwater/deid'
import { OWN_COLUMNS, WORD_FEATURES, writeListed, writeOwn } from './columns.ts'
import { readLines } from './lines.ts'
import { addPhrases, lookUp, normalise } from './listed.ts'
import { shapeOf } from './shape.ts'
import { KIND, splitWords, type Words } from './words.ts'

const WIDTH = WORD_FEATURES.length
/** Ordinary words kept between texts; a full store is emptied. */
const KEPT_WORDS = 20_000
const LONGEST_KEPT = 20

/** A text as the models read it. */
export interface Featurised {
  readonly words: Words
  /** Row-major, `WORD_FEATURES.length` a word. */
  readonly features: Uint32Array
  /** Of `SHAPE`. */
  readonly shape: Uint8Array
  /** Bits of `LISTED` and `PHRASE`. */
  readonly listed: Uint16Array
  /** Of `LINE_CASE`. */
  readonly lineCase: Uint8Array
}

interface Known {
  readonly normal: string
  readonly listed: number
  readonly shape: number
  readonly own: Uint32Array
}

/**
 * Makes the word featuriser: the only place where words and their columns are made, for training and at run time.
 * Between texts it keeps ordinary words only (those the dictionaries hold as such and as no name): nothing of a patient
 * outlives the call.
 */
export function createFeaturiser(gazetteer: Gazetteer): (text: string) => Featurised {
  const ordinary = new Map<string, Known>()

  function describe(surface: string, kind: number): Known {
    const normal = kind === KIND.letters ? normalise(surface) : surface
    const shape = shapeOf(surface, 0, surface.length, kind)
    const own = new Uint32Array(OWN_COLUMNS)
    writeOwn(own, 0, surface, normal, kind, shape)
    return { normal, shape, own, listed: kind === KIND.letters ? lookUp(gazetteer, normal) : 0 }
  }

  function keep(surface: string, known: Known): void {
    const isOrdinary = (known.listed & LISTED.safe) !== 0 && (known.listed & (LISTED.first | LISTED.surname)) === 0
    if (!isOrdinary || surface.length > LONGEST_KEPT) return
    if (ordinary.size >= KEPT_WORDS) ordinary.clear()
    ordinary.set(surface, known)
  }

  return (text) => {
    const words = splitWords(text)
    const { count, start, end, kind, gap } = words
    const features = new Uint32Array(count * WIDTH)
    const shape = new Uint8Array(count)
    const listed = new Uint16Array(count)
    const normal: string[] = []
    const seen = new Map<string, Known>()
    for (let i = 0; i < count; i++) {
      const surface = text.slice(start[i], end[i])
      let known = ordinary.get(surface) ?? seen.get(surface)
      if (known === undefined) {
        known = describe(surface, kind[i] ?? 0)
        seen.set(surface, known)
        keep(surface, known)
      }
      normal.push(known.normal)
      shape[i] = known.shape
      listed[i] = known.listed
      features.set(known.own, i * WIDTH)
    }
    addPhrases(words, normal, listed, gazetteer)
    const { position, lineCase } = readLines(words, shape)
    for (let i = 0; i < count; i++) {
      const at = i * WIDTH
      features[at + 13] = 1 + (gap[i] ?? 0)
      features[at + 14] = 1 + (position[i] ?? 0)
      features[at + 15] = 1 + (lineCase[i] ?? 0)
      writeListed(features, at, listed[i] ?? 0, shape[i] ?? 0)
    }
    return { words, features, shape, listed, lineCase }
  }
}
