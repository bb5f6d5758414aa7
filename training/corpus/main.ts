import { createWriteStream, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { freeze } from './frozen.ts'
import { type CorpusLine, generateDocument } from './generate.ts'
import { createSource } from './source.ts'
import { type Split, SPLITS } from './split.ts'
import { tabulate } from './tabulate.ts'

const USAGE = `corpus generate --split train|calibrate|test [--count N] [--seed S] [--data DIR] [--out FILE.jsonl]
corpus counts   --split ...   the same, but prints the table of spans only
corpus show     --kind K --split ...   a few documents, spans in brackets
corpus freeze   [--data DIR]   writes frozen.json
--recase        texts in capitals and in small letters by turns, whatever their noise`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    split: { type: 'string', default: 'train' },
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: 'corpus-1' },
    data: { type: 'string' },
    out: { type: 'string' },
    kind: { type: 'string' },
    recase: { type: 'boolean', default: false },
  },
})

function readSplit(text: string): Split {
  const split = SPLITS.find((one) => one === text)
  if (!split) throw new RangeError('--split is train, calibrate or test')
  return split
}

/** The text with each span as `[CLASS surface]`. */
function mark({ text, spans }: CorpusLine): string {
  let marked = ''
  let at = 0
  for (const span of spans) {
    marked += `${text.slice(at, span.start)}[${span.class}${span.role === 'unknown' ? '' : `/${span.role}`} ${text.slice(span.start, span.end)}]`
    at = span.end
  }
  return marked + text.slice(at)
}

/** The same line in capitals or small letters, where that leaves every offset as it is. */
function recase(line: CorpusLine, toCapitals: boolean): CorpusLine {
  const text = toCapitals ? line.text.toUpperCase() : line.text.toLowerCase()
  return text.length === line.text.length ? { ...line, text } : line
}

const [verb] = positionals
const source = createSource(readSplit(values.split), values.seed, values.data)
const only =
  values.kind === undefined ? source : { ...source, kinds: source.kinds.filter(([kind]) => kind === values.kind) }
const count = Number(values.count)

if (verb === 'generate') {
  const out = values.out === undefined ? process.stdout : createWriteStream(values.out)
  for (let i = 0; i < count; i++) {
    const line = generateDocument(only, i)
    if (!out.write(`${JSON.stringify(values.recase ? recase(line, i % 2 === 0) : line)}\n`))
      await new Promise<void>((resolve) => out.once('drain', () => resolve()))
  }
  if (out !== process.stdout) out.end()
} else if (verb === 'counts') {
  console.log(tabulate(Array.from({ length: count }, (_, i) => generateDocument(only, i))))
} else if (verb === 'show') {
  for (let i = 0; i < count; i++) {
    const line = generateDocument(only, i)
    console.log(`\n=== ${line.id} ${line.kind} ${line.formats} ${line.noise}\n${mark(line)}`)
  }
} else if (verb === 'freeze') {
  // Once, before the first training run: afterwards the file only proves that the test has not changed.
  writeFileSync(new URL('frozen.json', import.meta.url), `${JSON.stringify(freeze(values.data), null, 2)}\n`)
} else {
  console.error(USAGE)
  process.exitCode = 2
}
