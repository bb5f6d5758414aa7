/** Learns the weights of the second detector: logistic regression over hashed features, with a share of them left out. */
import {
  addNeighbourFeatures,
  addOwnFeatures,
  isResidualCandidate,
  readResidualVoice,
  readResidualWords,
} from '@breakwater/deid/residual-training'
import { createRandom, type Random } from './corpus/random.ts'
import type { Release } from './residual-release.ts'

export interface Example {
  readonly features: Uint32Array
  readonly isLeft: boolean
}

/** How the weights are learnt. */
export interface Learning {
  /** Of the model, a power of two. */
  readonly size: number
  readonly epochs: number
  /** Of the features of a word that are left out each time it is seen, so that no place of a template carries a weight alone. */
  readonly leftOut: number
}

const LEARNING_RATE = 0.3
/** Of the longest word that is read in training. */
const MOST_FEATURES = 4096
/** A step smaller than this is not taken. */
const LEAST_GRADIENT = 1e-4

/** The words of a text that the scanner would ask its model about. */
export function readExamples({ text, written, leaks }: Release, size: number): Example[] {
  const words = readResidualWords(text, written)
  const { isShouting, isFlat } = readResidualVoice(text)
  const examples: Example[] = []
  for (const [at, word] of words.entries()) {
    if (!isResidualCandidate(word, isFlat)) continue
    const features: number[] = []
    addOwnFeatures(word, isShouting, size, (index) => features.push(index))
    addNeighbourFeatures(words, at, isShouting, size, (index) => features.push(index))
    const isLeft = leaks.some(({ start, end }) => start < word.end && end > word.start)
    examples.push({ features: Uint32Array.from(features), isLeft })
  }
  return examples
}

/** Same examples, same weights; their features may be of a larger model. `tell` hears the loss of each epoch. */
export function learn(
  examples: readonly Example[],
  { size, epochs, leftOut }: Learning,
  tell: (line: string) => void,
): Float32Array {
  const weights = new Float32Array(size)
  const squares = new Float32Array(size).fill(1)
  const order = Uint32Array.from(examples.keys())
  const kept = new Uint32Array(MOST_FEATURES)
  const mask = size - 1
  const random = createRandom('residual/order')
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random)
    let loss = 0
    for (const index of order) {
      const example = examples[index]
      if (!example) continue
      let sum = 0
      let count = 0
      for (const wide of example.features) {
        if (random.next() < leftOut) continue
        const feature = wide & mask
        sum += weights[feature] ?? 0
        kept[count++] = feature
      }
      const probability = 1 / (1 + Math.exp(-sum / (1 - leftOut)))
      const gradient = probability - (example.isLeft ? 1 : 0)
      loss -= Math.log(Math.max(1e-9, example.isLeft ? probability : 1 - probability))
      if (Math.abs(gradient) < LEAST_GRADIENT) continue
      for (const feature of kept.subarray(0, count)) {
        squares[feature] = (squares[feature] ?? 1) + gradient * gradient
        weights[feature] = (weights[feature] ?? 0) - (LEARNING_RATE * gradient) / Math.sqrt(squares[feature] ?? 1)
      }
    }
    tell(`epoch ${epoch + 1}: loss ${(loss / examples.length).toFixed(5)} over ${examples.length} words`)
  }
  return weights
}

function shuffle(order: Uint32Array, random: Random): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1))
    const [a = 0, b = 0] = [order[i], order[j]]
    order[i] = b
    order[j] = a
  }
}
