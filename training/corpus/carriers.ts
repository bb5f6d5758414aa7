import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CarrierWords, cleanLine, patientOf, readCarrierWords } from './clean-carrier.ts'
import { parseTemplate, type Template } from './grammar.ts'
import { readPresidio } from './presidio.ts'
import { hashText } from './random.ts'
import { dealSplits, SPLITS, type Split } from './split.ts'
import { type Pools, templateId } from './templates.ts'

export interface Carriers {
  readonly pools: Readonly<Record<Split, Pools>>
  /** Template id to the id of its carrier. */
  readonly carrierOf: ReadonlyMap<string, string>
  /** Carrier id to its split. */
  readonly splitOf: ReadonlyMap<string, Split>
}

/** The rows of a CSV file with quotes, each as column to value. */
function readCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, bare = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    if (row.length > 1) rows.push(row)
    row = []
  }
  const [head = [], ...body] = rows
  return body.map((cells) => Object.fromEntries(head.map((name, at) => [name.trim(), cells[at] ?? ''])))
}

interface Text {
  readonly carrier: string
  readonly pool: string
  readonly text: string
  readonly isLower: boolean
  readonly patient?: readonly [string, string]
}

function readTexts(data: string): readonly Text[] {
  const rowsOf = (folder: string) =>
    readdirSync(join(data, folder))
      .filter((file) => file.endsWith('.csv'))
      .toSorted()
      .flatMap((file) => readCsv(readFileSync(join(data, folder, file), 'utf8')).map((row) => ({ file, row })))
  const aci = rowsOf('aci-bench').flatMap(({ row }) => {
    const { encounter_id: id = '', note = '', dialogue = '' } = row
    const found = patientOf(note)
    const patient = found ? { patient: found } : {}
    return [
      { carrier: `aci:${id}`, pool: 'c.aci', text: note, isLower: false, ...patient },
      { carrier: `aci:${id}`, pool: 'c.aci-dialogue', text: dialogue, isLower: true, ...patient },
    ]
  })
  const mts = rowsOf('mts-dialog').flatMap(({ file, row }) => {
    const { ID: id = '', section_text: text = '', dialogue = '' } = row
    const carrier = `mts:${hashText(file).toString(36)}:${id}`
    return [
      { carrier, pool: 'c.mts', text, isLower: false },
      { carrier, pool: 'c.mts-dialogue', text: dialogue, isLower: false },
    ]
  })
  return [...aci, ...mts]
}

/** Carriers that share a long line are one: the same visit stands in several files. */
function groupCarriers(texts: readonly Text[]): ReadonlyMap<string, string> {
  const parents = new Map<string, string>()
  const root = (id: string): string => {
    const parent = parents.get(id) ?? id
    return parent === id ? id : root(parent)
  }
  const seen = new Map<string, string>()
  for (const { carrier, text } of texts) {
    parents.set(carrier, root(carrier))
    for (const line of text.split(/\n|(?<=[.?]) /)) {
      const key = line.toLowerCase().replace(/[^a-z]/g, '')
      if (key.length < 60) continue
      const other = seen.get(key)
      if (other === undefined) seen.set(key, carrier)
      else parents.set(root(carrier), root(other))
    }
  }
  return new Map(texts.map(({ carrier }) => [carrier, root(carrier)]))
}

/** Runs of clean lines, each one template. */
function excerpts({ text, isLower, patient }: Text, words: CarrierWords): readonly string[] {
  const runs: string[] = []
  let run: string[] = []
  const close = (): void => {
    const lines = run.join('\\n').replace(/^(?:\\n)+|(?:\\n)+$/g, '')
    if (lines.length > 60) runs.push(lines)
    run = []
  }
  for (const line of text.split('\n')) {
    const clean = cleanLine(line.trimEnd(), words, patient, isLower)
    if (clean === undefined) close()
    else run.push(clean)
    if (run.length >= 9) close()
  }
  close()
  return runs
}

/** What identifies nobody: a template with these slots only is a clean one. */
const KEEPS = /\{(?:age|year|w\.[a-z]+)\}/g

/** Reads ACI-BENCH, MTS-Dialog and the templates of presidio-research, split by carrier and by template. */
export function readCarriers(data: string): Carriers {
  const pools: Record<Split, Map<string, Template[]>> = { train: new Map(), calibrate: new Map(), test: new Map() }
  const carrierOf = new Map<string, string>()
  const texts = existsSync(join(data, 'aci-bench')) ? readTexts(data) : []
  const groups = groupCarriers(texts)
  const deal = dealSplits([...new Set(groups.values())])
  const splitOf = new Map([...groups].map(([carrier, group]) => [carrier, deal.get(group) ?? 'train']))
  const words = readCarrierWords(data)
  const add = (split: Split, pool: string, source: string, carrier: string): void => {
    const id = templateId(source)
    if (carrierOf.has(id)) return
    carrierOf.set(id, carrier)
    pools[split].set(pool, [...(pools[split].get(pool) ?? []), { id, nodes: parseTemplate(source) }])
  }
  for (const text of texts) {
    const split = splitOf.get(text.carrier) ?? 'train'
    for (const source of excerpts(text, words)) {
      const isClean = !source.replace(KEEPS, '').includes('{')
      add(split, isClean ? `${text.pool}.clean` : text.pool, source, text.carrier)
    }
  }
  for (const { id, source, split } of readPresidio(data)) {
    add(split, source.replace(KEEPS, '').includes('{') ? 'presidio' : 'presidio.clean', source, `presidio:${id}`)
    splitOf.set(`presidio:${id}`, split)
  }
  for (const split of SPLITS) if (!pools[split].has('presidio')) pools[split].set('presidio', [])
  return { pools, carrierOf, splitOf }
}
