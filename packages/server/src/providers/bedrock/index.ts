export { createBedrock } from './adapter.ts'
