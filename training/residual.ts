/**
 * Trains the second detector's model: npm run train:residual
 * Writes packages/deid/data/residual.bin, the same bytes from the same sources: no data folder, no first detector, none of its
 * rules or lists, and no text of a bench. With --check it writes nothing and says whether the file is what the sources make.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { packResidualModel } from '@breakwater/deid/residual-training'
import { follow, hashRecipe, RECIPE } from './residual-recipe.ts'

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    out: { type: 'string', default: join(import.meta.dirname, '../packages/deid/data/residual.bin') },
  },
})
const { weights, thresholds } = follow(RECIPE, console.log)
const bytes = packResidualModel(weights, thresholds, hashRecipe())
if (!values.check) writeFileSync(values.out, bytes)
else if (Buffer.compare(bytes, readFileSync(values.out)) !== 0) {
  console.error('the file is not what the sources make')
  process.exitCode = 1
} else console.log('the file is what the sources make')
