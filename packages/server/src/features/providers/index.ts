export type { Provider, ProviderService } from './types.ts'
