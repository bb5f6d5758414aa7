import { createReadStream, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { createTextEngine } from '@breakwater/deid'

// The rules and dictionaries alone, without a tagger, for the comparison in docs/tagger.md:
// `node --conditions=breakwater-source training/rules.ts LINES.jsonl > OUT.jsonl`.
const file = process.argv[2]
if (file === undefined)
  throw new Error('usage: node --conditions=breakwater-source training/rules.ts LINES.jsonl > OUT.jsonl')
const gazetteer = readFileSync(createRequire(import.meta.url).resolve('@breakwater/deid/gazetteer.bin'))
const engine = createTextEngine({ gazetteer })
for await (const row of createInterface({ input: createReadStream(file, 'utf8') })) {
  if (row === '') continue
  const { id, text }: { id: string; text: string } = JSON.parse(row)
  const spans = engine.detect(text).map(({ start, end, class: phiClass }) => ({ start, end, class: phiClass }))
  process.stdout.write(`${JSON.stringify({ id, spans })}\n`)
}
