import { describe, expect, test } from 'vitest'
import { servedRegion } from './regions.ts'

describe('where a model of Bedrock is served (GW-02)', () => {
  test.each([
    ['anthropic.claude-3-haiku-20240307-v1:0', 'eu-west-1'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'us'],
    ['us-gov.anthropic.claude-3-5-sonnet-20240620-v1:0', 'us'],
    ['apac.anthropic.claude-3-5-sonnet-20240620-v1:0', 'apac'],
    ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', 'global'],
    ['arn:aws:bedrock:us-west-2::foundation-model/meta.llama3-70b-instruct-v1:0', 'us-west-2'],
    ['arn:aws:bedrock:us-west-2:123456789012:provisioned-model/abc', 'us-west-2'],
    ['arn:aws:bedrock:eu-west-1:123456789012:inference-profile/global.amazon.nova-pro-v1:0', 'global'],
    ['arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0', 'eu'],
    ['arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc', undefined],
    ['arn:aws:bedrock:eu-west-1:123456789012:prompt-router/abc', undefined],
    ['arn:aws:sagemaker:eu-west-1:123456789012:endpoint/abc', undefined],
  ])('%s: %s', (model, place) => {
    expect(servedRegion('eu-west-1', model, 'bedrock')).toBe(place)
  })
})
