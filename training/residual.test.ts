import { readFileSync } from 'node:fs'
import { readResidualRecipe } from '@breakwater/deid/residual-training'
import { expect, test } from 'vitest'
import { hashRecipe } from './residual-recipe.ts'

test('the second detector that ships is what its training makes: settings, texts and every step (DI-21)', () => {
  const shipped = readFileSync(new URL('../packages/deid/data/residual.bin', import.meta.url))
  expect(Buffer.from(readResidualRecipe(shipped)).toString('hex'), 'train it again: npm run train:residual').toBe(
    Buffer.from(hashRecipe()).toString('hex'),
  )
})
