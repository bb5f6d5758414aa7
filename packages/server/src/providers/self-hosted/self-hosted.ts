import type { ProviderAdapter, ProviderTarget } from '../adapter.ts'
import { createApiKeyReader } from '../credentials/api-key.ts'
import { createShaped, OPENAI_PATHS } from '../openai/shaped.ts'
import type { AdapterOptions } from '../options.ts'
import { createTransport } from '../transport/index.ts'
import { fillToolCallIds, fillToolCallIdsOfStream } from './tool-call-ids.ts'

/** What their OpenAI doors have. Responses are left out: what they keep of them is theirs to say. */
const ENDPOINTS: ReadonlySet<string> = new Set(['chat.completions', 'completions', 'embeddings'])

/**
 * vLLM, Ollama and llama.cpp in our own network, by their doors of OpenAI's protocol. Ids that a
 * tool call lacks are filled in, so that a client can answer it. Throws `provider.address-refused` for an address that may not be reached.
 */
export function createSelfHosted(target: ProviderTarget, options: AdapterOptions = {}): ProviderAdapter {
  const transport = createTransport({ ...target, baseUrl: target.baseUrl ?? '' }, options)
  const readKey =
    target.apiKeyFile === undefined ? undefined : createApiKeyReader(options.secretsDir, target.apiKeyFile)
  return createShaped(transport, {
    pathOf: (endpoint) => (ENDPOINTS.has(endpoint) ? `${transport.basePath}${OPENAI_PATHS.get(endpoint)}` : undefined),
    dialect: { readWhole: fillToolCallIds, readStream: fillToolCallIdsOfStream },
    ...(readKey && { headers: async () => ({ authorization: `Bearer ${await readKey()}` }) }),
  })
}
