export type { CrossingDeps, CrossingLimits } from './deps.ts'
export { crossingRoutes } from './routes.ts'
