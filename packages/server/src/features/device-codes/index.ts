export { deviceRoutes } from './routes.ts'
export { createDeviceService } from './service.ts'
export { createDeviceCodeStore } from './store.ts'
export type { DeviceService } from './types.ts'
