export { legalBasisRoutes } from './routes.ts'
export { createLegalBasisService } from './service.ts'
export { createLegalBasisStore } from './store.ts'
export type { BasisInForce, LegalBasisService } from './types.ts'
