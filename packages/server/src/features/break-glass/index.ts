export { breakGlassRoutes } from './routes.ts'
export { createBreakGlassService } from './service.ts'
export { createBreakGlassStore } from './store.ts'
export type { BreakGlassService } from './types.ts'
