import { LISTED } from '@breakwater/deid'
import type { Featurised } from '../features/featurise.ts'
import { LINE_CASES } from '../features/lines.ts'
import { PHRASE } from '../features/listed.ts'
import { SHAPES } from '../features/shape.ts'
import { GAP, GAPS } from '../features/words.ts'
import type { Pieces } from './word-piece.ts'

/** Rows of a piece's shape: how its word is written, what stands before it, how its line is written; 0 is withheld. */
export const PIECE_SHAPES: number = 1 + SHAPES * GAPS * LINE_CASES
/** Rows of a piece's lists: seven bits. */
export const PIECE_LISTS = 128

/** Pieces with what their words say of them. */
export interface Aligned {
  /** The first word that each piece covers. */
  readonly word: Uint32Array
  readonly shape: Uint8Array
  readonly listed: Uint16Array
  /** The first piece that covers each word, -1 for a word that the tokenizer drops (an invisible character). */
  readonly pieceOf: Int32Array
}

/** Lays pieces and words of one text beside each other; a piece may cover several words ("b12") and a word several pieces. */
export function alignPieces(pieces: Pieces, { words, shape, listed, lineCase }: Featurised): Aligned {
  const { count } = pieces
  const aligned: Aligned = {
    word: new Uint32Array(count),
    shape: new Uint8Array(count),
    listed: new Uint16Array(count),
    pieceOf: new Int32Array(words.count).fill(-1),
  }
  let word = 0
  for (let i = 0; i < count; i++) {
    while (word < words.count - 1 && (words.end[word] ?? 0) <= (pieces.start[i] ?? 0)) word++
    aligned.word[i] = word
    const isBehind = pieces.goesOn[i] === 1 || (words.start[word] ?? 0) < (pieces.start[i] ?? 0)
    const gap = isBehind ? GAP.none : (words.gap[word] ?? 0)
    aligned.shape[i] = 1 + ((shape[word] ?? 0) * GAPS + gap) * LINE_CASES + (lineCase[word] ?? 0)
    aligned.listed[i] = packLists(listed[word] ?? 0)
    for (let j = word; j < words.count && (words.start[j] ?? 0) < (pieces.end[i] ?? 0); j++) {
      if (aligned.pieceOf[j] === -1) aligned.pieceOf[j] = i
    }
  }
  return aligned
}

const PLACES = LISTED.city | LISTED.county
const PHRASES = PHRASE.city | PHRASE.county | PHRASE.hospital

/** First name, surname, agreed on, place, hospital, ordinary word, part of a phrase: one index. */
function packLists(bits: number): number {
  return (
    (bits & (LISTED.first | LISTED.surname)) |
    ((bits & LISTED.agreed) === 0 ? 0 : 4) |
    ((bits & PLACES) === 0 ? 0 : 8) |
    (bits & (LISTED.hospital | LISTED.safe)) |
    ((bits & PHRASES) === 0 ? 0 : 64)
  )
}
