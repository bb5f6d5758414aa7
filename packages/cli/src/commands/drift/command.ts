import { readFile, stat } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { compareDrift, createDriftCounter, readDriftProfile } from '@breakwater/deid/evaluate'
import type { DriftFinding, DriftProfile } from '@breakwater/deid/evaluate'
import { AppError } from '@breakwater/kernel'
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
import { atLine, parseDocument } from '../../io/documents.ts'
import { formatColumns, formatCount } from '../../io/format.ts'
import { readLines } from '../../io/lines.ts'
import { createProgress } from '../../io/progress.ts'
import { createStagedFile } from '../../io/staged-file.ts'
import { createStyle } from '../../style.ts'
import { FailedError, UsageError } from '../../terminal.ts'
import type { Terminal } from '../../terminal.ts'
import { formatShare } from '../evaluate/report.ts'

/** The longest name of a source. */
const MAX_SOURCE = 64

export const drift: Command = {
  name: 'drift',
  summary: 'tell when notes are no longer those that were measured',
  positionals: ['FILE|-'],
  options: {
    baseline: { type: 'string', value: 'FILE', help: 'stored detection rates', isRequired: true },
    save: { type: 'boolean', help: 'store the rates of these notes as the baseline' },
    force: { type: 'boolean', help: 'with --save: replace FILE' },
    source: { type: 'string', value: 'NAME', help: 'of all these notes; else each line may have a "source"' },
    alpha: { type: 'string', value: 'SHARE', help: 'chance of a false alarm in all', default: '0.01' },
    'min-change': { type: 'string', value: 'SHARE', help: 'a smaller change raises nothing', default: '0.05' },
    json: { type: 'boolean', help: 'print findings as JSON' },
    profile: PROFILE_OPTION,
    thresholds: THRESHOLDS_OPTION,
    'rules-only': RULES_ONLY_OPTION,
    lexicon: LEXICON_OPTION,
  },
  notes: [
    'Reads lines {"id": ..., "text": "...", "source": "..."} and needs no labels: it compares how',
    'often each class is found, by length and source. Exits with 1 when a rate jumped: what was',
    'measured or calibrated before no longer says anything about such notes. Stores counts only.',
  ],
  async run(given, terminal) {
    const [alpha, minChange] = [readNumber(given, 'alpha'), readNumber(given, 'min-change')]
    const path = given.required('baseline')
    const now = await count(given, terminal)
    if (given.has('save')) {
      await save(path, given, terminal, now)
      terminal.stderr.write(`stored the rates of ${formatCount(now.documents, 'document')}\n`)
      return
    }
    const was = readDriftProfile(await readFile(path, 'utf8'))
    if (was.tagger !== now.tagger) {
      throw new AppError('config.invalid', { message: 'the baseline was stored with another tagger: store a new one' })
    }
    const findings = compareDrift(was, now, { alpha, minChange })
    terminal.stdout.write(
      given.has('json')
        ? `${JSON.stringify({ documents: now.documents, baseline: was.documents, findings })}\n`
        : describe(findings, was, now, terminal),
    )
    if (findings.length > 0) throw new FailedError('drift')
  },
}

async function count(given: Given, terminal: Terminal): Promise<DriftProfile> {
  const [path = '-'] = given.positionals
  const profile = readProfile(given.required('profile'))
  const engine = await loadEngine(readEngineFiles(given))
  const counter = createDriftCounter(engine.deidentify('', profile).manifest.tagger)
  const totalBytes = path === '-' ? undefined : (await stat(path)).size
  const progress = createProgress({ terminal, totalBytes, now: () => performance.now() })
  try {
    for await (const lines of readLines(path === '-' ? terminal.stdin : createReadStream(path))) {
      for (const line of lines) {
        const { text } = parseDocument(line)
        const source = given.text('source') ?? readSource(line.text, line.number)
        counter.add({ text, source, spans: atLine(line, () => engine.plan([text], profile))[0] ?? [] })
        progress.add({ bytes: Buffer.byteLength(line.text) + 1, documents: 1 })
      }
    }
  } finally {
    progress.end()
  }
  return counter.result()
}

function readSource(json: string, number: number): string | undefined {
  const { source } = JSON.parse(json) as { readonly source?: unknown }
  if (source === undefined || source === null) return undefined
  if (typeof source === 'string' && source.length <= MAX_SOURCE) return source
  throw new AppError('body.invalid', { message: `line ${number}: source must be a short string` })
}

async function save(path: string, given: Given, terminal: Terminal, profile: DriftProfile): Promise<void> {
  const file = await createStagedFile({ path, isForced: given.has('force'), onKilled: terminal.onKilled })
  try {
    await file.write(`${JSON.stringify(profile, null, 1)}\n`)
    await file.finish()
    await file.publish()
  } finally {
    await file.discard()
  }
}

function describe(findings: readonly DriftFinding[], was: DriftProfile, now: DriftProfile, terminal: Terminal): string {
  const style = createStyle(terminal.stdout, terminal.environment)
  const head = `${formatCount(now.documents, 'document')} beside ${was.documents.toLocaleString('en')} of the baseline`
  if (findings.length === 0) return `${style.good('no drift')}  ${head}\n`
  const rows = findings.map(({ stratum, class: one, kind, was: before, is, p }) =>
    kind === 'new-source'
      ? [stratum, '', 'not in the baseline', '', '']
      : [stratum, one === '*' ? 'any' : one, kind, `${format(kind, before)} -> ${format(kind, is)}`, formatP(p)],
  )
  return [
    `${style.bad('drift')}  ${head}`,
    ...formatColumns(rows, ['notes', 'class', 'what', 'was -> is', 'p']).map((line) => `  ${line}`),
    style.dim('What was measured or calibrated before does not hold for these notes: label some and measure again.'),
    '',
  ].join('\n')
}

function format(kind: DriftFinding['kind'], value: number): string {
  return kind === 'share' ? formatShare(value) : `${value.toFixed(1)} per 1,000 words`
}

function formatP(p: number): string {
  return p < 0.0001 ? '< 0.0001' : p.toFixed(4)
}

function readNumber(given: Given, option: string): number {
  const value = Number(given.required(option))
  if (!(value >= 0 && value < 1)) throw new UsageError(`--${option} is a number from 0 to 1`)
  return value
}
