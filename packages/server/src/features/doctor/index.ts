export { examine } from './doctor.ts'
export { createDoctorStore } from './store.ts'
export type { Finding, Patient } from './types.ts'
