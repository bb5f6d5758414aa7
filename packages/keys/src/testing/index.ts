export { flip, makeEnclave } from './attestation.ts'
export type { DocumentOptions, TestEnclave } from './attestation.ts'
