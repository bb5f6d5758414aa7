import { setImmediate } from 'node:timers/promises'
import { resolve } from 'node:path'
import type { Command, Given } from '../../command.ts'
import {
  CLINICIANS_OPTION,
  LEXICON_OPTION,
  loadEngine,
  loadResidualScanner,
  PATIENT_OPTION,
  readEngineFiles,
  readPatientFile,
  THRESHOLDS_OPTION,
  RULES_ONLY_OPTION,
} from '../../engine.ts'
import { formatCount } from '../../io/format.ts'
import { createConflict, createStagedFile } from '../../io/staged-file.ts'
import { createStyle } from '../../style.ts'
import { UsageError } from '../../terminal.ts'
import type { Terminal } from '../../terminal.ts'
import { exists } from '../deid/one.ts'
import { GOLD_OPTIONS, readGoldChoices } from '../evaluate/command.ts'
import { loadLabelMap } from '../evaluate/label-map.ts'
import { createAnalyst } from './analyse.ts'
import { openCorrections } from './corrections.ts'
import { buildHtml, refuseOutputFolder, requireFolder } from './html-file.ts'
import { readGoldNotes, readNotes } from './notes.ts'
import type { SourceNote } from './notes.ts'
import { openBrowser } from './open-browser.ts'
import { createReview } from './review.ts'
import type { Review } from './review.ts'
import { startReviewServer } from './server.ts'
import { readSite } from './site.ts'

const { map, offsets } = GOLD_OPTIONS

export const review: Command = {
  name: 'review',
  summary: 'look at notes and correct what was found, in a local page',
  positionals: ['FILE|FOLDER'],
  options: {
    gold: { type: 'boolean', help: 'the input is gold, as `evaluate` takes it: start from its spans' },
    out: { type: 'string', value: 'FILE', help: 'keep corrections there, mode 0600; go on with those it holds' },
    html: { type: 'string', value: 'FILE', help: 'write one file to look at instead, mode 0600: PHI' },
    force: { type: 'boolean', help: 'replace the --html file' },
    'no-open': { type: 'boolean', help: 'print the address only' },
    format: {
      type: 'string',
      choices: ['text', 'ndjson', 'jsonl', 'brat', 'i2b2'],
      help: 'of the input; else names tell',
    },
    map: map ?? { type: 'string', help: '' },
    offsets: offsets ?? { type: 'string', help: '' },
    'keep-clinicians': CLINICIANS_OPTION,
    patient: PATIENT_OPTION,
    lexicon: LEXICON_OPTION,
    thresholds: THRESHOLDS_OPTION,
    'rules-only': RULES_ONLY_OPTION,
  },
  notes: [
    'The page is served to this machine alone, to the one browser that opens the printed address first.',
    'Each correction is on the disk before the page says so. Accepted notes are exported from the page',
    'as gold for `evaluate`, beside FILE with the ending .gold.jsonl. All of it holds PHI.',
  ],
  async run(given, terminal) {
    const [input = ''] = given.positionals
    const [out, html] = [given.text('out'), given.text('html')]
    for (const [option, path] of Object.entries({ out, html })) {
      if (path === undefined) continue
      if (resolve(path) === resolve(input)) throw new UsageError(`--${option} is the input itself`)
      await requireFolder(option, path)
      await refuseOutputFolder(option, path)
    }
    if (html !== undefined && !given.has('force') && (await exists(html))) throw createConflict()
    const notes = await readInput(given, input)
    const corrections = out === undefined ? undefined : await openCorrections(out, notes, terminal.onKilled)
    const analyst = createAnalyst({
      engine: await loadEngine(readEngineFiles(given)),
      scanner: await loadResidualScanner(),
      includeClinicians: !given.has('keep-clinicians'),
      ...(await readPatientFile(given.text('patient'))),
    })
    const goldPath = out === undefined ? undefined : nameGold(out)
    const made = createReview({ notes, analyst, corrections, goldPath, onKilled: terminal.onKilled })
    if (html !== undefined) await writeHtml(html, given.has('force'), made, terminal)
    else await serve(made, notes.length, given, terminal, corrections?.others ?? 0)
  },
}

/** `x.jsonl` gives `x.gold.jsonl`. */
function nameGold(out: string): string {
  return `${out.replace(/\.(?:jsonl|ndjson)$/i, '')}.gold.jsonl`
}

async function readInput(given: Given, input: string): Promise<readonly SourceNote[]> {
  const format = given.text('format')
  if (given.has('gold')) {
    if (format === 'text' || format === 'ndjson') throw new UsageError('--format of gold is jsonl, brat or i2b2')
    const choices = readGoldChoices(given)
    return readGoldNotes({ path: input, map: await loadLabelMap(given.required('map')), ...choices })
  }
  if (format === undefined || format === 'text' || format === 'ndjson') return readNotes(input, format)
  throw new UsageError('--format of notes is text or ndjson; --gold reads the others')
}

async function writeHtml(path: string, isForced: boolean, made: Review, terminal: Terminal): Promise<void> {
  const file = await createStagedFile({ path, isForced, onKilled: terminal.onKilled })
  try {
    await file.write(buildHtml(await readSite(), made))
    await file.finish()
    await file.publish()
  } finally {
    await file.discard()
  }
  terminal.stderr.write(`wrote one file that contains PHI, mode 0600: keep it as you keep the notes, and delete it\n`)
}

async function serve(made: Review, notes: number, given: Given, terminal: Terminal, others: number): Promise<void> {
  const { stdout, environment } = terminal
  const style = createStyle(stdout, environment)
  const line = (label: string, text: string): string => `  ${style.dim(label.padEnd(13))}${text}\n`
  const server = await startReviewServer({
    review: made,
    site: await readSite(),
    onReused: (address) => {
      stdout.write(
        `  ${style.bad('The address was used a second time')}: the session has ended. If that was you, go on at\n` +
          `  ${style.bold(address)}\n`,
      )
    },
  })
  const isOpened = !given.has('no-open') && (await openBrowser(server.address(), environment))
  const out = given.text('out')
  stdout.write(
    [
      `\n  ${style.bold('Breakwater review')}  ${formatCount(notes, 'note')}, PHI on the screen only\n\n`,
      line(isOpened ? 'opened' : 'open', style.bold(server.address())),
      line('', 'works once, in one browser of this machine'),
      line('corrections', out ?? 'none kept: start with --out FILE to correct'),
      ...(others > 0 ? [line('', `${formatCount(others, 'line')} of other notes stay in it untouched`)] : []),
      `\n  ${style.dim('Ctrl-C ends it.')}\n\n`,
    ].join(''),
  )
  const stopped = new AbortController()
  const ahead = lookAhead(made, stopped.signal)
  await terminal.untilStopped()
  stopped.abort()
  await server.close()
  await ahead
  stdout.write('  Ended.\n')
}

/** Looks at one note after the other between requests. */
async function lookAhead(made: Review, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && made.lookAhead()) await setImmediate()
}
