import type { Predicted } from '@breakwater/deid/evaluate'

/**
 * Where a peer that answers with a text has replaced something by a mark: what stands between two marks is looked up in
 * the original, each piece at its first place behind the one before, the last at the end.
 */
export function alignReplaced(text: string, replaced: string, mark: string): Predicted[] {
  const pieces = replaced.split(mark)
  const spans: Predicted[] = []
  let at = pieces[0]?.length ?? 0
  for (const [i, piece] of pieces.slice(1).entries()) {
    const isLast = i === pieces.length - 2
    const found = isLast ? text.length - piece.length : text.indexOf(piece, at)
    const start = Math.max(found, at)
    if (start > at) spans.push({ start: at, end: start })
    at = start + piece.length
  }
  return spans
}
