import type { ProviderAdapter, ProviderTarget } from './adapter.ts'
import { createApiKeyReader } from './credentials/api-key.ts'
import { createTransport } from './transport/index.ts'
import type { TransportOptions } from './transport/index.ts'

export interface AdapterOptions extends TransportOptions {
  /** Where files of API keys lie; without it a provider that needs one is refused. */
  readonly secretsDir?: string
}

/** Any server that speaks OpenAI's protocol. Throws `provider.address-refused` for an address that may not be reached. */
export function createOpenAiCompatible(target: ProviderTarget, options: AdapterOptions = {}): ProviderAdapter {
  const transport = createTransport({ ...target, baseUrl: target.baseUrl ?? '' }, options)
  const readKey =
    target.apiKeyFile === undefined ? undefined : createApiKeyReader(options.secretsDir, target.apiKeyFile)
  const path = `${transport.basePath}/chat/completions`
  return {
    send: async (body, sendOptions) =>
      transport.send(
        { path, body, ...(readKey && { headers: async () => ({ authorization: `Bearer ${await readKey()}` }) }) },
        sendOptions,
      ),
    close: async () => transport.close(),
  }
}
