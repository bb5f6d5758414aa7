/** What a word is made of. */
export const KIND = { letters: 0, digits: 1, other: 2 } as const

/** What stands before a word; `wide` is a tab or several spaces, and the text's beginning counts as a blank line. */
export const GAP = { none: 0, space: 1, wide: 2, newline: 3, blankLine: 4 } as const
export const GAPS = 5

/** The words of a text as parallel arrays; offsets in UTF-16 units, end exclusive. */
export interface Words {
  readonly text: string
  readonly count: number
  readonly start: Int32Array
  readonly end: Int32Array
  /** Of `KIND`. */
  readonly kind: Uint8Array
  /** Of `GAP`. */
  readonly gap: Uint8Array
}

const LETTER = /^\p{L}$/u
const MARK = /^\p{M}$/u
const DIGIT = /^\p{Nd}$/u
const SPACE = /^\s$/u

const C = { other: 0, letter: 1, digit: 2, mark: 3, space: 4, newline: 5 } as const

const ASCII: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => classify(String.fromCharCode(code)))

function classify(character: string): number {
  if (character === '\n') return C.newline
  if (LETTER.test(character)) return C.letter
  if (DIGIT.test(character)) return C.digit
  if (MARK.test(character)) return C.mark
  return SPACE.test(character) ? C.space : C.other
}

/**
 * Cuts a text into the tagger's words: a letter with the letters and marks that follow, a run of digits, or any other
 * single character that is no white space. Every character that is none is in exactly one word.
 */
export function splitWords(text: string): Words {
  const length = text.length
  const memory = new ArrayBuffer(length * 10)
  const start = new Int32Array(memory, 0, length)
  const end = new Int32Array(memory, length * 4, length)
  const kind = new Uint8Array(memory, length * 8, length)
  const gap = new Uint8Array(memory, length * 9, length)
  let count = 0
  let between: number = GAP.blankLine
  let open = -1
  for (let i = 0; i < length; ) {
    const code = text.charCodeAt(i)
    let size = 1
    let cls: number
    if (code < 128) cls = ASCII[code] ?? 0
    else {
      const point = text.codePointAt(i) ?? code
      size = point > 0xffff ? 2 : 1
      cls = classify(String.fromCodePoint(point))
    }
    if (open === KIND.letters && (cls === C.letter || cls === C.mark)) end[count - 1] = i + size
    else if (open === KIND.digits && cls === C.digit) end[count - 1] = i + size
    else if (cls >= C.space) {
      between = widen(between, cls, code)
      open = -1
    } else {
      open = cls === C.letter ? KIND.letters : cls === C.digit ? KIND.digits : KIND.other
      start[count] = i
      end[count] = i + size
      kind[count] = open
      gap[count] = between
      between = GAP.none
      count++
    }
    i += size
  }
  return { text, count, start, end, kind, gap }
}

function widen(gap: number, cls: number, code: number): number {
  if (cls === C.newline) return gap < GAP.newline ? GAP.newline : GAP.blankLine
  if (gap >= GAP.newline) return gap
  return gap === GAP.none && code !== 9 ? GAP.space : GAP.wide
}
