import { KIND } from './words.ts'

/** How a word is written. */
export const SHAPE = { other: 0, lower: 1, title: 2, upper: 3, initial: 4, mixed: 5, digits: 6 } as const
export const SHAPES = 7

const UPPER = /^[\p{Lu}\p{Lt}]$/u
/** Letters beyond these change neither shape nor hash of a shape: a page without a space is no word. */
const LONGEST = 64

/** The shape of the word `[start, end)`: marks and letters without case count as lower case. */
export function shapeOf(text: string, start: number, end: number, kind: number): number {
  if (kind !== KIND.letters) return kind === KIND.digits ? SHAPE.digits : SHAPE.other
  const stop = Math.min(end, start + LONGEST)
  let uppers = 0
  let lowers = 0
  let startsUpper = false
  for (let i = start; i < stop; i++) {
    if (isUpper(text, i)) {
      uppers++
      if (i === start) startsUpper = true
    } else lowers++
  }
  if (uppers === 0) return SHAPE.lower
  if (lowers === 0) return uppers === 1 ? SHAPE.initial : SHAPE.upper
  return startsUpper && uppers === 1 ? SHAPE.title : SHAPE.mixed
}

export function isUpper(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code < 128 ? code >= 65 && code <= 90 : UPPER.test(text.charAt(at))
}
