export { createRefusals } from './refusals.ts'
