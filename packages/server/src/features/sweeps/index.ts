export { createSweepStore } from './store.ts'
export { createSweeps } from './sweeps.ts'
export type { Sweeps } from './sweeps.ts'
