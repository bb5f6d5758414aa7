import type { ProfileName, TextEngine } from '@breakwater/deid'
import { createSummary, fallsInto, scoreDocument, uniformThresholds } from '@breakwater/deid/evaluate'
import type { Evaluation, GoldDocument, LossTable } from '@breakwater/deid/evaluate'

/** From strict to mild. */
const THRESHOLDS = Array.from({ length: 19 }, (_, i) => Math.round((i + 1) * 50) / 1000)
const BY_THRESHOLD = THRESHOLDS.map((threshold) => uniformThresholds(threshold))

/** Gathers losses of one half of the documents, and keeps the other half for the report. */
export interface CalibrationRun {
  add(document: GoldDocument): void
  /** Of the documents with identifiers that are calibrated on. */
  readonly table: LossTable
  /** Measures the other half at the threshold of this index. */
  report(index: number): { readonly evaluation: Evaluation; readonly meanLoss: number }
}

/** Which half a document falls into is told by its id, the same each time. */
export function createCalibrationRun(engine: TextEngine, profile: ProfileName, share: number): CalibrationRun {
  const losses: number[][] = []
  const kept: GoldDocument[] = []
  const measure = (document: GoldDocument, index: number) => {
    const thresholds = BY_THRESHOLD[index] ?? {}
    const [predicted = []] = engine.plan([document.text], profile, { thresholds })
    return scoreDocument(document, predicted)
  }
  return {
    table: { thresholds: THRESHOLDS, losses },
    add(document) {
      if (!fallsInto(document.id, share)) kept.push(document)
      else if (document.spans.some((span) => span.class !== undefined)) {
        losses.push(THRESHOLDS.map((_, index) => lossOf(measure(document, index))))
      }
    },
    report(index) {
      const summary = createSummary(['class'])
      let [sum, documents] = [0, 0]
      for (const document of kept) {
        const score = measure(document, index)
        summary.add(document, score)
        if (score.caught.length + score.missed.length === 0) continue
        documents++
        sum += lossOf(score)
      }
      return { evaluation: summary.result(), meanLoss: documents === 0 ? 0 : sum / documents }
    },
  }
}

/** The share of a document's identifiers that is missed. */
function lossOf({
  caught,
  missed,
}: {
  readonly caught: readonly unknown[]
  readonly missed: readonly unknown[]
}): number {
  return missed.length / (caught.length + missed.length)
}
