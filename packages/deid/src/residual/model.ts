import { addNeighbourFeatures, addOwnFeatures } from './features.ts'
import { mix } from './hash.ts'
import type { ResidualWord } from './words.ts'

/** "BWRS" and the version. */
const RESIDUAL_MAGIC = 0x42575203
const HEADER_WORDS = 5
const DIGEST_BYTES = 32
const HEADER_BYTES = HEADER_WORDS * 4 + DIGEST_BYTES
const CAPITALS_OF_SHOUTING = 0.5

/** A linear model over hashed features, in 8 bits a weight. */
export interface ResidualModel {
  /** Scores the words of one text: log odds that the word at a place is part of an identifier. */
  read(words: readonly ResidualWord[], isShouting: boolean): (at: number) => number
  readonly thresholds: ResidualThresholds
}

/** From which score on one word is a hit. */
export interface ResidualThresholds {
  readonly text: number
  /** Where a record says where the word stands: its place tells much, and there is more to be wrong about. */
  readonly record: number
}

/** Reads what `packResidualModel` wrote. Throws RangeError on anything else. */
export function openResidualModel(bytes: Uint8Array): ResidualModel {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const size = bytes.byteLength < HEADER_BYTES ? 0 : view.getUint32(4, true)
  const isWhole = size > 0 && (size & (size - 1)) === 0 && bytes.byteLength === HEADER_BYTES + size
  if (!isWhole || view.getUint32(0, true) !== RESIDUAL_MAGIC) throw new RangeError('no model of the residual scanner')
  const scale = view.getFloat32(8, true)
  const thresholds = { text: view.getFloat32(12, true), record: view.getFloat32(16, true) }
  const weights = new Int8Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES, size)
  return {
    thresholds,
    read(words, isShouting) {
      let sum = 0
      const add = (index: number): void => {
        sum += weights[index] ?? 0
      }
      // For this text only: most words of a text come more than once.
      const own = new Map<number, number>()
      return (at) => {
        const word = words[at]
        if (word === undefined) return 0
        const key = mix(word.formHash, word.shapeHash, 0)
        let known = own.get(key)
        if (known === undefined) {
          sum = 0
          addOwnFeatures(word, isShouting, size, add)
          known = sum
          own.set(key, known)
        }
        sum = known
        addNeighbourFeatures(words, at, isShouting, size, add)
        return sum * scale
      }
    },
  }
}

/** SHA-256 of what the model says that it is made of: training/residual-recipe.ts. */
export function readRecipe(bytes: Uint8Array): Uint8Array {
  return bytes.slice(HEADER_WORDS * 4, HEADER_BYTES)
}

/** Packs trained weights (their count a power of two) with the thresholds and, 32 bytes, what they are made of. */
export function packResidualModel(
  weights: Float32Array,
  { text, record }: ResidualThresholds,
  recipe: Uint8Array = new Uint8Array(DIGEST_BYTES),
): Uint8Array {
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0)
  const scale = largest / 127
  const bytes = new Uint8Array(HEADER_BYTES + weights.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, RESIDUAL_MAGIC, true)
  view.setUint32(4, weights.length, true)
  view.setFloat32(8, scale, true)
  view.setFloat32(12, text, true)
  view.setFloat32(16, record, true)
  bytes.set(recipe.subarray(0, DIGEST_BYTES), HEADER_WORDS * 4)
  weights.forEach((weight, i) => view.setInt8(HEADER_BYTES + i, Math.round(weight / scale)))
  return bytes
}

/** Whether case tells nothing in a text, because most of its letters are capitals or none is. */
export function readVoice(text: string): { readonly isShouting: boolean; readonly isFlat: boolean } {
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0
  const letters = capitals + (text.match(/\p{Ll}/gu)?.length ?? 0)
  return { isShouting: capitals > letters * CAPITALS_OF_SHOUTING, isFlat: capitals * 200 < letters }
}
