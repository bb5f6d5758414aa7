import { stat } from 'node:fs/promises'
import { AppError } from '@breakwater/kernel'
import type { Command, Given, Option } from '../../command.ts'
import {
  CLINICIANS_OPTION,
  LANGUAGE_OPTION,
  LEXICON_OPTION,
  loadEngine,
  loadResidualScanner,
  PATIENT_OPTION,
  PROFILE_OPTION,
  RELEASE_YEAR_OPTION,
  readEngineFiles,
  readPatientFile,
  readProfile,
  readReading,
  THRESHOLDS_OPTION,
  RULES_ONLY_OPTION,
} from '../../engine.ts'
import { formatCount } from '../../io/format.ts'
import { createStyle } from '../../style.ts'
import { FailedError, UsageError } from '../../terminal.ts'
import { deidFolder } from './folder.ts'
import { createJob } from './job.ts'
import type { IdPolicy } from './job.ts'
import { formatManifest } from './manifest-file.ts'
import { deidOne } from './one.ts'
import { describeManifest } from './summary.ts'
import { guessFormat } from './transform.ts'
import type { Format } from './transform.ts'

/** Of the documents that are held. */
const MAX_LISTED = 20

const { default: _, ...profileOption } = PROFILE_OPTION
const REQUIRED_PROFILE: Option = { ...profileOption, isRequired: true }

export const deid: Command = {
  name: 'deid',
  summary: 'transform notes: a file, a folder or stdin (-)',
  positionals: ['FILE|FOLDER|-'],
  options: {
    profile: REQUIRED_PROFILE,
    out: { type: 'string', value: 'PATH', help: 'where the result goes; a file may go to stdout instead' },
    format: { type: 'string', choices: ['text', 'ndjson'], help: 'of a file or stdin; else its name tells' },
    'dry-run': { type: 'boolean', help: 'write nothing, print what would be done' },
    json: { type: 'boolean', help: 'with --dry-run: print the manifest as JSON' },
    force: { type: 'boolean', help: 'replace an output that exists' },
    'keep-clinicians': CLINICIANS_OPTION,
    patient: PATIENT_OPTION,
    language: LANGUAGE_OPTION,
    'release-year': RELEASE_YEAR_OPTION,
    lexicon: LEXICON_OPTION,
    'keep-ids': { type: 'boolean', help: 'NDJSON: pass ids on unchecked' },
    renumber: { type: 'boolean', help: 'NDJSON: write 1, 2, 3 in place of ids' },
    thresholds: THRESHOLDS_OPTION,
    'rules-only': RULES_ONLY_OPTION,
    'skip-others': { type: 'boolean', help: 'folders: leave out what is neither text nor NDJSON' },
  },
  notes: [
    'Beside PATH lies PATH.manifest.json: rules, versions, tables and counts, no value.',
    'A second detector looks at each result; a document in which it still sees an identifier',
    'is held: not written, named on the screen, and the exit code is 1.',
    'Neither is ever half there. NDJSON lines are {"id": ..., "text": "..."}; other members',
    'are left out. File names that seem to hold an identifier are replaced by numbers.',
    "The result may be called de-identified only together with a person's signed statement",
    'of no actual knowledge: 45 CFR 164.514(b)(2)(ii).',
  ],
  async run(given, terminal) {
    const profile = readProfile(given.required('profile'))
    if (profile === 'gateway') {
      throw new AppError('keys.unavailable', {
        message: "gateway makes tokens from the server's keys: send such text through the server, or use safe-harbor",
      })
    }
    const [input = '-'] = given.positionals
    const [out, isDry] = [given.text('out'), given.has('dry-run')]
    const isFolder = input !== '-' && (await stat(input)).isDirectory()
    const format = readFormat(given, input, isFolder)
    const job = createJob({
      rules: await loadEngine({ lexicon: given.text('lexicon'), hasModels: false }),
      scanner: await loadResidualScanner(),
      engine: await loadEngine(readEngineFiles(given)),
      profile,
      ids: readIdPolicy(given),
      ...readReading(given),
      ...(await readPatientFile(given.text('patient'))),
    })
    const shared = { input, out, isDry, isForced: given.has('force'), job, terminal, now: () => performance.now() }
    const made = isFolder
      ? await deidFolder({ ...shared, skipsOthers: given.has('skip-others') })
      : await deidOne({ ...shared, format })

    const stream = isDry ? terminal.stdout : terminal.stderr
    if (isDry && given.has('json')) {
      stream.write(formatManifest(job.manifest(), [], job.held().length))
      refuseHeld(job.held())
      return
    }
    const style = createStyle(stream, terminal.environment)
    const lines = describeManifest(job.manifest(), style)
    const others = job.othersLeftOut()
    if (others > 0)
      lines.push(`${style.dim('note')}   other members than id and text left out, in ${formatCount(others, 'line')}`)
    if (made.numbered > 0) {
      lines.push(
        `${style.dim('note')}   ${formatCount(made.numbered, 'file name')} seemed to hold an identifier: numbered`,
      )
    }
    for (const path of made.paths) lines.push(`${style.dim('wrote')}  ${path}`)
    // Apart from the text, where both are on one screen.
    if (out === undefined && !isDry && terminal.stdout.isTTY === true) lines.unshift('')
    for (const place of job.held().slice(0, MAX_LISTED)) lines.push(`${style.bold('held')}   ${place}`)
    if (job.held().length > MAX_LISTED) lines.push(`${style.bold('held')}   and ${job.held().length - MAX_LISTED} more`)
    if (job.held().length > 0) {
      lines.push(
        `${formatCount(job.held().length, 'document')} held, the others are written: the second detector still`,
      )
      lines.push('sees an identifier after the transform. Look with breakwater review, then take it up by hand.')
    }
    stream.write(`${lines.join('\n')}\n`)
    refuseHeld(job.held())
  },
}

function refuseHeld(held: readonly string[]): void {
  if (held.length > 0) throw new FailedError('documents are held')
}

function readFormat(given: Given, input: string, isFolder: boolean): Format {
  const format = given.text('format')
  if (isFolder && format !== undefined) throw new UsageError('--format is for one file: in a folder names tell')
  if (format === 'text' || format === 'ndjson') return format
  return guessFormat(input) ?? 'text'
}

function readIdPolicy(given: Given): IdPolicy {
  if (given.has('keep-ids') && given.has('renumber')) throw new UsageError('--keep-ids or --renumber, not both')
  if (given.has('renumber')) return 'renumber'
  return given.has('keep-ids') ? 'keep' : 'check'
}
