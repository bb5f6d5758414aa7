export { exceptionRoutes } from './routes.ts'
export { createExceptionService } from './service.ts'
export { createExceptionStore } from './store.ts'
export type { ExceptionService, RiskException } from './types.ts'
