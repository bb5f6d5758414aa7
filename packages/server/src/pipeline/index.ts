export type { CrossingDeps, CrossingLimits } from './deps.ts'
export { createTrimTally } from './minimise/tally.ts'
export { trimRecords } from './minimise/trim-body.ts'
export { crossingRoutes, directCrossing } from './routes.ts'
