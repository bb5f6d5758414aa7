import { LISTED } from '@breakwater/deid'
import type { Featurised } from '../features/featurise.ts'
import { LINE_CASE } from '../features/lines.ts'
import { SHAPE } from '../features/shape.ts'

/** Between these scores the word model does not know. */
export interface Doubt {
  readonly low: number
  readonly high: number
}

/** Runs of digits shorter than this are doses, counts and ages far more often than parts of an identifier. */
const LONG_NUMBER = 4

/**
 * Which words the slower model shall look at too: those of which the word model is unsure, and those that may be an
 * identifier by their form and that no list calls ordinary: 1 for yes. `score` is one minus the probability of nothing.
 */
export function chooseDoubtful({ words, shape, listed }: Featurised, score: Float32Array, doubt: Doubt): Uint8Array {
  const doubtful = new Uint8Array(words.count)
  for (let i = 0; i < words.count; i++) {
    const isUnsure = (score[i] ?? 0) > doubt.low && (score[i] ?? 0) < doubt.high
    if (isUnsure || (isStriking(shape[i] ?? 0, listed[i] ?? 0, words, i) && (score[i] ?? 0) < doubt.high))
      doubtful[i] = 1
  }
  return doubtful
}

function isStriking(shape: number, listed: number, words: Featurised['words'], i: number): boolean {
  if (shape === SHAPE.digits) return (words.end[i] ?? 0) - (words.start[i] ?? 0) >= LONG_NUMBER
  const isCapital = shape === SHAPE.title || shape === SHAPE.upper || shape === SHAPE.mixed
  return isCapital && (listed & LISTED.safe) === 0
}

const NAMES = LISTED.first | LISTED.surname

/**
 * Words that the lists call ordinary: in lower case where others have capitals, or that no list has as a name: 1 for
 * yes. A model alone must be surer of them.
 */
export function markOrdinary({ words, shape, listed, lineCase }: Featurised): Uint8Array {
  const ordinary = new Uint8Array(words.count)
  for (let i = 0; i < words.count; i++) {
    const bits = listed[i] ?? 0
    if ((bits & LISTED.safe) === 0 || lineCase[i] === LINE_CASE.lower) continue
    if (shape[i] === SHAPE.lower || (bits & NAMES) === 0) ordinary[i] = 1
  }
  return ordinary
}
