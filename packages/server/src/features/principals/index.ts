export { principalRoutes } from './routes.ts'
export { createPrincipalService } from './service.ts'
export { createPrincipalStore } from './store.ts'
export type { IssuedToken, Principal, PrincipalService } from './types.ts'
