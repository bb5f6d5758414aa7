export { grantRoutes } from './routes.ts'
export { createGrantService } from './service.ts'
export { createGrantStore } from './store.ts'
export type { GrantService } from './types.ts'
