export { openTelemetry } from './open.ts'
export type { OpenTelemetry } from './open.ts'
export { NO_TELEMETRY } from './types.ts'
export type { CrossingEnd, CrossingTrace, Telemetry } from './types.ts'
