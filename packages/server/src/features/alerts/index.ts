export { alertRoutes } from './routes.ts'
export { createAlertService } from './service.ts'
export { createAlertStore } from './store.ts'
export type { AlertService } from './types.ts'
