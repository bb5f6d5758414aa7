import { AppError } from '@breakwater/kernel'

/** The pieces of a WordPiece vocabulary; ids are their line numbers. */
export interface Vocabulary {
  readonly size: number
  /** Ids of pieces that begin a word. */
  readonly starts: ReadonlyMap<string, number>
  /** Ids of pieces that go on, without their `##`. */
  readonly parts: ReadonlyMap<string, number>
  /** Units of the longest piece. */
  readonly longest: number
  readonly unknown: number
  readonly begin: number
  readonly end: number
}

/** Reads a `vocab.txt`: one piece a line. Throws `detector.unavailable` when its special pieces are missing. */
export function readVocabulary(content: string): Vocabulary {
  const starts = new Map<string, number>()
  const parts = new Map<string, number>()
  const lines = content.split('\n')
  if (lines.at(-1) === '') lines.pop()
  let longest = 0
  for (const [id, line] of lines.entries()) {
    const isPart = line.startsWith('##') && line.length > 2
    const piece = isPart ? line.slice(2) : line
    ;(isPart ? parts : starts).set(piece, id)
    longest = Math.max(longest, piece.length)
  }
  const special = (name: string): number => {
    const id = starts.get(name)
    if (id === undefined)
      throw new AppError('detector.unavailable', { message: 'The vocabulary lacks a special piece.' })
    return id
  }
  return {
    size: lines.length,
    starts,
    parts,
    longest,
    unknown: special('[UNK]'),
    begin: special('[CLS]'),
    end: special('[SEP]'),
  }
}
