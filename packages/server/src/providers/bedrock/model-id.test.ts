import { describe, expect, test } from 'vitest'
import { toModelPath, vendorOf } from './model-id.ts'

describe('the path of a model (GW-02)', () => {
  test.each(['', '../x', 'a?b', 'a b', 'a/../b', 'a%2Fb', 'a\nb'])('refuses what is no id: %j', (id) => {
    expect(() => toModelPath(id, 'converse')).toThrow(expect.objectContaining({ code: 'provider.rejected' }))
  })

  test('keeps an ARN in one segment', () => {
    expect(toModelPath('arn:aws:bedrock:us-west-2::foundation-model/meta.llama3-70b-instruct-v1:0', 'invoke')).toBe(
      '/model/arn%3Aaws%3Abedrock%3Aus-west-2%3A%3Afoundation-model%2Fmeta.llama3-70b-instruct-v1%3A0/invoke',
    )
  })
})

test.each([
  ['global.anthropic.claude-opus-4-5-20251101-v1:0', 'anthropic'],
  ['meta.llama3-70b-instruct-v1:0', 'meta'],
  ['arn:aws:bedrock:us-west-2::foundation-model/meta.llama3-70b-instruct-v1:0', 'meta'],
])('the vendor of %s is %s', (id, vendor) => {
  expect(vendorOf(id)).toBe(vendor)
})
