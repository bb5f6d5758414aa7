import { PROVIDER_KINDS, providerInputSchema } from '@breakwater/contract'
import type { ProviderRecord } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { FILE_OPTION, readBody } from '../api/input.ts'
import type { Command } from '../command.ts'
import { formatColumns } from '../io/format.ts'
import type { Style } from '../style.ts'
import { describeRecord } from './record.ts'

const FIELD_OPTIONS = {
  kind: 'kind',
  baseUrl: 'base-url',
  isInternal: 'internal',
  allowedAddresses: 'address',
  apiKeyFile: 'api-key-file',
  pins: 'pin',
  allowsTls12: 'allow-tls12',
  vendor: 'vendor',
  service: 'service',
  region: 'region',
  models: 'model',
  settings: 'set',
  upstreamModels: 'upstream-model',
  fallbacks: 'fallback',
}

export const providerCommands: readonly Command[] = [
  createApiCommand({
    name: 'provider list',
    summary: 'the model providers',
    options: {},
    async tell(client, _given, style) {
      const { providers } = await client.call('listProviders')
      return { json: providers, lines: describeProviders(providers, style) }
    },
  }),
  createApiCommand({
    name: 'provider show',
    summary: 'one provider',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      const provider = await client.call('getProvider', { params: { id } })
      return { json: provider, lines: describeRecord(provider, style) }
    },
  }),
  createApiCommand({
    name: 'provider put',
    summary: 'add a provider, or record its next version',
    positionals: ['ID'],
    examples: [
      'provider put cloud --kind openai --base-url https://eu.api.openai.com/v1 --api-key-file openai-key --model gpt-x',
      'provider put ward --kind vllm --base-url https://10.20.30.40:8000/v1 --internal --address 10.20.30.40 --model llama',
      'provider put charts --kind mcp --base-url https://10.20.30.41/mcp --internal --address 10.20.30.41 --model charts',
    ],
    options: {
      kind: {
        type: 'string',
        choices: PROVIDER_KINDS,
        help: 'what it speaks',
        default: 'openai-compatible',
      },
      'base-url': { type: 'string', value: 'URL', help: 'up to and including /v1; of Azure without a path' },
      internal: { type: 'boolean', help: 'runs in your own network: http is allowed, and only at listed addresses' },
      address: { type: 'string', multiple: true, value: 'IP|CIDR', help: 'where an internal provider may be' },
      'api-key-file': { type: 'string', value: 'NAME', help: 'file in the server’s secrets folder that holds the key' },
      pin: { type: 'string', multiple: true, value: 'BASE64', help: 'SHA-256 of a public key that it may show' },
      vendor: { type: 'string', value: 'ID', help: 'whose service it is, where its address does not say' },
      service: { type: 'string', value: 'ID', help: 'which of the vendor’s services' },
      region: { type: 'string', value: 'PLACE', help: 'where it is served, e.g. us-east-1 or us' },
      'allow-tls12': { type: 'boolean', help: 'TLS 1.2 too; needs an exception on record' },
      model: { type: 'string', multiple: true, value: 'NAME', help: 'a model it serves' },
      'upstream-model': {
        type: 'string',
        multiple: true,
        value: 'NAME=UPSTREAM',
        help: 'how the provider calls a model: a deployment, a profile',
      },
      set: { type: 'string', multiple: true, value: 'NAME=VALUE', help: 'what its kind needs, such as region or auth' },
      fallback: {
        type: 'string',
        multiple: true,
        value: 'ID',
        help: 'asked when this one cannot; needs its own agreement',
      },
      file: FILE_OPTION,
    },
    async tell(client, given, style, terminal) {
      const [id = ''] = given.positionals
      const body = await readBody(providerInputSchema, given, terminal, {
        options: FIELD_OPTIONS,
        read: () => ({
          kind: given.text('kind'),
          baseUrl: given.text('base-url'),
          isInternal: given.has('internal'),
          allowedAddresses: given.list('address'),
          apiKeyFile: given.text('api-key-file'),
          pins: given.list('pin'),
          allowsTls12: given.has('allow-tls12'),
          vendor: given.text('vendor'),
          service: given.text('service'),
          region: given.text('region'),
          models: given.list('model'),
          upstreamModels: readPairs(given.list('upstream-model')),
          settings: readSettings(given.list('set')),
          fallbacks: given.list('fallback').map((provider) => ({ provider })),
        }),
      })
      const provider = await client.call('putProvider', { params: { id }, body })
      return { json: provider, lines: [style.good(`recorded, version ${provider.version}`)] }
    },
  }),
  createApiCommand({
    name: 'provider disable',
    summary: 'nothing goes to this provider any more',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('disableProvider', { params: { id } })
      return { json: { id, isDisabled: true }, lines: [style.good('disabled')] }
    },
  }),
]

/** `NAME=VALUE`s; one without `=` has an empty value, which the schema refuses. */
function readPairs(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=')
      return [name, value.join('=')]
    }),
  )
}

/** Betas are a list; all else is one value. */
function readSettings(pairs: readonly string[]): Record<string, unknown> {
  const { betas, ...settings } = readPairs(pairs)
  return { ...settings, ...(betas !== undefined && { betas: betas.split(',') }) }
}

function describeProviders(providers: readonly ProviderRecord[], style: Style): string[] {
  if (providers.length === 0) return [style.dim('no providers')]
  const rows = providers.map(({ id, version, kind, isInternal, isDisabled, baseUrl, models }) => [
    id,
    String(version),
    kind,
    isDisabled ? 'disabled' : isInternal ? 'internal' : 'external',
    baseUrl ?? 'built in',
    models.join(' '),
  ])
  const [header = '', ...lines] = formatColumns(rows, ['ID', 'VERSION', 'KIND', 'STATE', 'ADDRESS', 'MODELS'])
  return [style.dim(header), ...lines]
}
