import { parseArgs } from 'node:util'
import {
  controlRisk,
  type LossTable,
  learnThenTest,
  requireDocuments,
  scoreDocument,
  uniformThresholds,
} from '@breakwater/deid/evaluate'
import { readCorpora } from '../deid/corpora.ts'
import { chooseTagger, loadOurs } from '../deid/ours.ts'
import { print } from '../deid/tables.ts'
import { shuffle } from '../gateway/statistics.ts'

const THRESHOLDS = Array.from({ length: 19 }, (_, i) => Math.round((i + 1) * 50) / 1000)
const RESAMPLINGS = 100
const CONFIDENCE = 0.95

export const HELP = `npm run bench -- calibration [options]
  --data NAME|PATH   a corpus as bench deid names them (synthetic)
  --data-root DIR    where corpora are (../shared/data)
  --count N          of documents, where they are made up (2000)
  --recall LIST      of claims, comma-separated (0.7,0.75,0.8,0.85,0.9,0.95,0.99)
  --tagger CHOICE    none, words or pieces (what is installed)
Whether calibration keeps its word: documents are dealt anew 100 times into a part that is calibrated on and a part that is
measured. Conformal risk control bounds the mean over dealings; learn-then-test must hold in 95 of 100. Exit status 1: one does not.`

/** Prints a row for each claim and, last, one line of JSON. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      data: { type: 'string', default: 'synthetic' },
      'data-root': { type: 'string', default: '../shared/data' },
      count: { type: 'string', default: '2000' },
      recall: { type: 'string', default: '0.7,0.75,0.8,0.85,0.9,0.95,0.99' },
      tagger: { type: 'string' },
    },
  })
  const [corpus] = readCorpora(values.data, values['data-root'], { map: 'own', count: Number(values.count) })
  if (!corpus) throw new Error('--data: not there')
  const { engine } = loadOurs(chooseTagger(values.tagger))
  const losses = corpus.documents.flatMap((document) => {
    if (!document.spans.some((span) => span.class !== undefined)) return []
    return [
      THRESHOLDS.map((threshold) => {
        const thresholds = uniformThresholds(threshold)
        const [predicted = []] = engine.plan([document.text], 'safe-harbor', { thresholds })
        const { caught, missed } = scoreDocument(document, predicted)
        return missed.length / (caught.length + missed.length)
      }),
    ]
  })
  const rows = values.recall.split(',').map((recall) => resample(losses, Number(recall)))
  print(`${corpus.name}: ${losses.length} documents with identifiers, dealt ${RESAMPLINGS} times in halves`, rows)
  process.stdout.write(`${JSON.stringify({ bench: 'calibration', documents: losses.length, rows })}\n`)
  if (rows.some(({ isKept }) => isKept === 'no')) process.exitCode = 1
}

function resample(losses: readonly (readonly number[])[], recall: number) {
  const [risks, certain]: [number[], number[]] = [[], []]
  const picked: number[] = []
  for (let i = 0; i < RESAMPLINGS; i++) {
    const dealt = shuffle(losses)
    const table: LossTable = { thresholds: THRESHOLDS, losses: dealt.slice(0, dealt.length >> 1) }
    const rest = dealt.slice(dealt.length >> 1)
    requireDocuments(table.losses.length, recall)
    const mean = (index: number): number => rest.reduce((sum, row) => sum + (row[index] ?? 1), 0) / rest.length
    const controlled = controlRisk(table, recall)
    if (controlled) {
      risks.push(mean(controlled.index))
      picked.push(controlled.threshold)
    }
    const tested = learnThenTest(table, recall, CONFIDENCE)
    // No threshold is strict enough: nothing was claimed, so nothing was broken.
    certain.push(tested ? mean(tested.index) : 0)
  }
  const alpha = 1 - recall
  const meanRisk = risks.length === 0 ? null : risks.reduce((sum, one) => sum + one, 0) / risks.length
  const heldOf100 = certain.filter((risk) => risk <= alpha).length
  // Two standard errors of a mean over dealings of the same documents.
  const slack = meanRisk === null ? 0 : (2 * deviation(risks, meanRisk)) / Math.sqrt(risks.length)
  const isKept = (meanRisk === null || meanRisk <= alpha + slack) && heldOf100 >= 95
  return {
    recall,
    'claimed in': risks.length,
    'mean threshold': round(picked.reduce((sum, one) => sum + one, 0) / Math.max(1, picked.length)),
    'may miss': round(alpha),
    'mean missed (risk control)': meanRisk === null ? 'no claim' : round(meanRisk),
    'held of 100 (learn then test)': heldOf100,
    isKept: isKept ? 'yes' : 'no',
  }
}

function deviation(values: readonly number[], mean: number): number {
  return Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, values.length - 1))
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
