import { hashCodes, mix } from './hash.ts'
import { makeWord, type ResidualWord } from './words.ts'

/** Receives the index of each feature, below the size of the model. */
export type AddFeature = (index: number) => void

const EDGE = makeWord(0, 0, '\u0002', '\u0002')
const MAX_AFFIX = 4
const GRAM = 3
/** Room for the kinds of features, so that equal hashes of different kinds are different features. */
const KIND = {
  voice: 1,
  form: 2,
  shape: 3,
  length: 4,
  prefix: 5,
  suffix: 15,
  gram: 25,
  back: 31,
  next: 32,
  backs: 33,
  nexts: 34,
  backShape: 35,
  shapeNext: 36,
  around: 37,
  shapesBack: 38,
  shapesNext: 39,
  between: 40,
  backSuffix: 41,
  place: 42,
  placeShape: 43,
  glue: 44,
  glueBack: 45,
} as const

/** Features of the word alone: its letters and its shape; no dictionary. `size` is a power of two. */
export function addOwnFeatures(word: ResidualWord, isShouting: boolean, size: number, add: AddFeature): void {
  const mask = size - 1
  const voice = Number(isShouting)
  const { form, formHash, shapeHash } = word
  const put = (kind: number, a: number, b: number): void => add(mix(a, b, kind) & mask)
  put(KIND.voice, voice, 0)
  put(KIND.form, formHash, 0)
  put(KIND.shape, shapeHash, voice)
  put(KIND.length, shapeHash, Math.min(form.length, 12))
  for (let n = 2; n <= MAX_AFFIX; n++) {
    put(KIND.prefix + n, hashCodes(form, 0, Math.min(n, form.length)), 0)
    put(KIND.suffix + n, hashCodes(form, Math.max(0, form.length - n), form.length), 0)
  }
  put(KIND.gram, hashCodes(form, 0, Math.min(GRAM - 1, form.length)), 1)
  for (let i = 0; i + GRAM <= form.length; i++) put(KIND.gram, hashCodes(form, i, i + GRAM), 0)
  put(KIND.gram, hashCodes(form, Math.max(0, form.length - GRAM + 1), form.length), 2)
}

/** Features of the word among its neighbours, two on each side. */
export function addNeighbourFeatures(
  words: readonly ResidualWord[],
  at: number,
  isShouting: boolean,
  size: number,
  add: AddFeature,
): void {
  const mask = size - 1
  const voice = Number(isShouting)
  const { form, shapeHash, placeHash, start, end } = words[at] ?? EDGE
  const back2 = words[at - 2] ?? EDGE
  const back = words[at - 1] ?? EDGE
  const next = words[at + 1] ?? EDGE
  const next2 = words[at + 2] ?? EDGE
  const put = (kind: number, a: number, b: number): void => add(mix(a, b, kind) & mask)
  if (placeHash !== 0) {
    put(KIND.place, placeHash, 0)
    put(KIND.placeShape, placeHash, shapeHash)
  }
  const glue = Number(back.end === start) + 2 * Number(next.start === end)
  put(KIND.glue, shapeHash, glue)
  put(KIND.glueBack, back.formHash, glue)
  put(KIND.back, back.formHash, 0)
  put(KIND.next, next.formHash, 0)
  put(KIND.backs, back2.formHash, back.formHash)
  put(KIND.nexts, next.formHash, next2.formHash)
  put(KIND.backShape, back.formHash, shapeHash)
  put(KIND.shapeNext, shapeHash, next.formHash)
  put(KIND.around, mix(back.shapeHash, shapeHash, voice), next.shapeHash)
  put(KIND.shapesBack, mix(back2.shapeHash, back.shapeHash, voice), shapeHash)
  put(KIND.shapesNext, mix(shapeHash, next.shapeHash, voice), next2.shapeHash)
  put(KIND.between, mix(back.formHash, shapeHash, voice), next.formHash)
  put(KIND.backSuffix, back.formHash, hashCodes(form, Math.max(0, form.length - GRAM), form.length))
}
