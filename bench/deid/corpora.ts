import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type GoldDocument, LABEL_MAPS, type LabelMapName, mapLabels, readGoldLine } from '@breakwater/deid/evaluate'
import { presidioId, presidioSplit } from '../../training/corpus/presidio.ts'
import { generateDocument } from '../../training/corpus/generate.ts'
import { createSource } from '../../training/corpus/source.ts'

export interface Corpus {
  readonly name: string
  readonly documents: readonly GoldDocument[]
  /** Its texts may be quoted nowhere, and nothing may be tuned on it. */
  readonly isHeldBack?: boolean
}

/** What `--data` takes besides a path. */
export const NAMED = [
  'asq-phi-dev',
  'synthetic',
  'presidio-research',
  'meddocan',
  'openmed-golden',
  'aci-bench',
] as const

const SEED = 'bench-1'

/** The corpora of a name or a path; none when the data are not there. */
export function readCorpora(named: string, root: string, options: { map: LabelMapName; count: number }): Corpus[] {
  if (named === 'synthetic') return [readSynthetic(options.count)]
  if (named === 'presidio-research') return readPresidioResearch(join(root, named))
  if (named === 'meddocan') return readIfThere('meddocan test', join(root, named, 'test.gold.jsonl'), 'meddocan')
  if (named === 'openmed-golden') {
    const isEnglish = (line: string): boolean => line.includes('"lang": "en"')
    return readIfThere('openmed-golden (English)', join(root, named, 'gold_all.jsonl'), 'presidio', isEnglish)
  }
  if (named === 'asq-phi-dev') return readIfThere('asq-phi-dev (tuned on)', join(root, named, 'gold.jsonl'), 'asq')
  const path = existsSync(named) && statSync(named).isDirectory() ? join(named, 'gold.jsonl') : named
  if (!existsSync(path)) throw new Error(`no such data: ${NAMED.join(', ')} or a file of JSON lines`)
  const map = /asq/.test(path) ? 'asq' : options.map
  return readIfThere(basename(named), path, map)
}

function readIfThere(
  name: string,
  file: string,
  map: LabelMapName,
  isWanted: (line: string) => boolean = () => true,
): Corpus[] {
  if (!existsSync(file)) {
    console.log(`${name}: left out, not there`)
    return []
  }
  return [{ name, documents: readLines(file, map, isWanted) }]
}

function readLines(file: string, map: LabelMapName, isWanted: (line: string) => boolean = () => true): GoldDocument[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && isWanted(line))
  return lines.map((line) => mapLabels(readGoldLine(line), LABEL_MAPS[map]))
}

/** Our own test split, made anew: templates, surfaces and formats that nothing is trained on. */
function readSynthetic(count: number): Corpus {
  const source = createSource('test', SEED)
  const documents = Array.from({ length: count }, (_, number) =>
    mapLabels(readGoldLine(JSON.stringify(generateDocument(source, number))), LABEL_MAPS.own),
  )
  return { name: 'synthetic test split', documents }
}

/**
 * Both files of presidio-research, in two halves by the text of the template, so that no sentence of one half is a
 * filling of the other's. On the development half one may look, and its templates may be trained on; the report half is
 * only measured.
 */
function readPresidioResearch(folder: string): Corpus[] {
  const halves: { readonly dev: GoldDocument[]; readonly report: GoldDocument[] } = { dev: [], report: [] }
  for (const name of ['synth_dataset_v2', 'generated_large']) {
    if (!existsSync(join(folder, `${name}.gold.jsonl`))) {
      console.log(`presidio-research: left out, not there`)
      return []
    }
    const rows = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as { masked: string }[]
    for (const [i, document] of readLines(join(folder, `${name}.gold.jsonl`), 'presidio').entries()) {
      const template = (rows[i]?.masked ?? document.text).replace(/\[[A-Z_]+\]/g, '{}')
      const half = presidioSplit(presidioId(template)) === 'train' ? halves.dev : halves.report
      half.push(document)
    }
  }
  return [
    { name: 'presidio-research, development half', documents: halves.dev },
    { name: 'presidio-research, report half', documents: halves.report, isHeldBack: true },
  ]
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
