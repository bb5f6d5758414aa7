export type { CrossingDeps, CrossingLimits } from './deps.ts'
export { crossingRoutes, directCrossing } from './routes.ts'
