import type { ProviderAdapter, ProviderTarget } from '../adapter.ts'
import { createApiKeyReader } from '../credentials/api-key.ts'
import type { AdapterOptions } from '../options.ts'
import { createTransport } from '../transport/index.ts'
import { createShaped, OPENAI_PATHS } from './shaped.ts'

/**
 * OpenAI, and any server that speaks its protocol: a bearer key, and whom use is counted for. Throws
 * `provider.address-refused` for an address that may not be reached.
 */
export function createOpenAi(target: ProviderTarget, options: AdapterOptions = {}): ProviderAdapter {
  const transport = createTransport({ ...target, baseUrl: target.baseUrl ?? '' }, options)
  const readKey =
    target.apiKeyFile === undefined ? undefined : createApiKeyReader(options.secretsDir, target.apiKeyFile)
  const { organization, project } = target.settings ?? {}
  const counted = {
    ...(organization !== undefined && { 'openai-organization': organization }),
    ...(project !== undefined && { 'openai-project': project }),
  }
  return createShaped(transport, {
    hasStore: target.kind === 'openai',
    pathOf: (endpoint) => {
      const path = OPENAI_PATHS.get(endpoint)
      return path === undefined ? undefined : transport.basePath + path
    },
    ...(readKey && { headers: async () => ({ authorization: `Bearer ${await readKey()}`, ...counted }) }),
  })
}
