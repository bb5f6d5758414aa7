export type { Actor, IssuedToken, Principal, PrincipalService } from './types.ts'
