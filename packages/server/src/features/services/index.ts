export { serviceRoutes } from './routes.ts'
export { createServiceClients } from './service.ts'
export { createServiceStore } from './store.ts'
export type { ClientKey, ServiceClient, ServiceClients } from './types.ts'
