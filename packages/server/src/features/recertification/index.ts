export { recertificationRoutes } from './routes.ts'
export { createRecertificationService } from './service.ts'
export { createRecertificationStore } from './store.ts'
export type { EntitlementSource, RecertificationService } from './types.ts'
