/** A number of JSON that stands in a text, and the quotation mark that makes a string of what takes its place. */
export interface JsonNumber {
  readonly start: number
  readonly end: number
  readonly quote: string
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const OF_NUMBER = /[\d.eE+-]/
/** Longer ones are no numbers of anybody. */
const LONGEST = 40
/** A member's name and what may stand between it and a number of a list. */
const MEMBER_BEFORE = /(\\{0,7}["'])\s{0,16}:\s{0,40}(?:\[[[\]\s\d.,eE+-]{0,300})?$/
const LOOK_BACK = 400
const ENDS_VALUE = /\s{0,400}[,}\]]/y

/**
 * The number that holds a place of a text, where it is the value of a member of JSON or stands in a list of numbers that
 * is: what is put there needs quotation marks, or the JSON is none any more.
 */
export function findJsonNumber(text: string, from: number, to: number): JsonNumber | undefined {
  if (to - from > LONGEST) return undefined
  let [start, end] = [from, to]
  while (from - start < LONGEST && start > 0 && OF_NUMBER.test(text.charAt(start - 1))) start--
  while (end - to < LONGEST && end < text.length && OF_NUMBER.test(text.charAt(end))) end++
  if (!NUMBER.test(text.slice(start, end))) return undefined
  ENDS_VALUE.lastIndex = end
  if (!ENDS_VALUE.test(text)) return undefined
  const quote = MEMBER_BEFORE.exec(text.slice(Math.max(0, start - LOOK_BACK), start))?.[1]
  return quote === undefined ? undefined : { start, end, quote }
}
