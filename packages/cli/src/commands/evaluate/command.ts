import { readFile } from 'node:fs/promises'
import {
  createSummary,
  DIMENSIONS,
  findDrops,
  LABEL_MAPS,
  OFFSET_UNITS,
  readBaseline,
  scoreDocument,
  takeBaseline,
} from '@breakwater/deid/evaluate'
import type { Dimension, Evaluation } from '@breakwater/deid/evaluate'
import type { Command, Given } from '../../command.ts'
import {
  LEXICON_OPTION,
  loadEngine,
  PROFILE_OPTION,
  readEngineFiles,
  readProfile,
  THRESHOLDS_OPTION,
  RULES_ONLY_OPTION,
} from '../../engine.ts'
import { createProgress } from '../../io/progress.ts'
import { createStagedFile } from '../../io/staged-file.ts'
import { createStyle } from '../../style.ts'
import { FailedError, UsageError } from '../../terminal.ts'
import type { Terminal } from '../../terminal.ts'
import { at, listGold, readGold } from './gold-files.ts'
import { loadLabelMap } from './label-map.ts'
import { createMissesFile } from './misses.ts'
import { describeEvaluation, formatShare } from './report.ts'

const FORMATS = ['jsonl', 'brat', 'i2b2'] as const

export const GOLD_OPTIONS: Command['options'] = {
  format: { type: 'string', choices: FORMATS, help: 'of the gold; else names tell' },
  map: {
    type: 'string',
    value: 'NAME|FILE',
    help: `labels: ${Object.keys(LABEL_MAPS).join(', ')}, or a file`,
    default: 'own',
  },
  offsets: { type: 'string', choices: OFFSET_UNITS, help: 'what offsets count; else found out' },
  profile: PROFILE_OPTION,
  lexicon: LEXICON_OPTION,
  'rules-only': RULES_ONLY_OPTION,
}

export const evaluate: Command = {
  name: 'evaluate',
  summary: 'measure what is caught on labelled notes',
  positionals: ['GOLD'],
  options: {
    ...GOLD_OPTIONS,
    by: { type: 'string', value: 'LIST', help: `tables by ${DIMENSIONS.join(', ')}`, default: 'letter,class' },
    thresholds: THRESHOLDS_OPTION,
    json: { type: 'boolean', help: 'print the figures as JSON' },
    'show-misses': { type: 'string', value: 'FILE', help: 'write what was missed, with its words: PHI, mode 0600' },
    baseline: { type: 'string', value: 'FILE', help: 'fail when a figure falls behind those of FILE' },
    'max-drop': { type: 'string', value: 'POINTS', help: 'how far it may fall', default: '0.5' },
    save: { type: 'boolean', help: 'write the figures to the --baseline file instead' },
    force: { type: 'boolean', help: 'replace a file that exists' },
  },
  notes: [
    'GOLD is a file or folder: JSON lines, BRAT (.ann beside .txt), or XML of the i2b2 shape.',
    'An identifier counts as caught when every letter and digit of it is covered. What the law',
    'lets stay (ages under 90, bare years, States) is neither hit nor miss. Prints no value.',
  ],
  async run(given, terminal) {
    const dimensions = readDimensions(given)
    if (given.has('save') && given.text('baseline') === undefined) throw new UsageError('--save needs --baseline')
    const evaluation = await measure(given, terminal, dimensions)
    const style = createStyle(terminal.stdout, terminal.environment)
    terminal.stdout.write(
      given.has('json')
        ? `${JSON.stringify({ profile: given.required('profile'), ...evaluation })}\n`
        : `${describeEvaluation(evaluation, style).join('\n')}\n`,
    )
    await judge(given, terminal, evaluation)
  },
}

async function measure(given: Given, terminal: Terminal, dimensions: readonly Dimension[]): Promise<Evaluation> {
  const [path = ''] = given.positionals
  const profile = readProfile(given.required('profile'))
  const { format, offsets } = readGoldChoices(given)
  const map = await loadLabelMap(given.required('map'))
  const files = await listGold(path, format)
  const engine = await loadEngine(readEngineFiles(given))
  const totalBytes = files.reduce((total, { bytes }) => total + bytes, 0)
  const missesPath = given.text('show-misses')
  const misses =
    missesPath === undefined
      ? undefined
      : await createMissesFile({ path: missesPath, isForced: given.has('force'), onKilled: terminal.onKilled })
  const progress = createProgress({ terminal, totalBytes, now: () => performance.now() })
  const summary = createSummary(dimensions)
  try {
    for await (const { document, place, bytes } of readGold(files, { map, format, offsets })) {
      const [predicted = []] = at(place, () => engine.plan([document.text], profile))
      const score = scoreDocument(document, predicted)
      summary.add(document, score)
      await misses?.add(document, score, predicted)
      progress.add({ bytes, documents: 1 })
    }
    await misses?.publish()
  } finally {
    progress.end()
    await misses?.discard()
  }
  return summary.result()
}

/** Saves the figures, or refuses when they fell behind the saved ones. */
async function judge(given: Given, terminal: Terminal, evaluation: Evaluation): Promise<void> {
  const path = given.text('baseline')
  if (path === undefined) return
  if (given.has('save')) {
    const file = await createStagedFile({ path, isForced: given.has('force'), onKilled: terminal.onKilled })
    try {
      await file.write(`${JSON.stringify(takeBaseline(evaluation), null, 2)}\n`)
      await file.finish()
      await file.publish()
    } finally {
      await file.discard()
    }
    return
  }
  const maxDrop = Number(given.required('max-drop'))
  if (!(maxDrop >= 0)) throw new UsageError('--max-drop is a number of points')
  const drops = findDrops(readBaseline(await readFile(path, 'utf8')), evaluation, maxDrop)
  if (drops.length === 0) return
  for (const { name, was, is } of drops) {
    terminal.stderr.write(`breakwater: ${name} fell from ${formatShare(was)} to ${formatShare(is)}\n`)
  }
  throw new FailedError('the figures fell behind the baseline')
}

export function readGoldChoices(given: Given): {
  readonly format: (typeof FORMATS)[number] | undefined
  readonly offsets: (typeof OFFSET_UNITS)[number] | undefined
} {
  return {
    format: FORMATS.find((known) => known === given.text('format')),
    offsets: OFFSET_UNITS.find((known) => known === given.text('offsets')),
  }
}

function readDimensions(given: Given): readonly Dimension[] {
  return given
    .required('by')
    .split(',')
    .map((name) => {
      const known = DIMENSIONS.find((dimension) => dimension === name.trim())
      if (known === undefined) throw new UsageError(`--by is a list of: ${DIMENSIONS.join(', ')}`)
      return known
    })
}
