import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Contestant } from '../deid/contestant.ts'
import { readNotes } from '../deid/corpora.ts'
import { chooseTagger, createOurs } from '../deid/ours.ts'
import { startPeers } from '../deid/peers.ts'
import { print } from '../deid/tables.ts'
import { quantile } from '../gateway/statistics.ts'
import { streamDump } from './dump.ts'

export const HELP = `npm run bench -- deid-speed [options]
  --notes PATH      what is read (../shared/data/aci-bench)
  --tagger CHOICE   none, words or pieces (what is installed)
  --rounds N        the median is of (5)
  --python FILE     an interpreter with the peers: Presidio with both models and Rampart, interleaved (docs/evaluation.md)
  --dump MB         how much is streamed through the program (1000, with the models an hour and a half); 0: none
Words and megabytes a second by processor time of one thread, so that other work on the machine does not count; then, by the
clock, two kilobytes never seen before, load time and memory of a process of its own, and a long dump through the program.
Bars: >= 12,000 words/s and >= 5 times Presidio with the models; >= 3 MB/s by rules alone; 2 KB p50 <= 20 ms and p99 <= 40 ms.`

const ALONE = fileURLToPath(new URL('alone.ts', import.meta.url))
/** About two kilobytes: a message or a short note. */
const TEXT_LENGTH = 2048
/** What a peer reads in one round. */
const PEER_TEXTS = 60

/**
 * Speed and memory of the text engine on one thread: words and megabytes a second, two kilobytes that were never seen,
 * load time, memory; beside Presidio on the same texts; and a long dump through the program.
 */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      notes: { type: 'string', default: '../shared/data/aci-bench' },
      tagger: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      python: { type: 'string' },
      dump: { type: 'string', default: '1000' },
    },
  })
  const choice = chooseTagger(values.tagger)
  const rounds = Number(values.rounds)
  const texts = readNotes(values.notes).flatMap((note) => note.match(new RegExp(`[^]{1,${TEXT_LENGTH}}`, 'g')) ?? [])
  if (texts.length === 0) throw new Error('--notes: nothing there')
  const rules = await measureRate(createOurs('none'), texts, rounds)
  const whole = choice === 'none' ? rules : await measureRate(createOurs(choice), texts, rounds)
  const alone = measureAlone(choice, texts)
  print(`one thread, ${texts.length} texts of 2 KB, median of ${rounds} rounds`, [
    { what: 'rules and lists', ...rules },
    ...(choice === 'none' ? [] : [{ what: `with tagger ${choice}`, ...whole }]),
  ])
  print('a process of its own, each text read once', [alone])
  const peers = values.python === undefined ? [] : await comparePeers(choice, values.python, texts, rounds)
  const dump = Number(values.dump) > 0 ? await streamDump(texts, Number(values.dump)) : undefined
  if (dump) {
    const [early = 0, late = 0] = dump.peakMegabytes
    print(`a dump of ${Math.round(dump.megabytes)} MB through breakwater detect`, [
      { 'MB/s': round(dump.megabytesPerSecond), 'peak MB at a tenth': early, 'at the end': late },
    ])
  }
  process.stdout.write(`${JSON.stringify({ bench: 'deid-speed', tagger: choice, rules, whole, alone, peers, dump })}\n`)
}

interface Rate {
  readonly wordsPerSecond: number
  readonly megabytesPerSecond: number
}

/** By processor time. */
async function measureRate(ours: Contestant, texts: readonly string[], rounds: number): Promise<Rate> {
  const seconds: number[] = []
  for (let i = 0; i <= rounds; i++) {
    const answer = await ours.predict(texts)
    if (i > 0) seconds.push(answer.seconds)
  }
  const median = quantile(seconds, 0.5)
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  return { wordsPerSecond: Math.round(countWords(texts) / median), megabytesPerSecond: round(bytes / 1e6 / median) }
}

function measureAlone(choice: string, texts: readonly string[]): Readonly<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-speed-'))
  try {
    const file = join(folder, 'texts.json')
    writeFileSync(file, JSON.stringify(texts))
    const out = execFileSync(process.execPath, ['--conditions=breakwater-source', ALONE, choice, file], {
      encoding: 'utf8',
    })
    const figures = JSON.parse(out) as Readonly<Record<string, number>>
    return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, round(value)]))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface PeerRate {
  readonly contestant: string
  readonly wordsPerSecond: number
  /** Ours by theirs, round by round: the median. */
  readonly times: number
}

/** Everyone reads the same texts in every round, so that a busy machine is busy for all. */
async function comparePeers(
  choice: string,
  python: string,
  texts: readonly string[],
  rounds: number,
): Promise<PeerRate[]> {
  const some = texts.slice(0, PEER_TEXTS)
  const words = countWords(some)
  const contestants = [createOurs(chooseTagger(choice)), ...(await startPeers(python, /^presidio-..$|rampart|redact/))]
  const seconds = contestants.map((): number[] => [])
  try {
    for (let i = 0; i <= rounds; i++) {
      for (const [at, contestant] of contestants.entries()) {
        const answer = await contestant.predict(some)
        if (i > 0) seconds[at]?.push(answer.seconds)
      }
    }
  } finally {
    for (const contestant of contestants) contestant.stop()
  }
  const rows = contestants.map(({ name }, at): PeerRate => {
    const theirs = seconds[at] ?? []
    const times = theirs.map((value, i) => value / (seconds[0]?.[i] ?? 1))
    return {
      contestant: name,
      wordsPerSecond: Math.round(words / quantile(theirs, 0.5)),
      times: round(quantile(times, 0.5)),
    }
  })
  print(
    `${some.length} texts, ${rounds} rounds, interleaved; "times" is how much more processor time than ours`,
    rows.map((row) => ({ ...row })),
  )
  return rows
}

function countWords(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + (text.match(/\S+/g)?.length ?? 0), 0)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
