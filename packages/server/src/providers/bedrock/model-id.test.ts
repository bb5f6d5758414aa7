import { describe, expect, test } from 'vitest'
import { regionsOf, toModelPath, vendorOf } from './model-id.ts'

describe('where a model may run (GW-02)', () => {
  test.each([
    ['anthropic.claude-3-haiku-20240307-v1:0', 'region', ['eu-west-1']],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'geography', ['us']],
    ['eu.amazon.nova-pro-v1:0', 'geography', ['eu']],
    ['us-gov.anthropic.claude-3-5-sonnet-20240620-v1:0', 'geography', ['us-gov']],
    ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', 'global', []],
    ['arn:aws:bedrock:us-west-2::foundation-model/meta.llama3-70b-instruct-v1:0', 'region', ['us-west-2']],
    ['arn:aws:bedrock:us-west-2:123456789012:provisioned-model/abc', 'region', ['us-west-2']],
    ['arn:aws:bedrock:eu-west-1:123456789012:inference-profile/global.amazon.nova-pro-v1:0', 'global', []],
    ['arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0', 'geography', ['eu']],
    ['arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc', 'unknown', []],
    ['arn:aws:bedrock:eu-west-1:123456789012:prompt-router/abc', 'unknown', []],
    ['arn:aws:sagemaker:eu-west-1:123456789012:endpoint/abc', 'unknown', []],
  ])('%s: %s', (id, scope, names) => {
    expect(regionsOf(id, 'eu-west-1')).toEqual({ scope, names })
  })
})

describe('the path of a model', () => {
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
