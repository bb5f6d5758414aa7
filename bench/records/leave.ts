import type { PlannedSpan, ResidualScanner } from '@breakwater/deid'

/** Of each record, evenly over it. */
const LEFT = 10
/** So much of a long record on either side. */
const AROUND = 6000
const TOKEN = 'OTHERID7H2KX63R1L5B'

/** Masks a record but for one identifier, again and again with another one, and asks whether a hit touches it. */
export function leaveEach(
  text: string,
  spans: readonly PlannedSpan[],
  scanner: ResidualScanner,
): { readonly left: number; readonly seen: number } {
  const step = Math.max(1, Math.floor(spans.length / LEFT))
  let [left, seen] = [0, 0]
  for (let chosen = 0; chosen < spans.length; chosen += step) {
    const kept = spans[chosen]
    if (!kept) continue
    const [from, to] = [Math.max(0, kept.start - AROUND), Math.min(text.length, kept.end + AROUND)]
    const written: { start: number; end: number }[] = []
    let released = ''
    let at = from
    let place = { start: 0, end: 0 }
    for (const span of spans) {
      if (span.start < at || span.end > to) continue
      released += text.slice(at, span.start)
      const put = span === kept ? text.slice(span.start, span.end) : TOKEN
      const range = { start: released.length, end: released.length + put.length }
      if (span === kept) place = range
      else written.push(range)
      released += put
      at = span.end
    }
    const hits = scanner.scan(released + text.slice(at, to), written)
    left++
    seen += Number(hits.some(({ start, end }) => start < place.end && end > place.start))
  }
  return { left, seen }
}
