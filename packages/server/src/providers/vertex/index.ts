export { createVertex } from './adapter.ts'
export type { VertexOptions, VertexSettings } from './adapter.ts'
export type { VertexCredentials } from './credentials.ts'
export { regionsOfLocation } from './location.ts'
