import type { Range, ReviewSpan } from '../shape.ts'
import { moveEdge } from './words.ts'
import type { Direction, Step } from './words.ts'

export type Spans = readonly ReviewSpan[]

export function overlaps(one: Range, other: Range): boolean {
  return one.start < other.end && other.start < one.end
}

export function removeSpan(spans: Spans, index: number): Spans {
  return spans.filter((_, at) => at !== index)
}

export function changeSpan(spans: Spans, index: number, change: Partial<Pick<ReviewSpan, 'class' | 'role'>>): Spans {
  return spans.map((span, at) => (at === index ? { ...span, ...change } : span))
}

/** Adds a span; those that it touches go. */
export function addSpan(spans: Spans, span: ReviewSpan): Spans {
  return [...spans.filter((other) => !overlaps(other, span)), span].toSorted((a, b) => a.start - b.start)
}

/** Moves one edge of a span; it stops at its neighbours and keeps at least one step. */
export function moveSpanEdge(
  text: string,
  spans: Spans,
  index: number,
  { edge, direction, step }: { edge: 'start' | 'end'; direction: Direction; step: Step },
): Spans {
  const span = spans[index]
  if (span === undefined) return spans
  const least = spans[index - 1]?.end ?? 0
  const most = spans[index + 1]?.start ?? text.length
  const moved = { ...span, [edge]: moveEdge(text, span[edge], edge, direction, step) }
  if (moved.start < least || moved.end > most || moved.start >= moved.end) return spans
  return spans.map((other, at) => (at === index ? moved : other))
}
