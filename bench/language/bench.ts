import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type DetectedLanguage, detectLanguage } from '@breakwater/deid'
import { readNotes } from '../deid/corpora.ts'
import { type Cells, percent, print } from '../deid/tables.ts'

/** The least share of texts in other languages that must be refused. */
const BAR_PERCENT = 95
/**
 * A line of numbers with two words before them is written in no language: it is read as English, and told apart here. Letters
 * count outside labels, names and values: in words that begin with a small letter or whose script has none.
 */
const LEAST_LETTERS = 40
const LABEL = /^[^\n:]{1,40}:/gm
const VALUE = /\S*[\d@/]\S*/g
const RUNNING_WORD = /(?<![\p{L}\p{M}])[\p{Ll}\p{Lo}][\p{L}\p{M}]*/gu
/** Languages that are read. */
const READ: ReadonlySet<string> = new Set(['en', 'es'])

export const HELP = `npm run bench -- language [--data-root DIR]
  --data-root DIR   where openmed-golden, aci-bench and meddocan are (../shared/data)
What language detection says of short texts in fifty languages, and of English and Spanish notes, which it may never refuse.
Bar: ${BAR_PERCENT} % of texts in other languages of at least ${LEAST_LETTERS} letters outside labels, names and values are refused.`

/** Prints tables, the verdict and, last, one line of JSON. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: { 'data-root': { type: 'string', default: '../shared/data' } },
  })
  const golden = join(values['data-root'], 'openmed-golden', 'gold_all.jsonl')
  if (!existsSync(golden)) throw new Error('openmed-golden is not there')
  const texts = readFileSync(golden, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): { lang: string; text: string } => JSON.parse(line))
  const others = texts.filter(({ lang }) => !READ.has(lang))
  const long = others.filter(({ text }) => (text.match(/\p{L}/gu)?.length ?? 0) >= LEAST_LETTERS)
  const running = others.filter(({ text }) => countRunning(text) >= LEAST_LETTERS)
  const said = count(running.map(({ text }) => text))
  const rows: Cells[] = [
    {
      texts: `openmed-golden, ${new Set(others.map(({ lang }) => lang)).size} other languages`,
      ...count(others.map(({ text }) => text)),
    },
    { texts: `  those of at least ${LEAST_LETTERS} letters`, ...count(long.map(({ text }) => text)) },
    { texts: `  those of at least ${LEAST_LETTERS} outside labels, names and values`, ...said },
  ]
  for (const lang of READ)
    rows.push({
      texts: `openmed-golden, ${lang}`,
      ...count(texts.filter((one) => one.lang === lang).map(({ text }) => text)),
    })
  rows.push({ texts: 'aci-bench, English notes', ...count(readNotes(join(values['data-root'], 'aci-bench'))) })
  const meddocan = join(values['data-root'], 'meddocan', 'train.gold.jsonl')
  if (existsSync(meddocan)) rows.push({ texts: 'meddocan train, Spanish notes', ...count(readTexts(meddocan)) })
  print('language detection, per cent of texts', rows)
  print(
    '  other languages that pass for English or undetermined',
    tally(running.filter(({ text }) => detectLanguage(text) !== 'unsupported').map(({ lang }) => lang)),
  )
  const refused = said.unsupported ?? 0
  const verdict = refused >= BAR_PERCENT ? 'holds' : 'FAILS'
  process.stdout.write(
    `${verdict}  other languages, ${LEAST_LETTERS} letters or more outside labels, names and values, refused: ${refused} >= ${BAR_PERCENT} %\n`,
  )
  process.stdout.write(
    `${JSON.stringify({ bench: 'language', refusedPercent: said.unsupported, barPercent: BAR_PERCENT, rows })}\n`,
  )
}

function countRunning(text: string): number {
  const words = text.replace(LABEL, ' ').replace(VALUE, ' ').match(RUNNING_WORD) ?? []
  return words.reduce((sum, word) => sum + (word.match(/\p{L}/gu)?.length ?? 0), 0)
}

function readTexts(file: string): string[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: string }).text)
}

type Shares = Readonly<Record<'of' | 'unsupported' | 'en' | 'es' | 'undetermined', number | null>>

function count(texts: readonly string[]): Shares {
  const said = texts.map(detectLanguage)
  const share = (language: DetectedLanguage): number | null =>
    said.length === 0 ? null : percent(said.filter((one) => one === language).length / said.length)
  return {
    of: texts.length,
    unsupported: share('unsupported'),
    en: share('en'),
    es: share('es'),
    undetermined: share('undetermined'),
  }
}

function tally(languages: readonly string[]): Cells[] {
  return [...new Set(languages)].map((lang) => ({ lang, texts: languages.filter((one) => one === lang).length }))
}
