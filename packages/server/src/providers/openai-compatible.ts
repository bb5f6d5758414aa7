import type { EndpointId } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { ProviderAdapter, ProviderTarget } from './adapter.ts'
import { createApiKeyReader } from './credentials/api-key.ts'
import { createTransport } from './transport/index.ts'
import type { TransportOptions } from './transport/index.ts'

export interface AdapterOptions extends TransportOptions {
  /** Where files of API keys lie; without it a provider that needs one is refused. */
  readonly secretsDir?: string
}

/** Behind the base URL. */
const PATHS: ReadonlyMap<EndpointId, string> = new Map([['chat.completions', '/chat/completions']])

/** Any server that speaks OpenAI's protocol. Throws `provider.address-refused` for an address that may not be reached. */
export function createOpenAiCompatible(target: ProviderTarget, options: AdapterOptions = {}): ProviderAdapter {
  const transport = createTransport({ ...target, baseUrl: target.baseUrl ?? '' }, options)
  const readKey =
    target.apiKeyFile === undefined ? undefined : createApiKeyReader(options.secretsDir, target.apiKeyFile)
  return {
    serves: (endpoint) => PATHS.has(endpoint),
    send: async ({ endpoint, body }, sendOptions) => {
      const path = PATHS.get(endpoint)
      if (path === undefined) throw unserved()
      return transport.send(
        {
          path: transport.basePath + path,
          body,
          ...(readKey && { headers: async () => ({ authorization: `Bearer ${await readKey()}` }) }),
        },
        sendOptions,
      )
    },
    close: async () => transport.close(),
  }
}

function unserved(): AppError {
  return new AppError('provider.rejected', { message: 'this provider does not serve the endpoint' })
}
