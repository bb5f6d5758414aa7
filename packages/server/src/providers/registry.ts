import type { ProviderKind } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { ProviderAdapter, ProviderTarget } from './adapter.ts'
import { createDemo } from './demo.ts'
import { createOpenAiCompatible } from './openai-compatible.ts'
import type { AdapterOptions } from './openai-compatible.ts'

/** One adapter, with its connections, for each version of a provider's row. */
export interface ProviderAdapters {
  /** Throws `provider.address-refused` for a provider that may not be reached. */
  adapterFor(target: ProviderTarget): ProviderAdapter
  close(): Promise<void>
}

/** What this server can speak. */
const ADAPTERS: ReadonlyMap<ProviderKind, typeof createOpenAiCompatible> = new Map([
  ['openai-compatible', createOpenAiCompatible],
])

export function hasAdapter(kind: ProviderKind): boolean {
  return kind === 'demo' || ADAPTERS.has(kind)
}

export function createProviderAdapters(options: AdapterOptions = {}): ProviderAdapters {
  const demo = createDemo()
  const adapters = new Map<string, { readonly made: string; readonly adapter: ProviderAdapter }>()
  return {
    adapterFor(target) {
      if (target.kind === 'demo') return demo
      const key = `${target.tenant}/${target.id}`
      const known = adapters.get(key)
      // An exception begins and ends without a new version of the row.
      const made = `${target.version}/${target.allowsTls12 === true}`
      if (known?.made === made) return known.adapter
      const create = ADAPTERS.get(target.kind)
      if (!create) throw new AppError('provider.rejected', { message: 'this server has no adapter for this provider' })
      const adapter = create(target, options)
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
