export { freezeRoutes } from './routes.ts'
export { createFreezeService } from './service.ts'
export { createFreezeStore } from './store.ts'
export type { FreezeService } from './types.ts'
