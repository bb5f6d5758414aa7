import type {
  Confirmed,
  DetectedAlone,
  DetectOptions,
  Evidence,
  Explanation,
  Findings,
  Language,
  Outcome,
  Span,
} from '../types.ts'
import { examineAlone, joinText, runCascade, type Part, type Stages } from './cascade.ts'
import { linkEntities } from './entities.ts'
import type { Candidate } from './patterns/pattern.ts'
import { JOINT, resolve, THRESHOLD } from './resolve.ts'
import { toOriginal } from './view.ts'

/** The spans of the parts of one document, in offsets of the original texts. */
export function detectSpans(texts: readonly string[], stages: Stages, options: DetectOptions): Span[][] {
  return finish(texts, runCascade(texts, stages, options), options)
}

/** What one part of a document comes to, beside what is confirmed in all of it: for `options.joined`. */
export function joinSpans(
  text: string,
  findings: Findings,
  confirmed: Confirmed,
  stages: Stages,
  options: DetectOptions,
): Span[] {
  return finishPart(joinText(text, findings, confirmed, stages, options), options)
}

/** What is found in a text, and what that comes to where the text is all of its document. */
export function detectAlone(text: string, language: Language, stages: Stages, options: DetectOptions): DetectedAlone {
  const { examined, confirmed, part } = examineAlone(text, language, stages, options)
  return { examined, confirmed, joined: finishPart(part, options) }
}

/** The same for one text, with every candidate and what became of it; no value of the text is in it. */
export function explainSpans(text: string, stages: Stages, options: DetectOptions): Explanation {
  const parts = runCascade([text], stages, options)
  const spans = finish([text], parts, options)[0] ?? []
  const evidence = parts.flatMap((part) =>
    part.found.flatMap(([stage, candidates]) =>
      candidates.map((candidate): Evidence => {
        const { class: phiClass, role, score, source } = candidate
        const place = toOriginal(part.view, candidate.start, candidate.end)
        const at = spans.findIndex(({ start, end }) => start <= place.start && place.end <= end)
        const outcome = outcomeOf(candidate, part, spans[at], options)
        const isHeld = outcome === 'decided' || outcome === 'joined'
        return { ...place, class: phiClass, role, score, stage, source, outcome, ...(isHeld && { span: at }) }
      }),
    ),
  )
  return { spans, evidence: evidence.toSorted((a, b) => a.start - b.start || a.end - b.end) }
}

function outcomeOf(
  candidate: Candidate,
  { vetoed }: Part,
  span: Span | undefined,
  { thresholds = {} }: DetectOptions,
): Outcome {
  if (vetoed.has(candidate)) return 'vetoed'
  if (candidate.score < (thresholds[candidate.class] ?? THRESHOLD) || !span) return 'too-weak'
  return span.class === candidate.class ? 'decided' : 'joined'
}

function finish(texts: readonly string[], parts: readonly Part[], options: DetectOptions): Span[][] {
  const spans = parts.map((part) => finishPart(part, options))
  return spans.every((part) => part.length === 0) ? spans : linkEntities(texts, spans)
}

function finishPart({ text, view, spans }: Part, { thresholds }: DetectOptions): Span[] {
  if (!view.starts) return [...spans]
  const original = spans.map((span): Span => ({ ...span, ...toOriginal(view, span.start, span.end) }))
  // In the original a word may go on where its folded form ended.
  return resolve(text, original.map(asCandidate), thresholds)
}

function asCandidate({ start, end, class: phiClass, role, score, sources }: Span): Candidate {
  return { start, end, class: phiClass, role, score, source: sources.join(JOINT) }
}
