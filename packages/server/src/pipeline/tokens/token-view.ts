import { TOKEN_SYMBOLS, findTokenShapes } from './shape.ts'
import type { TextRange } from './shape.ts'

/** A text as models read it, and the way back. */
export interface TokenView {
  readonly text: string
  /** Spans of the view as spans of the text; what lies in a token alone is left out. */
  restore<Span extends TextRange>(this: void, spans: readonly Span[]): Span[]
}

/** Twelve digits behind a word are a number, and somebody may be behind it. */
const DIGITS_ONLY = /\d{12}$/

/**
 * The text with `[name]`, `[date]` and so on where tokens stand. Models learned from sentences: capitals with digits are to
 * them a number of somebody's, about which they are of two minds, and whatever stands beside it with them.
 */
export function createTokenView(text: string): TokenView {
  const tokens = findTokenShapes(text).filter(({ start, end }) => !DIGITS_ONLY.test(text.slice(start, end)))
  if (tokens.length === 0) return { text, restore: (spans) => [...spans] }
  let view = ''
  let at = 0
  /** Where in the view each of them stands. */
  const places: TextRange[] = []
  for (const { start, end } of tokens) {
    view += text.slice(at, start)
    const word = `[${text.slice(start, end - TOKEN_SYMBOLS).toLowerCase()}]`
    places.push({ start: view.length, end: view.length + word.length })
    view += word
    at = end
  }
  view += text.slice(at)

  function toStart(offset: number): number {
    const next = places.findIndex(({ end }) => offset < end)
    if (next !== -1 && offset >= (places[next]?.start ?? 0)) return tokens[next]?.start ?? 0
    return offset + shiftBefore(next === -1 ? places.length : next)
  }

  function toEnd(offset: number): number {
    const next = places.findIndex(({ end }) => offset <= end)
    if (next !== -1 && offset > (places[next]?.start ?? 0)) return tokens[next]?.end ?? 0
    return offset + shiftBefore(next === -1 ? places.length : next)
  }

  /** How much further on the text is than the view, behind so many tokens. */
  function shiftBefore(count: number): number {
    return count === 0 ? 0 : (tokens[count - 1]?.end ?? 0) - (places[count - 1]?.end ?? 0)
  }

  return {
    text: view,
    restore: (spans) =>
      spans
        .filter(({ start, end }) => !places.some((place) => place.start <= start && place.end >= end))
        .map((span) => ({ ...span, start: toStart(span.start), end: toEnd(span.end) })),
  }
}
