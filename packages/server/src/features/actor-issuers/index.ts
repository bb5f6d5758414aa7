export { actorIssuerRoutes } from './routes.ts'
export { createActorIssuers } from './service.ts'
export { createActorIssuerStore } from './store.ts'
export type { ActorIssuers } from './types.ts'
