import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { createTextEngine, type TextEngine } from '@breakwater/deid'
import { ENGLISH_WEIGHTS, loadTagger } from '@breakwater/tagger'
import { type Corpus, readCorpora, readCorpus, readNotes } from './corpora.ts'
import { percent, type Score, score } from './score.ts'

const ROUNDS = 7

/**
 * Speed and accuracy of the text engine on one core. Options: `--data-root DIR` with the labelled corpora and notes
 * (default ../shared/data), `--data FILE` one more corpus of `{id, text, spans, hard_negative}` lines,
 * `--notes PATH` the text to measure speed on, `--tagger words` or `--tagger pieces` the models beside the rules (from
 * `--weights DIR`). Prints tables and, last, one line of JSON.
 */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      'data-root': { type: 'string', default: '../shared/data' },
      data: { type: 'string' },
      notes: { type: 'string' },
      tagger: { type: 'string' },
      weights: { type: 'string', default: ENGLISH_WEIGHTS },
    },
  })
  const gazetteer = readFileSync(createRequire(import.meta.url).resolve('@breakwater/deid/gazetteer.bin'))
  const loading = performance.now()
  const tagger =
    values.tagger === undefined
      ? {}
      : { tagger: loadTagger(values.weights, { withPieces: values.tagger === 'pieces' }) }
  const engine = createTextEngine({ gazetteer, ...tagger })
  const loadMs = performance.now() - loading
  const corpora = readCorpora(values['data-root'])
  if (values.data !== undefined) corpora.push(readCorpus(basename(values.data), values.data))
  const accuracy = corpora.map((corpus) => measureAccuracy(engine, corpus))
  const notes = readNotes(values.notes ?? join(values['data-root'], 'aci-bench'))
  const speed = measureSpeed(engine, notes)
  const touched = measureTouched(engine, notes)
  print(accuracy.map(describe))
  print([{ loadMs: round(loadMs), ...speed, ...touched }])
  process.stdout.write(`${JSON.stringify({ bench: 'deid', loadMs: round(loadMs), speed, touched, accuracy })}\n`)
}

interface Accuracy {
  readonly corpus: string
  readonly texts: number
  readonly spans: number
  readonly strict: number | null
  readonly perfect: number | null
  readonly overRedaction: number | null
  readonly precision: number | null
  readonly byLabel: Readonly<Record<string, number | null>>
}

function measureAccuracy(engine: TextEngine, { name, texts }: Corpus): Accuracy {
  const result: Score = score(texts, (text) => engine.plan([text], 'safe-harbor')[0] ?? [])
  return {
    corpus: name,
    texts: result.texts,
    spans: result.spans,
    strict: percent(result.covered, result.spans),
    perfect: percent(result.perfect, result.textsWithPhi),
    overRedaction: percent(result.changedNegatives, result.negatives),
    precision: percent(result.rightCharacters, result.rightCharacters + result.wrongCharacters),
    byLabel: Object.fromEntries(
      Object.entries(result.byLabel).map(([label, { spans, covered }]) => [label, percent(covered, spans)]),
    ),
  }
}

interface Speed {
  readonly characters: number
  /** Of one core: bytes by the processor time of the whole process, collector included. */
  readonly megabytesPerSecond: number
  readonly wordsPerSecond: number
  readonly rounds: number
}

/** The median of some rounds of detection over all notes, after one to warm up. */
function measureSpeed(engine: TextEngine, notes: readonly string[]): Speed {
  const bytes = notes.reduce((sum, note) => sum + Buffer.byteLength(note), 0)
  const words = notes.reduce((sum, note) => sum + countWords(note), 0)
  const seconds: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const begun = process.cpuUsage()
    for (const note of notes) engine.detect(note)
    const { user, system } = process.cpuUsage(begun)
    if (round > 0) seconds.push((user + system) / 1e6)
  }
  const median = seconds.toSorted((a, b) => a - b)[seconds.length >> 1] ?? 1
  return {
    characters: notes.reduce((sum, note) => sum + note.length, 0),
    megabytesPerSecond: round(bytes / 1e6 / median),
    wordsPerSecond: Math.round(words / median),
    rounds: ROUNDS,
  }
}

/** Share of the words of notes that safe-harbor would change: notes without marked identifiers should change little. */
function measureTouched(
  engine: TextEngine,
  notes: readonly string[],
): { readonly words: number; readonly touchedPercent: number } {
  let [words, touched] = [0, 0]
  for (const note of notes) {
    const planned = engine.plan([note], 'safe-harbor')[0] ?? []
    words += countWords(note)
    for (const { start, end } of planned) touched += countWords(note.slice(start, end))
  }
  return { words, touchedPercent: round((100 * touched) / Math.max(1, words)) }
}

function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function describe({ byLabel, ...line }: Accuracy): Record<string, string | number | null> {
  const worst = Object.entries(byLabel)
    .toSorted(([, a], [, b]) => (a ?? 0) - (b ?? 0))
    .slice(0, 4)
  return { ...line, worst: worst.map(([label, share]) => `${label} ${share}`).join(', ') }
}

function print(rows: readonly Readonly<Record<string, string | number | null>>[]): void {
  const [first = {}] = rows
  const columns = Object.keys(first)
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))]
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)))
  for (const row of cells) process.stdout.write(`${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}\n`)
  process.stdout.write('\n')
}
