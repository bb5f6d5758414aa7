import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { featurise, readMeddocan } from './featurise.ts'

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data/meddocan' },
    out: { type: 'string', default: 'spanish-arrays' },
  },
})
const tags = ['O']
mkdirSync(values.out, { recursive: true })
featurise(readMeddocan(join(values.data, 'train.gold.jsonl')), 'train', values.out, tags)
writeFileSync(join(values.out, 'tags.json'), JSON.stringify(tags))
