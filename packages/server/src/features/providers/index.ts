export { providerRoutes } from './routes.ts'
export { createProviderService } from './service.ts'
export { createProviderStore } from './store.ts'
export type { ListedProvider, Provider, ProviderService } from './types.ts'
