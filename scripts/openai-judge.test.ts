import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findReason } from '../bench/judges/openai/reasons.ts'

test.for(['every-feature', 'phi-default'])(
  'each outcome that OpenAI’s own tests may have is on the list with a reason: %s',
  (name) => {
    const file = new URL(`../bench/judges/openai/expected/${name}.txt`, import.meta.url)
    const outcomes = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(outcomes.length).toBeGreaterThan(50)
    expect(outcomes.filter((outcome) => findReason(outcome) === undefined)).toEqual([])
  },
)

test('an outcome that nobody thought of has none', () => {
  expect(findReason('chat/completions create: POST /v1/chat/completions body.feature-refused /tools')).toBeUndefined()
  expect(findReason('chat/completions create: POST /v1/chat/completions provider.failed')).toBeUndefined()
})
