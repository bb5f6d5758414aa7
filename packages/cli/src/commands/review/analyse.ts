import { releaseSpans } from '@breakwater/deid'
import type { DetectOptions, Evidence, ResidualScanner, Span, TextEngine } from '@breakwater/deid'
import type { Outcome, ReviewSpan } from './shape.ts'

/** What detection says of a note; undefined where it failed, which blocks the note. */
export interface Analysis {
  readonly spans: readonly Span[]
  readonly evidence: readonly Evidence[]
}

export interface Analyst {
  detect(text: string): Analysis | undefined
  /** What safe-harbor would let out with these spans, and what the second detector still sees in it. */
  release(text: string, spans: readonly ReviewSpan[]): Outcome
}

export interface AnalystOptions extends DetectOptions {
  readonly engine: TextEngine
  readonly scanner: ResidualScanner
}

/** Both detectors, as `deid` uses them. */
export function createAnalyst({ engine, scanner, ...options }: AnalystOptions): Analyst {
  return {
    detect(text) {
      try {
        const { spans, evidence } = engine.explain(text, options)
        return { spans, evidence }
      } catch {
        return undefined
      }
    },
    release(text, spans) {
      const certain = spans.map(({ start, end, class: phiClass, role }) => ({
        start,
        end,
        class: phiClass,
        role,
        score: 1,
        sources: ['reviewer'],
      }))
      const released = releaseSpans(text, certain, 'safe-harbor', options)
      const written = released.changes.map(({ to }) => to)
      return {
        text: released.text,
        changes: released.changes.map(({ from, to, class: phiClass }) => ({ from, to, class: phiClass })),
        hits: scanner.scan(released.text, written).map(({ start, end, rule }) => ({
          at: { start, end },
          from: released.toOriginal({ start, end }),
          rule,
        })),
      }
    },
  }
}
