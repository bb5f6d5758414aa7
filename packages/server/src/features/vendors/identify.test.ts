import { describe, expect, test } from 'vitest'
import { identifyService } from './identify.ts'

type Row = Parameters<typeof identifyService>[0]

const AT = (baseUrl: string, rest: Partial<Row> = {}): Row => ({
  kind: 'openai-compatible',
  baseUrl,
  isInternal: false,
  ...rest,
})

describe('whose service a provider is, and where', () => {
  test.for<[string, Row, string, object]>([
    [
      'by its address',
      AT('https://api.openai.com/v1'),
      'gpt-4o',
      { vendor: 'openai', service: 'api', isOfVendor: true },
    ],
    [
      'by its address, whatever the row calls it',
      AT('https://api.openai.com/v1', { vendor: 'self-hosted', isInternal: true }),
      'gpt-4o',
      { vendor: 'openai', isOfVendor: true, isContradicted: true },
    ],
    [
      'by the place in its address',
      AT('https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1'),
      'openai.gpt-oss-120b-1:0',
      { vendor: 'aws', service: 'bedrock', region: 'us-east-1' },
    ],
    [
      'a profile of the world leaves its place (GW-11)',
      AT('https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1'),
      'global.anthropic.claude-sonnet-4',
      { region: 'global' },
    ],
    [
      'a profile of a continent as well, by the name that the vendor is called with (GW-11)',
      {
        kind: 'bedrock',
        isInternal: false,
        settings: { region: 'us-east-1', shape: 'mantle' },
        upstreamModels: { claude: 'us.anthropic.claude-x' },
      },
      'claude',
      { vendor: 'aws', service: 'bedrock-mantle', region: 'us', upstreamModel: 'us.anthropic.claude-x' },
    ],
    [
      'a row that names another place than the address',
      AT('https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1', { region: 'us-east-1' }),
      'm',
      { isContradicted: true },
    ],
    [
      'a row that narrows what the address leaves open',
      AT('https://acme.openai.azure.com/openai/v1', { region: 'eastus2' }),
      'm',
      { vendor: 'azure', service: 'openai', region: 'eastus2', isContradicted: false },
    ],
    ['a model of the house', AT('https://10.1.2.3/v1', { isInternal: true }), 'm', { isOfVendor: false }],
    [
      'an engine of the house by its kind',
      AT('https://10.1.2.3/v1', { kind: 'vllm', isInternal: true }),
      'm',
      { vendor: 'self-hosted', service: 'vllm', isOfVendor: false },
    ],
    ['a name that only ends like a vendor’s', AT('https://api.openai.com.example.org/v1'), 'm', { isOfVendor: false }],
  ])('%s', ([, row, model, found]) => {
    expect(identifyService(row, model)).toMatchObject(found)
  })
})
