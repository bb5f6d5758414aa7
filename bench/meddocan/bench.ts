import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createView, toOriginal } from '@breakwater/deid'
import { LABEL_MAPS, mapLabels, readGoldLine, scoreDocument } from '@breakwater/deid/evaluate'
import { loadSpanishTagger, SPANISH_WEIGHTS } from '@breakwater/tagger'
import { readFileSync } from 'node:fs'
import { type MeddocanDocument, readMeddocan } from '../../training/spanish/featurise.ts'

interface Count {
  right: number
  guessed: number
  gold: number
}

export const HELP = `npm run bench -- meddocan [options]
  --data DIR      where NAME.gold.jsonl are (../shared/data/meddocan)
  --part NAME     train, dev or test (test)
  --weights DIR   other than those of the package
  --errors        prints each span that is wrong
The Spanish tagger on MEDDOCAN: strict F1 (type and both offsets) for each type and all, recall of what Safe Harbor removes
(every letter and digit covered), words per second of one thread.`

/** Prints tables and, last, one line of JSON. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      data: { type: 'string', default: '../shared/data/meddocan' },
      part: { type: 'string', default: 'test' },
      weights: { type: 'string', default: SPANISH_WEIGHTS },
      errors: { type: 'boolean', default: false },
    },
  })
  const tagger = loadSpanishTagger(values.weights)
  const file = join(values.data, `${values.part}.gold.jsonl`)
  const documents = readMeddocan(file)
  const types = new Map<string, Count>()
  const all: Count = { right: 0, guessed: 0, gold: 0 }
  const began = process.cpuUsage()
  const readings = documents.map(({ text }) => {
    const view = createView(text)
    return tagger.read(view.text).map((span) => ({ ...span, ...toOriginal(view, span.start, span.end) }))
  })
  const { user, system } = process.cpuUsage(began)
  for (const [index, document] of documents.entries()) {
    count(document, readings[index] ?? [], types, all, values.errors)
  }
  const words = documents.reduce((sum, { text }) => sum + (text.match(/\S+/g)?.length ?? 0), 0)
  const wordsPerSecond = Math.round(words / ((user + system) / 1e6))
  console.table(
    Object.fromEntries(
      [...types]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([type, own]) => [type, { gold: own.gold, ...describe(own) }]),
    ),
  )
  const mapped = scoreMapped(file, tagger)
  const strict = describe(all)
  console.table({ all: { gold: all.gold, ...strict } })
  console.log(
    `mapped to Safe Harbor: ${mapped.caught} of ${mapped.spans} covered whole = ${mapped.recall} %, ` +
      `character precision ${mapped.precision} %; ${wordsPerSecond} words/s`,
  )
  console.log(
    JSON.stringify({ bench: 'meddocan', part: values.part, tagger: tagger.id, strict, mapped, wordsPerSecond }),
  )
}

function count(
  { text, spans: gold }: MeddocanDocument,
  guessed: readonly { start: number; end: number; type: string; isUnlikely: boolean }[],
  types: Map<string, Count>,
  all: Count,
  showsErrors: boolean,
): void {
  const keyOf = (start: number, end: number, type: string): string => `${start} ${end} ${type}`
  const right = new Set(gold.map(({ start, end, label }) => keyOf(start, end, label)))
  const found = new Set<string>()
  const countOf = (type: string): Count => {
    const own = types.get(type) ?? { right: 0, guessed: 0, gold: 0 }
    types.set(type, own)
    return own
  }
  for (const { label } of gold) {
    countOf(label).gold++
    all.gold++
  }
  for (const { start, end, type, isUnlikely } of guessed) {
    if (isUnlikely) continue
    const key = keyOf(start, end, type)
    found.add(key)
    for (const own of [countOf(type), all]) {
      own.guessed++
      if (right.has(key)) own.right++
    }
    if (showsErrors && !right.has(key)) console.log('+', type, excerpt(text, start, end))
  }
  if (!showsErrors) return
  for (const { start, end, label } of gold) {
    if (!found.has(keyOf(start, end, label))) console.log('-', label, excerpt(text, start, end))
  }
}

function excerpt(text: string, start: number, end: number): string {
  return JSON.stringify(
    `${text.slice(Math.max(0, start - 30), start)}[${text.slice(start, end)}]${text.slice(end, end + 20)}`,
  )
}

function describe({ right, guessed, gold }: Count): { precision: number; recall: number; f1: number } {
  const [precision, recall] = [guessed === 0 ? 0 : right / guessed, gold === 0 ? 0 : right / gold]
  const f1 = right === 0 ? 0 : (2 * precision * recall) / (precision + recall)
  return { precision: round(precision), recall: round(recall), f1: round(f1) }
}

function scoreMapped(
  file: string,
  tagger: ReturnType<typeof loadSpanishTagger>,
): { spans: number; caught: number; recall: number; precision: number } {
  let [spans, caught, rightCharacters, wrongCharacters] = [0, 0, 0, 0]
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue
    const raw = readGoldLine(line)
    const document = mapLabels(raw, LABEL_MAPS.meddocan)
    const view = createView(document.text)
    const predicted = tagger
      .tag(view.text)
      .filter(({ class: phiClass, isWeak }) => !isWeak && phiClass !== 'COUNTRY' && phiClass !== 'AGE')
      .map(({ start, end, class: phiClass }) => ({ ...toOriginal(view, start, end), class: phiClass }))
    const score = scoreDocument(document, predicted)
    caught += score.caught.length
    spans += score.caught.length + score.missed.length
    rightCharacters += score.rightCharacters
    wrongCharacters += score.wrongCharacters
  }
  return {
    spans,
    caught,
    recall: round(caught / spans, 2),
    precision: round(rightCharacters / (rightCharacters + wrongCharacters), 2),
  }
}

/** A share as it is, or in percent to some places. */
function round(share: number, places?: number): number {
  return places === undefined
    ? Math.round(share * 10_000) / 10_000
    : Math.round(share * 100 * 10 ** places) / 10 ** places
}
