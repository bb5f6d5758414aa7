import { SHAPE } from './shape.ts'
import { GAP, type Words } from './words.ts'

/** How a line is written: capitals mean nothing where all letters are capitals or none is. */
export const LINE_CASE = { mixed: 0, upper: 1, lower: 2 } as const
export const LINE_CASES = 3

/** Positions in a line: 0 to 4 from its beginning, 5 further on, 6 its last word, 7 its only word. */
export const POSITIONS = 8

/** What the line of each word says of it. */
export interface Lines {
  readonly position: Uint8Array
  readonly lineCase: Uint8Array
}

/** Reads the lines of a text: where in its line a word stands and how that line is written. */
export function readLines(words: Words, shape: Uint8Array): Lines {
  const { count, gap } = words
  const position = new Uint8Array(count)
  const lineCase = new Uint8Array(count)
  for (let from = 0; from < count; ) {
    let to = from + 1
    while (to < count && (gap[to] ?? 0) < GAP.newline) to++
    lineCase.fill(caseOf(shape, from, to), from, to)
    for (let i = from; i < to; i++) position[i] = Math.min(5, i - from)
    position[to - 1] = to - from === 1 ? 7 : 6
    from = to
  }
  return { position, lineCase }
}

function caseOf(shape: Uint8Array, from: number, to: number): number {
  let [upper, lower, capital] = [0, 0, 0]
  for (let i = from; i < to; i++) {
    const one = shape[i]
    if (one === SHAPE.upper) upper++
    else if (one === SHAPE.lower) lower++
    else if (one === SHAPE.title || one === SHAPE.mixed) capital++
  }
  if (upper > 1 && upper > 3 * (lower + capital)) return LINE_CASE.upper
  return lower > 3 && upper + capital === 0 ? LINE_CASE.lower : LINE_CASE.mixed
}
