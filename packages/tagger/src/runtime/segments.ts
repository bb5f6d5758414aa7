import type { TaggedSpan } from '@breakwater/deid'

/** Units of text that are read at once: memory stays bounded whatever the text. */
const SEGMENT = 16_384
/** Units around a segment that are read with it, and how far back a white space is looked for to cut at. */
const CONTEXT = 1024

/** A part `[from, to)` of a text whose spans count, and the stretch `[readFrom, readTo)` that is read for it. */
export interface Segment {
  readonly from: number
  readonly to: number
  readonly readFrom: number
  readonly readTo: number
}

/** Cuts a long text at white space, where there is some near, with context on both sides; never inside a surrogate pair. */
export function cutSegments(text: string, size: number = SEGMENT, context: number = CONTEXT): Segment[] {
  const { length } = text
  const segments: Segment[] = []
  for (let from = 0; from < length; ) {
    const to = from + size >= length ? length : findCut(text, from + size, Math.max(from + 1, from + size - context))
    const readFrom = from === 0 ? 0 : findCut(text, Math.max(0, from - context), Math.max(0, from - 2 * context))
    const readTo = Math.min(length, to + context)
    segments.push({ from, to, readFrom, readTo: avoidPair(text, readTo) })
    from = to
  }
  return segments
}

/** The place behind the last white space in `[lowest, at)`, or `at` where there is none. */
function findCut(text: string, at: number, lowest: number): number {
  for (let i = at; i > lowest; i--) if (/\s/.test(text.charAt(i - 1))) return i
  return avoidPair(text, at)
}

function avoidPair(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return at > 0 && at < text.length && code >= 0xdc00 && code <= 0xdfff ? at - 1 : at
}

/**
 * The spans of all segments in the order of the text; what two of them say of the place where they meet is one span.
 * Stops before every segment, so that whoever runs it may do something else in between.
 */
export function* tagSegments(
  text: string,
  segments: readonly Segment[],
  tag: (part: string) => readonly TaggedSpan[],
): Generator<undefined, TaggedSpan[], undefined> {
  const spans: TaggedSpan[] = []
  for (const { from, to, readFrom, readTo } of segments) {
    yield
    for (const span of tag(text.slice(readFrom, readTo))) {
      const start = span.start + readFrom
      const end = span.end + readFrom
      if (end <= from || start >= to) continue
      const last = spans.at(-1)
      if (last && start < last.end) {
        const stronger = last.isWeak ? span : last
        spans[spans.length - 1] = { ...stronger, start: last.start, end: Math.max(last.end, end) }
      } else spans.push({ ...span, start, end })
    }
  }
  return spans
}
