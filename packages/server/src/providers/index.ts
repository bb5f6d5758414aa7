export type { UpstreamAnswer } from './adapter.ts'
export { createProviderAdapters } from './registry.ts'
export type { ProviderAdapters } from './registry.ts'
