import type { Featurised } from '../features/featurise.ts'
import type { Model, Scores } from '../model/model.ts'
import { alignPieces } from '../piece/align.ts'
import type { Vocabulary } from '../piece/vocabulary.ts'
import { cutPieces } from '../piece/word-piece.ts'
import { NAME_ROLES, TAGS } from '../tags.ts'
import { type Window, windowsAround } from './windows.ts'

/** `[CLS]` and `[SEP]` frame every window. */
const FRAME = 2
/** Answers closer to a cut than this lack context. */
const MARGIN = 24
/** How much the piece model counts beside the word model where both have read. */
const SHARE = 0.7

/**
 * Reads the doubtful words of a text with the piece model and mixes what it says of them, and of what stands around them, into the
 * scores of the word model. Words of which that one is certain stay: they must not depend on whose neighbours they are.
 */
export function createPieceReader(
  model: Model,
  vocabulary: Vocabulary,
  window: number,
): (
  text: string,
  featurised: Featurised,
  doubtful: Uint8Array,
  scores: Scores,
  isCertain: (word: number) => boolean,
) => void {
  return (text, featurised, doubtful, scores, isCertain) => {
    if (!doubtful.includes(1)) return
    const pieces = cutPieces(text, vocabulary)
    const { shape, listed, pieceOf } = alignPieces(pieces, featurised)
    const wanted = new Uint8Array(pieces.count)
    for (const [word, piece] of pieceOf.entries()) if (doubtful[word] === 1 && piece >= 0) wanted[piece] = 1
    let word = 0
    for (const part of windowsAround(wanted, pieces.count, window - FRAME, MARGIN)) {
      const answer = readWindow(part)
      // Words whose first piece is in the kept part.
      while (word < pieceOf.length && (pieceOf[word] ?? -1) < part.keepFrom) word++
      for (; word < pieceOf.length && (pieceOf[word] ?? -1) < part.keepTo; word++) {
        const piece = pieceOf[word] ?? -1
        if (piece < 0 || isCertain(word)) continue
        const row = piece - part.from + 1
        mix(answer.tags, row, scores.tags, word, TAGS.length)
        mix(answer.roles, row, scores.roles, word, NAME_ROLES.length)
      }
    }

    function readWindow({ from, to }: Window): Scores {
      const length = to - from + FRAME
      const ids = new Int32Array(length)
      const shapes = new Int32Array(length)
      const lists = new Int32Array(length)
      ids[0] = vocabulary.begin
      ids[length - 1] = vocabulary.end
      ids.set(pieces.id.subarray(from, to), 1)
      shapes.set(shape.subarray(from, to), 1)
      lists.set(listed.subarray(from, to), 1)
      const dims = [1, length]
      return model.run({ ids: { data: ids, dims }, shape: { data: shapes, dims }, gaz: { data: lists, dims } }, length)
    }
  }
}

function mix(from: Float32Array, row: number, into: Float32Array, word: number, width: number): void {
  for (let i = 0; i < width; i++) {
    const at = word * width + i
    into[at] = (1 - SHARE) * (into[at] ?? 0) + SHARE * (from[row * width + i] ?? 0)
  }
}
