export { keyReleaseRoutes } from './routes.ts'
export { createKeyReleaseService } from './service.ts'
export { createChallengeStore } from './store.ts'
export type { KeyReleaseService } from './types.ts'
