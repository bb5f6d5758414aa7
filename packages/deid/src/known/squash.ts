import { createView } from '../detect/view.ts'

/** What stands between two letters or digits of a text. */
export const BREAK = {
  none: 0,
  /** Up to three of the signs that stand inside numbers: a hyphen, a full stop, a comma, a blank, brackets, a slash. */
  tight: 1,
  /** Quotation marks, the bar or caret of a table, the end of a line with its indentation. */
  soft: 2,
  /** Anything else: the end of whatever began before. */
  hard: 3,
} as const

/** The letters and digits of a text in lower case, with where each stands and what is before it. */
export interface Squashed {
  readonly text: string
  readonly places: Int32Array
  readonly breaks: Uint8Array
}

const TIGHT = /^[-. ()/+_@',#]{1,3}$/
const SOFT = /^(?:[-. ()/+_@',"|^\t]{1,4}|[ \t]{0,3}\r?\n[ \t]{0,12}|,\r?\n[ \t]{0,12})$/
const INSIDE = /['-]/
const LETTER_OR_DIGIT = /[\p{L}\p{M}\p{N}]/u

function isLetterOrDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code < 128) return (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
  if (code >= 0xdc00 && code <= 0xdfff)
    return LETTER_OR_DIGIT.test(String.fromCodePoint(text.codePointAt(at - 1) ?? 32))
  return LETTER_OR_DIGIT.test(String.fromCodePoint(text.codePointAt(at) ?? 32))
}

export function squash(text: string): Squashed {
  const places = new Int32Array(text.length)
  const breaks = new Uint8Array(text.length)
  const runs: string[] = []
  let count = 0
  let gapFrom = 0
  for (let i = 0; i < text.length; ) {
    if (!isLetterOrDigit(text, i)) {
      i++
      continue
    }
    const from = i
    while (i < text.length && isLetterOrDigit(text, i)) places[count + i - from] = i++
    breaks[count] = count === 0 || from === gapFrom ? BREAK.none : kindOf(text, gapFrom, from)
    runs.push(lower(text.slice(from, i)))
    count += i - from
    gapFrom = i
  }
  return { text: runs.join(''), places: places.subarray(0, count), breaks: breaks.subarray(0, count) }
}

/**
 * The same without letters that stand alone, which are initials that a record need not know ("Maria Q. Lopez"). Undefined
 * where there are none.
 */
export function withoutLoneLetters({ text, places, breaks }: Squashed, whole: string): Squashed | undefined {
  const kept: number[] = []
  const kinds: number[] = []
  let skipped: number = BREAK.none
  for (let at = 0; at < text.length; at++) {
    const isAlone =
      (at === 0 || breaks[at] !== BREAK.none) &&
      (at + 1 === text.length || breaks[at + 1] !== BREAK.none) &&
      !/\d/.test(text.charAt(at)) &&
      // "O'Brien", "X-ray": half of a word.
      !INSIDE.test(whole.charAt((places[at] ?? 0) + 1)) &&
      !INSIDE.test(whole.charAt((places[at] ?? 0) - 1))
    if (isAlone) skipped = Math.max(skipped, breaks[at] ?? 0, BREAK.tight)
    else {
      kinds.push(Math.max(skipped, breaks[at] ?? 0))
      kept.push(at)
      skipped = BREAK.none
    }
  }
  if (kept.length === text.length) return undefined
  return {
    text: kept.map((at) => text.charAt(at)).join(''),
    places: Int32Array.from(kept, (at) => places[at] ?? 0),
    breaks: Uint8Array.from(kinds),
  }
}

/** Lower case of the same length, whatever the language. */
function lower(text: string): string {
  const plain = text.toLowerCase()
  if (plain.length === text.length) return plain
  return Array.from({ length: text.length }, (_, i) => {
    const one = text.charAt(i).toLowerCase()
    return one.length === 1 ? one : text.charAt(i)
  }).join('')
}

function kindOf(text: string, from: number, to: number): number {
  if (to - from > 16) return BREAK.hard
  const between = text.slice(from, to)
  if (TIGHT.test(between)) return BREAK.tight
  return SOFT.test(between) ? BREAK.soft : BREAK.hard
}

/** A word of a known value as it stands in squashed views of texts; `joints` are where a sign stood in it. */
export function squashValue(value: string): { readonly text: string; readonly joints: readonly number[] } {
  const { text, breaks } = squash(createView(value).text)
  return { text, joints: Array.from(breaks.keys()).filter((at) => at > 0 && breaks[at] !== BREAK.none) }
}

/** Whether a word can begin or end between these two characters though nothing stands between them. */
export function isSeam(text: string, at: number): boolean {
  const [before, after] = [text.charCodeAt(at - 1), text.charCodeAt(at)]
  return isDigit(before) !== isDigit(after) || isUnspaced(before) || isUnspaced(after)
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** Scripts that are written without blanks: Chinese, Japanese, Thai and their neighbours. */
export function isUnspaced(code: number): boolean {
  return (code >= 0x0e00 && code <= 0x0eff) || (code >= 0x2e80 && code <= 0xabff) || (code >= 0xf900 && code <= 0xfaff)
}
