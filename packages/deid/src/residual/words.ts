import { hashCodes, mix } from './hash.ts'
import { readPlaces } from './places.ts'

/** A place in a text; UTF-16 units, end exclusive. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

/** One word of a released text, as the residual scanner reads it: by itself, not as the detector does. */
export interface ResidualWord extends TextRange {
  /** Lower case; "\u0001" where the transform wrote, "\n" for a line's end. */
  readonly form: string
  /** Runs of capitals, small letters, digits and other signs, each as one sign: "Xx", "X", "d3". */
  readonly shape: string
  readonly formHash: number
  readonly shapeHash: number
  /** Where a record says that it stands; 0 in plain text. */
  readonly placeHash: number
  /** Whether that place alone says that it is a person's. */
  readonly isPersonal: boolean
}

const WORD = /\p{L}(?:[\p{L}\p{M}\p{N}]|['\u2019](?=\p{L}))*|\p{N}+|\n|[^\s]/gu
/** Longer runs of digits are one shape. */
const MAX_DIGITS = 7
/** Runs of more kinds are a draw of letters and digits, whatever follows. */
const MAX_RUNS = 5
const CAPITAL = /\p{Lu}/u
const LETTER = /[\p{L}\p{M}]/u
const DIGIT = /\p{N}/u

/** What the transform wrote reads as one opaque word, whatever it wrote. */
const WRITTEN = '\u0001'

/** Reads words; `written` (sorted, apart) are the places that the transform filled: exempt by place, never by value. */
export function readWords(text: string, written: readonly TextRange[]): ResidualWord[] {
  const words: ResidualWord[] = []
  const places = readPlaces(text)
  let next = 0
  let place = 0
  for (const { 0: surface, index: start } of text.matchAll(WORD)) {
    const end = start + surface.length
    while (next < written.length && (written[next]?.end ?? 0) <= start) next++
    while ((places[place]?.start ?? Infinity) <= start) place++
    const { hash: placeHash = 0, isPersonal = false } = places[place - 1] ?? {}
    const range = written[next]
    if (range === undefined || range.start >= end)
      words.push(makeWord(start, end, surface.toLowerCase(), shapeOf(surface), placeHash, isPersonal))
    else if (words.at(-1)?.form !== WRITTEN) words.push(makeWord(range.start, range.end, WRITTEN, '', placeHash))
  }
  return words
}

/** A word with the hashes that every feature of it and of its neighbours is made of. */
export function makeWord(
  start: number,
  end: number,
  form: string,
  shape: string,
  placeHash = 0,
  isPersonal = false,
): ResidualWord {
  return {
    start,
    end,
    form,
    shape,
    formHash: hashCodes(form, 0, form.length),
    shapeHash: mix(hashCodes(shape, 0, shape.length), 1, 0),
    placeHash,
    isPersonal,
  }
}

function shapeOf(surface: string): string {
  let shape = ''
  let last = ''
  let digits = 0
  for (const sign of surface) {
    const kind = kindOf(sign)
    if (kind === 'd') digits++
    if (kind !== last) {
      if (shape.length === MAX_RUNS) return `${shape}+`
      shape += kind
    }
    last = kind
  }
  return shape === 'd' ? `d${Math.min(digits, MAX_DIGITS)}` : shape
}

function kindOf(sign: string): string {
  if (sign >= 'a' && sign <= 'z') return 'x'
  if (sign >= 'A' && sign <= 'Z') return 'X'
  if (sign >= '0' && sign <= '9') return 'd'
  if (sign < '\u0080') return sign
  if (CAPITAL.test(sign)) return 'X'
  if (LETTER.test(sign)) return 'x'
  return DIGIT.test(sign) ? 'd' : sign
}
