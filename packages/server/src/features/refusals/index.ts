export { createRefusals } from './refusals.ts'
export { createRefusalStore } from './store.ts'
