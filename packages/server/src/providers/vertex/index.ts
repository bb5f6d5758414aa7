export { createVertex } from './adapter.ts'
