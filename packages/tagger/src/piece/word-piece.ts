import { foldCharacter, type Folded, ROLE } from './character.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Characters of the longest word that is cut into pieces; a longer one is unknown as a whole. */
const LONGEST_WORD = 100

/** The pieces of a text; offsets in UTF-16 units of the original, end exclusive, rising. */
export interface Pieces {
  readonly count: number
  readonly id: Uint16Array
  readonly start: Int32Array
  readonly end: Int32Array
  /** 1 for a piece that goes on a word. */
  readonly goesOn: Uint8Array
}

const ASCII: readonly Folded[] = Array.from({ length: 128 }, (_, code) => foldCharacter(code))

/**
 * BERT's uncased WordPiece with the way back: every piece knows the stretch of the original it stands for, whatever
 * folding did to lengths. Text that looks like a special piece ("[SEP]") is text.
 */
export function cutPieces(text: string, vocabulary: Vocabulary): Pieces {
  // A character folds to at most a few pieces (a Korean syllable to three letters).
  const out = createOutput(text.length)
  let word = ''
  let characters = 0
  // Original stretch of each unit of `word`.
  let from = new Int32Array(128)
  let to = new Int32Array(128)

  function flush(): void {
    if (word !== '') cutWord(word, characters, from, to, vocabulary, out)
    word = ''
    characters = 0
  }
  function put(units: string, start: number, end: number): void {
    if (word.length + units.length > from.length) {
      from = grow(from)
      to = grow(to)
    }
    for (let k = 0; k < units.length; k++) {
      from[word.length + k] = start
      to[word.length + k] = end
    }
    characters += units.length === 1 ? 1 : Array.from(units).length
    word += units
  }

  for (let i = 0; i < text.length; ) {
    const code = text.charCodeAt(i)
    const point = code < 128 ? code : (text.codePointAt(i) ?? code)
    const size = point > 0xffff ? 2 : 1
    const folded = (code < 128 ? ASCII[code] : undefined) ?? foldCharacter(point)
    if (folded.role === ROLE.letters) put(folded.text, i, i + size)
    else if (folded.role !== ROLE.dropped) {
      flush()
      if (folded.role === ROLE.alone) {
        put(folded.text, i, i + size)
        flush()
      }
    }
    i += size
  }
  flush()
  return out
}

interface Output {
  count: number
  id: Uint16Array
  start: Int32Array
  end: Int32Array
  goesOn: Uint8Array
}

function createOutput(capacity: number): Output {
  return {
    count: 0,
    id: new Uint16Array(capacity),
    start: new Int32Array(capacity),
    end: new Int32Array(capacity),
    goesOn: new Uint8Array(capacity),
  }
}

/** Longest piece first; a word with a stretch that no piece covers is one unknown piece. */
function cutWord(
  word: string,
  characters: number,
  from: Int32Array,
  to: Int32Array,
  vocabulary: Vocabulary,
  out: Output,
): void {
  const first = out.count
  const { length } = word
  for (let at = 0; at < length; ) {
    const pieces = at === 0 ? vocabulary.starts : vocabulary.parts
    let end = characters > LONGEST_WORD ? at : Math.min(length, at + vocabulary.longest)
    let id: number | undefined
    for (; end > at; end--) {
      id = pieces.get(word.slice(at, end))
      if (id !== undefined) break
    }
    if (id === undefined) {
      out.count = first
      append(out, vocabulary.unknown, from[0] ?? 0, to[length - 1] ?? 0, 0)
      return
    }
    append(out, id, from[at] ?? 0, to[end - 1] ?? 0, at === 0 ? 0 : 1)
    at = end
  }
}

function append(out: Output, id: number, start: number, end: number, goesOn: number): void {
  const i = out.count
  if (i === out.id.length) {
    const bigger = createOutput(2 * i + 16)
    bigger.id.set(out.id)
    bigger.start.set(out.start)
    bigger.end.set(out.end)
    bigger.goesOn.set(out.goesOn)
    out.id = bigger.id
    out.start = bigger.start
    out.end = bigger.end
    out.goesOn = bigger.goesOn
  }
  out.id[i] = id
  out.start[i] = start
  out.end[i] = end
  out.goesOn[i] = goesOn
  out.count = i + 1
}

function grow(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const bigger = new Int32Array(2 * numbers.length)
  bigger.set(numbers)
  return bigger
}
