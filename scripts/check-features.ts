import { readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'
import { listOperations, listProperties, servedBy } from './openai/derive-properties.ts'
import type { Description } from './openai/derive-properties.ts'

/**
 * `npm run check:features -- --spec FILE [--write]`: whether every operation and property of OpenAI's description is in our
 * lists and the other way round. `--write` takes the new ones over without a class, which the tests then ask for.
 */
const FOLDER = new URL('../packages/server/test-data/openai-description/', import.meta.url)
const PROPERTIES = new URL('properties.tsv', FOLDER)
const OPERATIONS = new URL('operations.tsv', FOLDER)

const readRows = (file: URL): string[] => readFileSync(file, 'utf8').trimEnd().split('\n')
const keyOf = (row: string): string => row.split('\t').slice(0, 4).join('\t')

function compare(name: string, ours: readonly string[], theirs: readonly string[]): number {
  const [known, described] = [new Set(ours), new Set(theirs)]
  const added = theirs.filter((row) => !known.has(row))
  const gone = ours.filter((row) => !described.has(row))
  for (const row of added) print(`new:      ${row}`)
  for (const row of gone) print(`vanished: ${row}`)
  print(`${name}: ${theirs.length} described, ${ours.length} classified, ${added.length} new, ${gone.length} vanished`)
  return added.length + gone.length
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

const at = process.argv.indexOf('--spec')
const file = at === -1 ? undefined : process.argv[at + 1]
const rows = readRows(PROPERTIES)
if (file === undefined) {
  const classes = Map.groupBy(rows, (row) => row.split('\t')[4] ?? '')
  for (const [name, members] of classes) print(`${name.padEnd(10)} ${members.length}`)
  print(`${rows.length} properties, ${readRows(OPERATIONS).length} operations; compare with --spec FILE`)
} else {
  const description = parse(readFileSync(file, 'utf8'), { maxAliasCount: -1 }) as Description
  const operations = listOperations(description).map((name) => `${name}\t${servedBy(name) ?? 'refused'}`)
  const properties = listProperties(description).map(({ endpoint, part, path, kinds }) =>
    [endpoint, part, path, kinds].join('\t'),
  )
  if (process.argv.includes('--write')) {
    const classes = new Map(rows.map((row) => [keyOf(row), row]))
    writeFileSync(PROPERTIES, `${properties.map((key) => classes.get(key) ?? `${key}\t?\t`).join('\n')}\n`)
    writeFileSync(OPERATIONS, `${operations.join('\n')}\n`)
  }
  const differences =
    compare('operations', readRows(OPERATIONS), operations) +
    compare('properties', readRows(PROPERTIES).map(keyOf), properties)
  process.exitCode = differences === 0 ? 0 : 1
}
