import { splitWords, type Words } from '../features/words.ts'

/** Where a word was written onto the one before it: "MartinezNoCol", "DRAlberto", "anosIngreso". */
const GLUED = /(?<=\p{Ll}{2})(?=\p{Lu})|(?<=\p{Lu}{2})(?=\p{Lu}\p{Ll}{3})/gu

/** The words of a text, cut finer than the English ones where two were written together, and its lines as word ranges. */
export interface SpanishWords {
  readonly count: number
  readonly start: Int32Array
  readonly end: Int32Array
  readonly kind: Uint8Array
  readonly gap: Uint8Array
  /** Index of the first word of each line, and the count behind the last. */
  readonly lines: readonly number[]
}

/** A line is cut here at the latest: the memory of a text without line breaks stays bounded. */
const LONGEST_LINE = 1500
const NEWLINE = 3

/** Cuts the folded view of a text into words and lines. */
export function cutWords(text: string): SpanishWords {
  const plain = splitWords(text)
  const words = splitGlued(text, plain)
  const lines: number[] = []
  let from = -LONGEST_LINE
  for (let i = 0; i < words.count; i++) {
    if ((words.gap[i] ?? 0) < NEWLINE && i - from < LONGEST_LINE) continue
    lines.push(i)
    from = i
  }
  lines.push(words.count)
  return { ...words, lines }
}

function splitGlued(text: string, words: Words): Omit<SpanishWords, 'lines'> {
  const start: number[] = []
  const end: number[] = []
  const kind: number[] = []
  const gap: number[] = []
  for (let i = 0; i < words.count; i++) {
    const [from, to] = [words.start[i] ?? 0, words.end[i] ?? 0]
    const cuts = words.kind[i] === 0 && to - from > 3 ? findCuts(text.slice(from, to)) : []
    let at = from
    for (const cut of [...cuts, to - from]) {
      start.push(at)
      end.push(from + cut)
      kind.push(words.kind[i] ?? 0)
      gap.push(at === from ? (words.gap[i] ?? 0) : 0)
      at = from + cut
    }
  }
  return {
    count: start.length,
    start: Int32Array.from(start),
    end: Int32Array.from(end),
    kind: Uint8Array.from(kind),
    gap: Uint8Array.from(gap),
  }
}

function findCuts(word: string): number[] {
  return Array.from(word.matchAll(GLUED), ({ index }) => index)
}
