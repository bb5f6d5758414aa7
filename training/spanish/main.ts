import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { SPANISH_WEIGHTS } from '@breakwater/tagger'
import { featurise, readMeddocan } from './featurise.ts'

// The recipe in one command: node --conditions=breakwater-source training/spanish/main.ts [--data DIR] [--python FILE] [--out DIR].
// Features, training (python-crfsuite, ~1 minute of one core), packed weights, meta.json.

/** Chosen on the dev part; see CARD.md. */
const CHOSEN = { version: '1', nothing: 1, covers: 0.3, witnesses: 0.02 } as const

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data/meddocan' },
    arrays: { type: 'string', default: 'spanish-arrays' },
    python: { type: 'string', default: 'python3' },
    out: { type: 'string', default: SPANISH_WEIGHTS },
  },
})
const train = join(values.data, 'train.gold.jsonl')
const tags = ['O']
mkdirSync(values.arrays, { recursive: true })
featurise(readMeddocan(train), 'train', values.arrays, tags)
writeFileSync(join(values.arrays, 'tags.json'), JSON.stringify(tags))

const weights = join(values.out, 'crf.bin')
const { status } = spawnSync(values.python, [join(import.meta.dirname, 'train.py'), values.arrays, '--out', weights], {
  stdio: 'inherit',
})
if (status !== 0) throw new Error('training failed')

const digest = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')
const meta = {
  ...CHOSEN,
  sha256: digest(weights),
  trainedOn: {
    corpus: 'MEDDOCAN, train part (500 cases)',
    source: 'https://github.com/PlanTL-GOB-ES/SPACCC_MEDDOCAN',
    licence: 'CC BY 4.0',
    sha256: digest(train),
  },
  tags,
}
writeFileSync(join(values.out, 'meta.json'), `${JSON.stringify(meta, null, 2)}\n`)
