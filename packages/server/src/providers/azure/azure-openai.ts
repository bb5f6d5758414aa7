import type { ProviderAdapter, ProviderTarget } from '../adapter.ts'
import { createApiKeyReader } from '../credentials/api-key.ts'
import { createEntraTokens } from '../credentials/entra/tokens.ts'
import { createShaped } from '../openai/shaped.ts'
import type { AdapterOptions } from '../options.ts'
import { createTransport } from '../transport/index.ts'
import type { UpstreamRequest } from '../transport/index.ts'

/** Paths that the resource has by one version, `v1`, where the model is the deployment's name. */
const V1_PATHS: ReadonlyMap<string, string> = new Map([
  ['chat.completions', '/openai/v1/chat/completions'],
  ['responses', '/openai/v1/responses'],
  ['completions', '/openai/v1/completions'],
  ['embeddings', '/openai/v1/embeddings'],
])
/** Below one deployment, by a dated version. */
const DATED_PATHS: ReadonlyMap<string, string> = new Map([
  ['chat.completions', '/chat/completions'],
  ['completions', '/completions'],
  ['embeddings', '/embeddings'],
])

const V1_SCOPE = 'https://ai.azure.com/.default'
const DATED_SCOPE = 'https://cognitiveservices.azure.com/.default'

/**
 * Azure OpenAI: version `v1` or a dated path, a key or a token of Entra. Throws `provider.address-refused` for an address
 * that may not be reached.
 */
export function createAzureOpenAi(target: ProviderTarget, options: AdapterOptions = {}): ProviderAdapter {
  const transport = createTransport({ ...target, baseUrl: target.baseUrl ?? '' }, options)
  const { apiVersion = 'v1' } = target.settings ?? {}
  const { basePath } = transport
  return createShaped(transport, {
    // Dated versions of before it came refuse the word, and keep nothing.
    hasStore: apiVersion === 'v1',
    pathOf: apiVersion === 'v1' ? (endpoint) => below(basePath, V1_PATHS.get(endpoint)) : datedPathOf,
    headers: createHeaders(target, apiVersion === 'v1' ? V1_SCOPE : DATED_SCOPE, options),
  })

  function datedPathOf(endpoint: string, model: string): string | undefined {
    const path = DATED_PATHS.get(endpoint)
    if (path === undefined) return undefined
    return `${basePath}/openai/deployments/${encodeURIComponent(model)}${path}?api-version=${apiVersion}`
  }
}

function below(basePath: string, path: string | undefined): string | undefined {
  return path === undefined ? undefined : basePath + path
}

function createHeaders(
  target: ProviderTarget,
  scope: string,
  options: AdapterOptions,
): NonNullable<UpstreamRequest['headers']> {
  if (target.settings?.auth === 'entra') {
    const readToken = createEntraTokens(target.settings, scope, options)
    return async () => ({ authorization: `Bearer ${await readToken()}` })
  }
  const readKey = createApiKeyReader(options.secretsDir, target.apiKeyFile ?? '')
  return async () => ({ 'api-key': await readKey() })
}
