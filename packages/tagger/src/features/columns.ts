import { LISTED } from '@breakwater/deid'
import { fnv1a, rowOf, seedOf } from './hash.ts'
import { LINE_CASES, POSITIONS } from './lines.ts'
import { NUMBERS, numberRow } from './numbers.ts'
import { isUpper, SHAPE, SHAPES } from './shape.ts'
import { GAPS, KIND } from './words.ts'

export interface WordFeature {
  readonly name: string
  readonly size: number
}

/**
 * The columns of the word tagger in their order: each holds a row below its size. Row 0 means that nothing is there or
 * that training withheld it.
 */
export const WORD_FEATURES: readonly WordFeature[] = [
  { name: 'word', size: 32_768 },
  { name: 'prefix1', size: 256 },
  { name: 'prefix2', size: 2048 },
  { name: 'prefix3', size: 8192 },
  { name: 'prefix4', size: 16_384 },
  { name: 'suffix1', size: 256 },
  { name: 'suffix2', size: 2048 },
  { name: 'suffix3', size: 8192 },
  { name: 'suffix4', size: 16_384 },
  { name: 'exactShape', size: 1024 },
  { name: 'shape', size: 1 + SHAPES },
  { name: 'length', size: 16 },
  { name: 'number', size: NUMBERS },
  { name: 'gap', size: 1 + GAPS },
  { name: 'position', size: 1 + POSITIONS },
  { name: 'lineCase', size: 1 + LINE_CASES },
  { name: 'gazName', size: 8 },
  { name: 'gazPlace', size: 16 },
  { name: 'gazWord', size: 4 },
  { name: 'gazPhrase', size: 16 },
]

/** Columns that the word alone decides: the first 13 of `WORD_FEATURES`. */
export const OWN_COLUMNS = 13
const AFFIXES = 4
const LONGEST_SHAPE = 12

const SIZE: readonly number[] = WORD_FEATURES.map(({ size }) => size)
const SEEDS: readonly number[] = WORD_FEATURES.map(({ name }) => seedOf(`${name}:`))

function hashed(column: number, text: string, from: number, to: number): number {
  return rowOf(fnv1a(text, from, to, SEEDS[column] ?? 0), SIZE[column] ?? 1)
}

/** Writes the columns that a word alone decides. `normal` is the word in lower case without accents. */
export function writeOwn(
  into: Uint32Array,
  at: number,
  surface: string,
  normal: string,
  kind: number,
  shape: number,
): void {
  const { length } = normal
  into[at] = hashed(0, normal, 0, length)
  for (let n = 1; n <= AFFIXES; n++) {
    const isLonger = length > n || (n === 1 && length === 1)
    into[at + n] = isLonger ? hashed(n, normal, 0, n) : 0
    into[at + AFFIXES + n] = isLonger ? hashed(AFFIXES + n, normal, length - n, length) : 0
  }
  into[at + 9] = hashed(9, spell(surface, kind), 0, Math.min(LONGEST_SHAPE, surface.length))
  into[at + 10] = 1 + shape
  into[at + 11] = Math.min(15, surface.length)
  into[at + 12] = kind === KIND.digits ? numberRow(surface, 0, surface.length) : 0
}

/** "McDonald" is XxXxxxxx, "2021" is dddd; any other mark is itself. */
function spell(surface: string, kind: number): string {
  if (kind === KIND.other) return surface
  if (kind === KIND.digits) return 'd'.repeat(Math.min(LONGEST_SHAPE, surface.length))
  let spelt = ''
  for (let i = 0; i < Math.min(LONGEST_SHAPE, surface.length); i++) spelt += isUpper(surface, i) ? 'X' : 'x'
  return spelt
}

/** Writes the four columns of a word's lists: bits of `LISTED` and `PHRASE`. */
export function writeListed(into: Uint32Array, at: number, bits: number, shape: number): void {
  into[at + 16] = (bits & (LISTED.first | LISTED.surname)) | ((bits & LISTED.agreed) >>> 5)
  into[at + 17] = ((bits & (LISTED.city | LISTED.county | LISTED.hospital)) >>> 2) | ((bits & LISTED.prefix) >>> 3)
  into[at + 18] = listedWord(bits, shape)
  into[at + 19] = bits >>> 8
}

/** 0 in no list, 1 a name or place only, 2 an ordinary word, 3 no letters. */
function listedWord(bits: number, shape: number): number {
  if (shape === SHAPE.digits || shape === SHAPE.other) return 3
  if ((bits & LISTED.safe) !== 0) return 2
  return (bits & ~LISTED.prefix) === 0 ? 0 : 1
}
