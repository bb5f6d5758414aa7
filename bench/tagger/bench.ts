import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ENGLISH_WEIGHTS, loadTagger } from '@breakwater/tagger'
import { readNotes } from '../deid/corpora.ts'
import { compareWordPieces } from './word-pieces.ts'

const ROUNDS = 5
/** About two kilobytes: what a message or a short note holds. */
const TEXT_LENGTH = 2048

interface Speed {
  readonly model: string
  readonly loadMs: number
  readonly residentMegabytes: number
  readonly wordsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export const HELP = `npm run bench -- tagger [options]
  --notes PATH    what is read (../shared/data/aci-bench)
  --weights DIR   other than those of the package
  --python FILE   an interpreter that has the package tokenizers; without it its WordPiece is not compared
  --strings N     how many strings are compared (100000)
The models by themselves: load time, memory and speed on one thread, and WordPiece beside Python's. Exit status 1: they differ.`

/** Prints a table and, last, one line of JSON. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      notes: { type: 'string', default: '../shared/data/aci-bench' },
      weights: { type: 'string', default: ENGLISH_WEIGHTS },
      python: { type: 'string' },
      strings: { type: 'string', default: '100000' },
    },
  })
  const texts = readNotes(values.notes).flatMap((note) => note.match(new RegExp(`[^]{1,${TEXT_LENGTH}}`, 'g')) ?? [])
  const speeds: Speed[] = []
  if (existsSync(join(values.weights, 'meta.json'))) {
    for (const withPieces of [false, true]) speeds.push(measure(values.weights, withPieces, texts))
    console.table(speeds)
  } else console.log(`no weights in ${values.weights}: speed not measured`)
  const pieces = values.python === undefined ? null : await compareWordPieces(values.python, Number(values.strings))
  console.log(
    pieces === null
      ? 'WordPiece: not compared, give --python'
      : `WordPiece: ${pieces.different} of ${pieces.strings} differ`,
  )
  console.log(JSON.stringify({ bench: 'tagger', texts: texts.length, speeds, pieces }))
  if (pieces !== null && pieces.different > 0) process.exitCode = 1
}

function measure(weights: string, withPieces: boolean, texts: readonly string[]): Speed {
  const begun = performance.now()
  const tagger = loadTagger(weights, { withPieces })
  const loadMs = performance.now() - begun
  for (const text of texts.slice(0, 50)) tagger.tag(text)
  const words = texts.reduce((sum, text) => sum + (text.match(/\S+/g)?.length ?? 0), 0)
  const rounds: number[] = []
  const each: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const from = process.cpuUsage()
    for (const text of texts) {
      const at = performance.now()
      tagger.tag(text)
      each.push(performance.now() - at)
    }
    const { user, system } = process.cpuUsage(from)
    rounds.push((user + system) / 1e6)
  }
  return {
    model: tagger.id,
    loadMs: Math.round(loadMs),
    residentMegabytes: Math.round(process.memoryUsage().rss / 1e6),
    wordsPerSecond: Math.round(words / at(rounds, 0.5)),
    p50Ms: round(at(each, 0.5)),
    p99Ms: round(at(each, 0.99)),
  }
}

function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
