import type { Span } from '@breakwater/deid'

/** Spans as bytes: places, scores, and the numbers of the words they are told in; nothing of the text. */
export interface SpanCodec {
  pack(this: void, spans: readonly Span[]): Uint8Array<ArrayBuffer>
  /** Of what this codec packed. */
  unpack(this: void, bytes: Uint8Array<ArrayBuffer>): Span[]
}

/** Of a span: start, end, class, role, the score in two halves, how many rules; then these. */
const HEAD = 7

/** Classes, roles and rules are few and always the same: each has its number as long as the codec lives. */
export function createSpanCodec(): SpanCodec {
  const words: string[] = []
  const numbers = new Map<string, number>()

  function numberOf(word: string): number {
    const known = numbers.get(word) ?? words.push(word) - 1
    numbers.set(word, known)
    return known
  }

  const wordOf = (number = 0): string => words[number] ?? ''
  // A score, and the same bits as two whole numbers.
  const double = new Float64Array(1)
  const halves = new Int32Array(double.buffer)

  return {
    pack(spans) {
      const rules = spans.reduce((sum, { sources }) => sum + sources.length, 0)
      const rows = new Int32Array(spans.length * HEAD + rules)
      let at = 0
      for (const { start, end, class: phiClass, role, score, sources } of spans) {
        double[0] = score
        rows.set([start, end, numberOf(phiClass), numberOf(role), halves[0] ?? 0, halves[1] ?? 0, sources.length], at)
        at += HEAD
        for (const source of sources) rows[at++] = numberOf(source)
      }
      return new Uint8Array(rows.buffer)
    },
    unpack({ buffer, byteOffset, byteLength }) {
      const rows = new Int32Array(buffer, byteOffset, byteLength / Int32Array.BYTES_PER_ELEMENT)
      const spans: Span[] = []
      for (let at = 0; at < rows.length; ) {
        halves[0] = rows[at + 4] ?? 0
        halves[1] = rows[at + 5] ?? 0
        const end = at + HEAD + (rows[at + 6] ?? 0)
        const sources: string[] = []
        for (let rule = at + HEAD; rule < end; rule++) sources.push(wordOf(rows[rule]))
        // Written by `pack`, in the words of spans.
        spans.push({
          start: rows[at] ?? 0,
          end: rows[at + 1] ?? 0,
          class: wordOf(rows[at + 2]) as Span['class'],
          role: wordOf(rows[at + 3]) as Span['role'],
          score: double[0] ?? 0,
          sources,
        })
        at = end
      }
      return spans
    },
  }
}
