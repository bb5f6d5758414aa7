export { batchRoutes } from './routes.ts'
export { createBatchService } from './service.ts'
export type { BatchService } from './service.ts'
export { createBatchStore } from './store.ts'
