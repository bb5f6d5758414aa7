import type { ProviderKind } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { ProviderAdapter, ProviderTarget } from './adapter.ts'
import { createAnthropic } from './anthropic/index.ts'
import { createAzureOpenAi } from './azure/azure-openai.ts'
import { createBedrock } from './bedrock/index.ts'
import { createDemo } from './demo.ts'
import { createOpenAi } from './openai/openai.ts'
import { createMcp } from './mcp/mcp.ts'
import type { AdapterOptions } from './options.ts'
import { renameModel } from './rename-model.ts'
import { withResilience } from './resilience/resilient.ts'
import { createSelfHosted } from './self-hosted/self-hosted.ts'
import { createVertex } from './vertex/index.ts'

/** One adapter, with its connections, for each version of a provider's row. */
export interface ProviderAdapters {
  /** Throws `provider.address-refused` for a provider that may not be reached. */
  adapterFor(target: ProviderTarget): ProviderAdapter
  close(): Promise<void>
}

type CreateAdapter = (target: ProviderTarget, options: AdapterOptions) => ProviderAdapter

/** What this server can speak. A kind that is not here is refused when its row is put. */
const ADAPTERS: ReadonlyMap<ProviderKind, CreateAdapter> = new Map<ProviderKind, CreateAdapter>([
  ['anthropic', createAnthropic],
  ['azure-openai', createAzureOpenAi],
  ['bedrock', createBedrock],
  ['demo', createDemo],
  ['llama-cpp', createSelfHosted],
  ['mcp', createMcp],
  ['ollama', createSelfHosted],
  ['openai', createOpenAi],
  ['openai-compatible', createOpenAi],
  ['vertex', createVertex],
  ['vllm', createSelfHosted],
])

export function hasAdapter(kind: ProviderKind): boolean {
  return ADAPTERS.has(kind)
}

export function createProviderAdapters(options: AdapterOptions = {}): ProviderAdapters {
  const adapters = new Map<string, { readonly made: string; readonly adapter: ProviderAdapter }>()
  return {
    adapterFor(target) {
      const key = `${target.tenant}/${target.id}`
      const known = adapters.get(key)
      // An exception begins and ends without a new version of the row.
      const made = `${target.version}/${target.allowsTls12 === true}`
      if (known?.made === made) return known.adapter
      const adapter = createAdapter(target, options)
      // What still runs on the old one ends by itself; its idle connections close now.
      void known?.adapter.close()
      adapters.set(key, { made, adapter })
      return adapter
    },
    async close() {
      await Promise.all([...adapters.values()].map(async ({ adapter }) => adapter.close()))
    },
  }
}

function createAdapter(target: ProviderTarget, options: AdapterOptions): ProviderAdapter {
  const create = ADAPTERS.get(target.kind)
  if (!create) throw new AppError('provider.rejected', { message: 'this server has no adapter for this provider' })
  const adapter = withResilience(create(target, options))
  const { upstreamModels = {} } = target
  return Object.keys(upstreamModels).length === 0
    ? adapter
    : withModelNames(adapter, new Map(Object.entries(upstreamModels)))
}

/** Asks for a model by the name that the provider has for it. */
function withModelNames(adapter: ProviderAdapter, names: ReadonlyMap<string, string>): ProviderAdapter {
  return {
    ...adapter,
    send: async (call, options) => {
      const model = names.get(call.model)
      if (model === undefined) return adapter.send(call, options)
      return adapter.send({ ...call, model, body: renameModel(call.body, model) }, options)
    },
  }
}
