export { freezeRoutes } from './routes.ts'
export { createFreezeService } from './service.ts'
export { createFreezeStore } from './store.ts'
export type { Egress, FreezeService, Watched } from './types.ts'
