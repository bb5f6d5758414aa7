import type { Span } from '../types.ts'

/** `CLASS surface` of each span, for comparison with what a reader expects. */
export function describe(text: string, spans: readonly Span[]): string[] {
  return spans.map((span) => `${span.class} ${text.slice(span.start, span.end)}`)
}

/** Whether every letter and digit of a value at its first place in the text is inside a span of one of the classes. */
export function isCovered(
  text: string,
  value: string,
  spans: readonly Span[],
  classes?: readonly Span['class'][],
): boolean {
  const from = text.indexOf(value)
  if (from < 0) return false
  for (let i = from; i < from + value.length; i++) {
    if (!/[\p{L}\p{N}]/u.test(text.charAt(i))) continue
    const span = spans.find(({ start, end }) => start <= i && i < end)
    if (!span || (classes && !classes.includes(span.class))) return false
  }
  return true
}
