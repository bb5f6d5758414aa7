import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeTinyModel, TINY_MODEL_SHA256 } from './tiny-model.ts'

test('the tiny model is the same file on every machine', () => {
  const model = makeTinyModel()
  expect(model).toHaveLength(476_128)
  expect(createHash('sha256').update(model).digest('hex')).toBe(TINY_MODEL_SHA256)
})
