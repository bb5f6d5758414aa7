export { createBedrock } from './adapter.ts'
export type { BedrockCredentials, BedrockOptions, BedrockSettings } from './adapter.ts'
export { regionsOf } from './model-id.ts'
export type { ModelRegions } from './model-id.ts'
