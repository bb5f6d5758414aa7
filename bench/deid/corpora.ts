import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GoldText } from './score.ts'

export interface Corpus {
  readonly name: string
  readonly texts: readonly GoldText[]
}

interface Row {
  readonly id: string
  readonly text: string
  readonly lang?: string
  readonly hard_negative?: boolean
  readonly spans: GoldText['spans']
}

const FILES = [
  { name: 'asq-phi-dev', path: 'asq-phi-dev/gold.jsonl' },
  { name: 'presidio-research', path: 'presidio-research/synth_dataset_v2.gold.jsonl' },
  { name: 'openmed-golden (English)', path: 'openmed-golden/gold_all.jsonl' },
] as const

/** Labels of the corpora that Safe Harbor lets stay, or that name no identifier of a person (organisations by themselves). */
const MAY_STAY: ReadonlySet<string> = new Set(
  'AGE TITLE NRP ORGANIZATION GENDER MEDICATION LAB_TEST CONDITION BODY_SITE PROCEDURE AMOUNT CURRENCY CREDIT_CARD_ISSUER BIC'.split(
    ' ',
  ),
)
const REGIONS = new Intl.DisplayNames(['en'], { type: 'region' })
const LETTERS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
const COUNTRIES: ReadonlySet<string> = new Set(
  LETTERS.flatMap((a) => LETTERS.map((b) => REGIONS.of(a + b)?.toLowerCase() ?? '')),
)

/** A country and a year by itself may stay: 45 CFR 164.514(b)(2)(i)(B) and (C). */
function mayStay(label: string, surface: string): boolean {
  if (MAY_STAY.has(label)) return true
  if (label === 'GPE')
    return COUNTRIES.has(surface.toLowerCase()) || /^(?:united states|czech republic|cyprus \(greek\))$/i.test(surface)
  return label === 'DATE_TIME' && /^(?:19|20)\d{2}$/.test(surface)
}

/** The labelled corpora that are there; the others are left out. */
export function readCorpora(root: string): Corpus[] {
  return FILES.filter(({ path }) => existsSync(join(root, path))).map(({ name, path }) =>
    readCorpus(name, join(root, path)),
  )
}

export function readCorpus(name: string, file: string): Corpus {
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line): Row => JSON.parse(line))
  const texts = rows
    .filter(({ lang }) => lang === undefined || lang === 'en')
    .map(({ id, text, spans, hard_negative: hard }): GoldText => {
      const scored = spans
        .filter(({ start, end, label }) => !mayStay(label, text.slice(start, end)))
        .map((span) => ({ ...span, label: span.label === 'PERSON' ? 'NAME' : span.label }))
      return { id, text, spans: scored, mustStay: hard ?? spans.length === 0 }
    })
  return { name, texts }
}

/** The notes of ACI-BENCH (column `note` of its CSV files), or a file's text as it is. */
export function readNotes(path: string): string[] {
  if (!existsSync(path)) return []
  if (!path.endsWith('.csv') && !path.endsWith('.txt')) {
    return readdirSync(path)
      .filter((file) => file.endsWith('.csv'))
      .toSorted()
      .flatMap((file) => readNotes(join(path, file)))
  }
  const content = readFileSync(path, 'utf8')
  if (path.endsWith('.txt')) return [content]
  const [head = [], ...rows] = readCsv(content)
  const column = head.indexOf('note')
  return rows.map((row) => row[column] ?? '').filter(Boolean)
}

/** RFC 4180. */
function readCsv(content: string): string[][] {
  const rows: string[][] = [[]]
  const cell = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/gy
  while (cell.lastIndex < content.length) {
    const [, raw = '', end = ''] = cell.exec(content) ?? []
    rows.at(-1)?.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw)
    if (end !== ',') rows.push([])
  }
  return rows
}
