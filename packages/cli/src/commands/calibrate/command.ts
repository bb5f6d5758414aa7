import {
  CALIBRATION_ASSUMES,
  controlRisk,
  learnThenTest,
  requireDocuments,
  uniformThresholds,
} from '@breakwater/deid/evaluate'
import type { Choice, Evaluation, LossTable, ThresholdsFile } from '@breakwater/deid/evaluate'
import type { Command, Given } from '../../command.ts'
import { loadEngine, readEngineFiles, readProfile, RULES_ONLY_OPTION } from '../../engine.ts'
import { formatColumns } from '../../io/format.ts'
import { createProgress } from '../../io/progress.ts'
import { createStagedFile } from '../../io/staged-file.ts'
import { createStyle } from '../../style.ts'
import { FailedError, UsageError } from '../../terminal.ts'
import type { Terminal } from '../../terminal.ts'
import { GOLD_OPTIONS, readGoldChoices } from '../evaluate/command.ts'
import { at, listGold, readGold } from '../evaluate/gold-files.ts'
import { loadLabelMap } from '../evaluate/label-map.ts'
import { formatShare } from '../evaluate/report.ts'
import { createCalibrationRun } from './measure.ts'

export const calibrate: Command = {
  name: 'calibrate',
  summary: 'choose thresholds that keep a recall, with a guarantee',
  positionals: ['GOLD'],
  options: {
    recall: { type: 'string', value: 'SHARE', help: 'of the identifiers of a document, on average', default: '0.99' },
    confidence: { type: 'string', value: 'SHARE', help: 'hold it with this probability (learn then test)' },
    share: { type: 'string', value: 'SHARE', help: 'of the documents that is calibrated on', default: '0.5' },
    out: { type: 'string', value: 'FILE', help: 'where the thresholds go; --thresholds FILE loads them' },
    force: { type: 'boolean', help: 'replace FILE' },
    json: { type: 'boolean', help: 'print what FILE would hold' },
    'rules-only': RULES_ONLY_OPTION,
    ...GOLD_OPTIONS,
  },
  notes: [
    'Conformal risk control: the mildest threshold whose mean loss, with a margin for the',
    'size of the set, stays under 1 - recall. The loss of a document is the share of its',
    'identifiers that is missed. The rest of the documents is only measured, not calibrated on.',
    'A recall of 99 % needs 99 documents with identifiers at least, 299 with --confidence 0.95.',
  ],
  async run(given, terminal) {
    const [recall, share] = [readShare(given, 'recall'), readShare(given, 'share')]
    const confidence = given.text('confidence') === undefined ? undefined : readShare(given, 'confidence')
    const profile = readProfile(given.required('profile'))
    const engine = await loadEngine(readEngineFiles(given))
    const run = createCalibrationRun(engine, profile, share)
    await readAll(given, terminal, (document) => run.add(document))
    requireDocuments(run.table.losses.length, recall, confidence)
    const choice = choose(run.table, recall, confidence)
    if (!choice) return refuse(terminal, run.table, recall)
    const { evaluation, meanLoss } = run.report(choice.index)
    const file: ThresholdsFile = {
      version: 1,
      thresholds: uniformThresholds(choice.threshold),
      tagger: engine.deidentify('', profile).manifest.tagger,
      calibration: {
        method: choice.method,
        recall,
        ...(confidence !== undefined && { confidence }),
        documents: choice.documents,
        risk: round(choice.risk),
        bound: round(choice.bound),
      },
      report: {
        documents: evaluation.perfect.of,
        meanLoss: round(meanLoss),
        spans: evaluation.full.of,
        full: evaluation.full.share === null ? null : round(evaluation.full.share),
      },
      assumes: CALIBRATION_ASSUMES,
    }
    const text = `${JSON.stringify(file, null, 2)}\n`
    await save(given, terminal, text)
    terminal.stdout.write(given.has('json') ? text : describe(file, choice, evaluation, terminal))
  },
}

async function readAll(
  given: Given,
  terminal: Terminal,
  add: ReturnType<typeof createCalibrationRun>['add'],
): Promise<void> {
  const [path = ''] = given.positionals
  const { format, offsets } = readGoldChoices(given)
  const map = await loadLabelMap(given.required('map'))
  const files = await listGold(path, format)
  const totalBytes = files.reduce((total, { bytes }) => total + bytes, 0)
  const progress = createProgress({ terminal, totalBytes, now: () => performance.now() })
  try {
    for await (const { document, place, bytes } of readGold(files, { map, format, offsets })) {
      at(place, () => add(document))
      progress.add({ bytes, documents: 1 })
    }
  } finally {
    progress.end()
  }
}

function choose(table: LossTable, recall: number, confidence: number | undefined): Choice | undefined {
  return confidence === undefined ? controlRisk(table, recall) : learnThenTest(table, recall, confidence)
}

/** Not even the strictest threshold holds: no file, and the reader learns how far away it is. */
function refuse(terminal: Terminal, { losses }: LossTable, recall: number): never {
  const n = losses.length
  const missed = losses.reduce((sum, row) => sum + (row[0] ?? 1), 0)
  terminal.stderr.write(
    `breakwater: no threshold keeps a recall of ${formatShare(recall)}: the strictest misses ${formatShare(missed / n)} of a document on average, ${formatShare((missed + 1) / (n + 1))} with the margin for ${n} documents\n`,
  )
  throw new FailedError('no threshold is strict enough')
}

async function save(given: Given, terminal: Terminal, text: string): Promise<void> {
  const path = given.text('out')
  if (path === undefined) return
  const file = await createStagedFile({ path, isForced: given.has('force'), onKilled: terminal.onKilled })
  try {
    await file.write(text)
    await file.finish()
    await file.publish()
  } finally {
    await file.discard()
  }
}

function describe(file: ThresholdsFile, choice: Choice, evaluation: Evaluation, terminal: Terminal): string {
  const style = createStyle(terminal.stdout, terminal.environment)
  const { calibration, report } = file
  const { full, perfect, over } = evaluation
  const held =
    calibration.confidence === undefined
      ? `a document to come misses ${formatShare(calibration.bound)} of its identifiers at most, in expectation`
      : `with probability ${formatShare(calibration.confidence)} documents miss ${formatShare(calibration.bound)} at most, on average`
  const measured = [
    ['missed per document, on average', formatShare(report.meanLoss), ''],
    ['identifiers covered whole', formatShare(full.share), `at least ${formatShare(full.atLeast)}`],
    ['documents without a miss', formatShare(perfect.share), `at least ${formatShare(perfect.atLeast)}`],
    ['negatives changed', formatShare(over.share), over.of > 0 ? `at most ${formatShare(over.atMost)}` : ''],
    ['character precision', formatShare(evaluation.characterPrecision), ''],
  ]
  const lines = [
    `${style.bold(`threshold ${choice.threshold}`)} by ${calibration.method} on ${calibration.documents} documents`,
    `  ${held}`,
    '',
    style.bold(`Measured on the other ${report.documents} documents with identifiers`),
    ...formatColumns(measured).map((line) => `  ${line}`),
    '',
    ...wrap(CALIBRATION_ASSUMES).map((line) => style.dim(line)),
  ]
  return `${lines.join('\n')}\n`
}

function wrap(text: string, width = 100): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last.length + word.length >= width) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines
}

function readShare(given: Given, option: string): number {
  const share = Number(given.required(option))
  if (!(share > 0 && share < 1)) throw new UsageError(`--${option} is a number between 0 and 1`)
  return share
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6
}
