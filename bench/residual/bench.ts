import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createResidualScanner, createTextEngine } from '@breakwater/deid'
import type { ResidualScanner, Stage, TextEngine } from '@breakwater/deid'
import { generateDocument, type CorpusLine } from '../../training/corpus/generate.ts'
import { createSource } from '../../training/corpus/source.ts'
import { readNotes } from '../deid/corpora.ts'
import { refuseOrdinary } from './ordinary.ts'

const SABOTAGES: readonly (readonly Stage[])[] = [['patterns'], ['lists'], ['propagation'], ['patterns', 'lists']]
const HONORIFIC = /^(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.? /i
const KEPT: ReadonlySet<string> = new Set(['STATE', 'COUNTRY', 'YEAR', 'AGE'])

interface Tally {
  leakingDocuments: number
  stoppedDocuments: number
  leaks: number
  stoppedLeaks: number
  /** Leaks that a hit itself touches. */
  seenLeaks: number
  cleanDocuments: number
  quarantined: number
}

function readData(name: string): Uint8Array {
  return readFileSync(new URL(`../data/${name}`, import.meta.resolve('@breakwater/deid')))
}

/** Releases each document with an engine and scans what went out. */
function sabotage(lines: readonly CorpusLine[], engine: TextEngine, scanner: ResidualScanner): Tally {
  const tally: Tally = {
    leakingDocuments: 0,
    stoppedDocuments: 0,
    leaks: 0,
    stoppedLeaks: 0,
    seenLeaks: 0,
    cleanDocuments: 0,
    quarantined: 0,
  }
  for (const { text, spans } of lines) {
    const done = engine.deidentify(text, 'safe-harbor')
    const places = done.written.map(({ start, end }, i) => ({ start, end, from: done.spans[i] }))
    const toReleased = (at: number): number => {
      const before = places.filter(({ from }) => from !== undefined && from.end <= at)
      const last = before.at(-1)
      return last?.from === undefined ? at : last.end + (at - last.from.end)
    }
    const leaks = spans.filter(
      ({ class: phiClass, start, end }) =>
        !KEPT.has(phiClass) &&
        /[\p{L}\p{N}]/u.test(
          done.spans.reduceRight(
            (left, span) =>
              span.end <= start || span.start >= end
                ? left
                : left.slice(0, Math.max(0, span.start - start)) + left.slice(Math.max(0, span.end - start)),
            text.slice(start, end).replace(HONORIFIC, (title) => ' '.repeat(title.length)),
          ),
        ),
    )
    const hits = scanner.scan(done.text, done.written)
    if (leaks.length === 0) {
      tally.cleanDocuments++
      if (hits.length > 0) tally.quarantined++
      continue
    }
    tally.leakingDocuments++
    tally.leaks += leaks.length
    for (const { start, end } of leaks) {
      if (hits.some((hit) => hit.start < toReleased(end) && hit.end > toReleased(start))) tally.seenLeaks++
    }
    if (hits.length === 0) continue
    tally.stoppedDocuments++
    tally.stoppedLeaks += leaks.length
  }
  return tally
}

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((1000 * part) / whole) / 10)

function summarise(name: string, tally: Tally): Record<string, string | number> {
  return {
    off: name,
    documents: tally.leakingDocuments,
    'stopped %': percent(tally.stoppedDocuments, tally.leakingDocuments),
    leaks: tally.leaks,
    'in stopped %': percent(tally.stoppedLeaks, tally.leaks),
    'seen %': percent(tally.seenLeaks, tally.leaks),
    clean: tally.cleanDocuments,
    'quarantined %': percent(tally.quarantined, tally.cleanDocuments),
  }
}

export const HELP = `npm run bench -- residual [options]
  --data DIR      where aci-bench is (../shared/data)
  --documents N   of the corpus (2000)
  --show          prints each hit in a clean note, and why ordinary texts were refused
What the second detector stops when a stage of the first is switched off, and how many clean documents it stops. Corpus: the
test part of training/corpus (templates, names and formats that its model has not seen); clean also the visit notes of
ACI-BENCH as the whole cascade releases them. Ordinary: prompts, code, logs, lists of codes (ordinary.txt), as messages.`

/** Prints tables and, last, one line of JSON. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      data: { type: 'string', default: '../shared/data' },
      documents: { type: 'string', default: '2000' },
      show: { type: 'boolean', default: false },
    },
  })
  const gazetteer = readData('gazetteer.bin')
  const scanner = createResidualScanner({ model: readData('residual.bin') })
  const source = createSource('test', 'residual-bench')
  const lines = Array.from({ length: Number(values.documents) }, (_, i) => generateDocument(source, i))
  const rows = [
    summarise('none', sabotage(lines, createTextEngine({ gazetteer }), scanner)),
    ...SABOTAGES.map((without) =>
      summarise(without.join(' + '), sabotage(lines, createTextEngine({ gazetteer, without }), scanner)),
    ),
  ]
  const engine = createTextEngine({ gazetteer })
  const notes = readNotes(join(values.data, 'aci-bench')).map((note) => engine.deidentify(note, 'safe-harbor'))
  const started = performance.now()
  const hits = notes.map(({ text, written }) => ({ text, hits: scanner.scan(text, written) }))
  const seconds = (performance.now() - started) / 1000
  const characters = notes.reduce((sum, { text }) => sum + text.length, 0)
  if (values.show) {
    for (const { text, hits: found } of hits) {
      for (const { start, end, rule, score } of found) {
        console.log(
          rule,
          score?.toFixed(1),
          JSON.stringify(text.slice(Math.max(0, start - 30), end + 20)),
          text.slice(start, end),
        )
      }
    }
  }
  const stopped = hits.filter(({ hits: found }) => found.length > 0).length
  console.table(rows)
  const aci = {
    notes: notes.length,
    quarantinedPercent: percent(stopped, notes.length),
    megabytesPerSecond: characters / 1e6 / seconds,
  }
  console.table([aci])
  const ordinary = await refuseOrdinary(engine, scanner, values.show)
  console.table(ordinary)
  console.log(JSON.stringify({ bench: 'residual', sabotage: rows, aci, ordinary }))
}
