export { createSeenOnce, hashOnce } from './seen-once.ts'
export type { SeenOnce } from './seen-once.ts'
export { createSeenOnceStore } from './store.ts'
export type { SeenOnceStore } from './store.ts'
