import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createOrdinaryWords, type Stage, type TextEngine, type TextEngineOptions } from '@breakwater/deid'
import {
  createSummary,
  type Dimension,
  type Evaluation,
  type GoldDocument,
  type LabelMapName,
  LABEL_MAPS,
  type Predicted,
  scoreDocument,
} from '@breakwater/deid/evaluate'
import { ENGLISH_WEIGHTS } from '@breakwater/tagger'
import { quantile } from '../gateway/statistics.ts'
import type { Contestant } from './contestant.ts'
import { copyDocuments } from './copies.ts'
import { type Corpus, NAMED, readCorpora, readNotes } from './corpora.ts'
import { formOf, knownOf, type WrittenForm } from './known.ts'
import { readNameGroups } from './name-groups.ts'
import { chooseTagger, createOurs, loadOurs, readGazetteer } from './ours.ts'
import { startPeers } from './peers.ts'
import { type Cells, percent, print, rowCells, toCells } from './tables.ts'

export const HELP = `npm run bench -- deid [--data NAME|PATH]... ${NAMED.join(' | ')}, or JSON lines
  --map NAME        labels of a PATH: ${Object.keys(LABEL_MAPS).join(', ')} (default own)
  --tagger CHOICE   none, words or pieces (default: what is installed); --weights DIR
  --peers [--python FILE] [--only REGEX] [--rounds N]   peers on the same texts, rounds interleaved
  --groups --noise --known --ablation   tables by name group; CAPS, lower case, one line; patient given; stage by stage
  --data name-groups   a larger test of names alone, 4,000 of each group of origin, worst group first
  --honorifics      a leading title of a name counts too: the note's older tables
  --count N         documents of the synthetic test split (default 4000)`

/** Groups of fewer names tell nothing. */
const LEAST_NAMES = 100
/** Points that the worst group of names, and a text in capitals or small letters, may lie behind. */
const GROUP_BAR = 1
const COPY_BAR = 2
/** Noise of our generator that changes letters. */
const MISTYPED = /typos|ocr|blanks/
/** Rounds of timing; accuracy is the same in each. */
const ROUNDS = 5
const TIMED_TEXTS = 100
const STAGES: readonly (readonly [string, readonly Stage[]])[] = [
  ['patterns', ['lists', 'site', 'tagger', 'known', 'propagation']],
  ['+ lists', ['tagger', 'known', 'propagation']],
  ['+ tagger', ['known', 'propagation']],
  ['+ known patient', ['propagation']],
  ['+ propagation', []],
]

/** Accuracy of the text engine on labelled texts, beside its peers. Prints tables and, last, one line of JSON. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      data: { type: 'string', multiple: true, default: ['asq-phi-dev', 'synthetic', 'presidio-research', 'aci-bench'] },
      'data-root': { type: 'string', default: '../shared/data' },
      map: { type: 'string', default: 'own' },
      tagger: { type: 'string' },
      weights: { type: 'string', default: ENGLISH_WEIGHTS },
      peers: { type: 'boolean', default: false },
      python: { type: 'string' },
      only: { type: 'string', default: '' },
      rounds: { type: 'string', default: String(ROUNDS) },
      groups: { type: 'boolean', default: false },
      noise: { type: 'boolean', default: false },
      known: { type: 'boolean', default: false },
      ablation: { type: 'boolean', default: false },
      honorifics: { type: 'boolean', default: false },
      count: { type: 'string', default: '4000' },
    },
  })
  const map = Object.keys(LABEL_MAPS).find((name): name is LabelMapName => name === values.map)
  if (map === undefined) throw new Error('--map is not a map')
  const choice = chooseTagger(values.tagger, values.weights)
  const load = (stages: Pick<TextEngineOptions, 'without'> = {}): TextEngine =>
    loadOurs(choice, { weights: values.weights, ...stages }).engine
  const contestants = [createOurs(choice, { weights: values.weights })]
  if (values.peers) contestants.push(...(await startPeers(values.python, new RegExp(values.only))))
  const options = { ignoresHonorifics: !values.honorifics }
  const results: object[] = []
  try {
    for (const named of values.data) {
      if (named === 'aci-bench') {
        results.push(measureTouched(load(), readNotes(join(values['data-root'], 'aci-bench'))))
        continue
      }
      if (named === 'name-groups') {
        results.push(measureNameGroups(load()))
        continue
      }
      for (const corpus of readCorpora(named, values['data-root'], { map, count: Number(values.count) })) {
        const rounds = values.peers ? Number(values.rounds) : 1
        results.push(await compare(corpus, contestants, rounds, options))
        const { documents } = corpus
        if (values.groups) printBy(documents, load(), ['group', 'role', 'kind', 'formats'])
        if (values.noise) printCopies(documents, load())
        if (values.known) printKnown(documents, load())
        if (values.ablation) printAblation(documents, load, choice !== 'none')
      }
    }
  } finally {
    for (const contestant of contestants) contestant.stop()
  }
  process.stdout.write(`${JSON.stringify({ bench: 'deid', tagger: choice, results })}\n`)
}

type Options = Parameters<typeof scoreDocument>[2]

/** Everyone on the same texts, one after the other in every round. */
async function compare(
  { name, documents }: Corpus,
  contestants: readonly Contestant[],
  rounds: number,
  options: Options,
): Promise<object> {
  const texts = documents.map(({ text }) => text)
  const evaluations: Evaluation[] = []
  for (const contestant of contestants) {
    const { spans } = await contestant.predict(texts)
    evaluations.push(evaluate(documents, (_, at) => spans[at] ?? [], ['class'], options))
  }
  // All are warm now. A round takes some of the texts from everywhere.
  const step = Math.ceil(texts.length / TIMED_TEXTS)
  const timed = texts.filter((_, i) => i % step === 0)
  const words = timed.reduce((sum, text) => sum + countWords(text), 0)
  const seconds = contestants.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, contestant] of contestants.entries()) seconds[i]?.push((await contestant.predict(timed)).seconds)
  }
  const rows = contestants.map((contestant, i): Cells => {
    const evaluation = evaluations[i]
    const speed = Math.round(words / quantile(seconds[i] ?? [], 0.5))
    return { contestant: contestant.name, ...(evaluation && toCells(evaluation)), 'words/s': speed }
  })
  print(`${name}: ${documents.length} texts; words/s over ${words} words, ${rounds} rounds`, rows)
  const [ours] = evaluations
  if (ours) print('  by class, worst first', ours.by.class?.map(rowCells) ?? [])
  return { corpus: name, rows, classes: ours?.by.class?.map(rowCells) }
}

function evaluate(
  documents: readonly GoldDocument[],
  predict: (document: GoldDocument, at: number) => readonly Predicted[],
  by: readonly Dimension[] = ['class'],
  options: Options = {},
): Evaluation {
  const summary = createSummary(by)
  for (const [at, document] of documents.entries()) {
    summary.add(document, scoreDocument(document, predict(document, at), options))
  }
  return summary.result()
}

function printBy(documents: readonly GoldDocument[], engine: TextEngine, by: readonly Dimension[]): void {
  const result = evaluate(documents, ({ text }) => engine.plan([text], 'safe-harbor')[0] ?? [], by)
  for (const dimension of by) {
    const rows = result.by[dimension] ?? []
    if (rows.length > 1) print(`  by ${dimension}, worst first`, rows.map(rowCells))
  }
  printNameGroups(documents, engine)
}

/** The larger test of names: beside each group, how many different names its thousands are. */
function measureNameGroups(engine: TextEngine): object {
  const { documents, distinct } = readNameGroups()
  process.stdout.write(`name-groups: ${documents.length} texts of the test split\n`)
  return { corpus: 'name-groups', rows: printNameGroups(documents, engine, distinct) }
}

/** Of names alone, by origin: how far the worst group lies behind the best one. */
function printNameGroups(
  documents: readonly GoldDocument[],
  engine: TextEngine,
  distinct: ReadonlyMap<string, number> = new Map(),
): readonly Cells[] {
  const names = documents.map((document) => ({
    ...document,
    spans: document.spans.map((span) => (span.class === 'NAME' ? span : { ...span, class: undefined })),
  }))
  const rows = evaluate(names, ({ text }) => engine.plan([text], 'safe-harbor')[0] ?? [], ['group']).by.group ?? []
  const groups = rows.filter(({ name, of }) => name !== '' && name !== 'none' && of >= LEAST_NAMES)
  if (groups.length < 2) return []
  const shares = groups.map(({ share }) => share ?? 0)
  const apart = percent(Math.max(...shares) - Math.min(...shares))
  const cells = groups.map((row) => ({
    ...rowCells(row),
    ...(distinct.has(row.name) && { different: distinct.get(row.name) ?? null }),
  }))
  print(`  names by origin, worst first: ${apart} points between the best and the worst (bar ${GROUP_BAR})`, cells)
  return cells
}

function printCopies(documents: readonly GoldDocument[], engine: TextEngine): void {
  const measure = (copy: readonly GoldDocument[]): Cells =>
    toCells(evaluate(copy, ({ text }) => engine.plan([text], 'safe-harbor')[0] ?? []))
  const rows = copyDocuments(documents).map(([copy, changed]) => ({ copy, ...measure(changed) }))
  print(`  the same texts, typed otherwise (bar: ${COPY_BAR} points of full)`, [
    { copy: 'as it is', ...measure(documents) },
    ...rows,
  ])
}

/** The patient's own names, with and without the gateway's knowledge of who it is. */
function printKnown(documents: readonly GoldDocument[], engine: TextEngine): void {
  const given = documents.flatMap((document) => {
    const known = knownOf(document)
    const spans = document.spans.filter((span) => span.class === 'NAME' && span.role === 'patient')
    return known ? [{ known, document: { ...document, spans } }] : []
  })
  const measure = (patient: string, asked: typeof given, isGiven: boolean): Cells => {
    const { full, perfect } = evaluate(
      asked.map(({ document }) => document),
      ({ text }, at) => {
        const known = asked[at]?.known
        return engine.plan([text], 'safe-harbor', isGiven && known ? { known: [known] } : {})[0] ?? []
      },
    )
    return { patient, names: full.of, full: percent(full.share), perfect: percent(perfect.share) }
  }
  const isMistyped = ({ document }: (typeof given)[number]): boolean => MISTYPED.test(document.noise ?? '')
  const typed = given.filter((one) => !isMistyped(one))
  const isOrdinary = createOrdinaryWords(readGazetteer())
  const written = (...forms: readonly WrittenForm[]): typeof given =>
    typed.map(({ known, document }) => {
      const spans = document.spans.filter(({ start, end }) =>
        forms.includes(formOf(document.text.slice(start, end), known, isOrdinary)),
      )
      return { known, document: { ...document, spans } }
    })
  print(`  names of the patient, ${given.length} texts with a full one (bar: 100 exact forms, 99 mistyped)`, [
    measure('unknown', given, false),
    measure('given, exact forms', written('whole name', 'one word'), true),
    measure('given, one ordinary or short word', written('ordinary or short word'), true),
    measure('given, forms that the record does not hold', written('not in the record'), true),
    measure('given, mistyped or scanned texts', given.filter(isMistyped), true),
  ])
}

function printAblation(
  documents: readonly GoldDocument[],
  load: (stages: { readonly without: readonly Stage[] }) => TextEngine,
  hasTagger: boolean,
): void {
  const known = documents.map(knownOf)
  const rows = STAGES.filter(([name]) => hasTagger || name !== '+ tagger').map(([name, without]): Cells => {
    const engine = load({ without })
    const begun = performance.now()
    const evaluation = evaluate(documents, ({ text }, at) => {
      const one = known[at]
      return engine.plan([text], 'safe-harbor', one ? { known: [one] } : {})[0] ?? []
    })
    const words = documents.reduce((sum, { text }) => sum + countWords(text), 0)
    return { stages: name, ...toCells(evaluation), 'words/s': Math.round((1000 * words) / (performance.now() - begun)) }
  })
  print('  stage by stage', rows)
}

/** Share of the words of notes that would change: notes without marked identifiers should change little. */
function measureTouched(engine: TextEngine, notes: readonly string[]): object {
  const byClass = new Map<string, number>()
  let [words, touched] = [0, 0]
  for (const note of notes) {
    words += countWords(note)
    for (const { start, end, class: phiClass } of engine.plan([note], 'safe-harbor')[0] ?? []) {
      const count = countWords(note.slice(start, end))
      touched += count
      byClass.set(phiClass, (byClass.get(phiClass) ?? 0) + count)
    }
  }
  const classes = Array.from(byClass).toSorted(([, a], [, b]) => b - a)
  const result = {
    corpus: 'aci-bench',
    notes: notes.length,
    words,
    touchedPercent: percent(touched / Math.max(1, words)),
  }
  print('aci-bench: words that would change, names of its unlabelled persons among them', [
    { ...result, ...Object.fromEntries(classes.slice(0, 6)) },
  ])
  return result
}

function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0
}
