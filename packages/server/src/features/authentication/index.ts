export { createAuthenticator } from './authenticator.ts'
export { createTokenScheme } from './token-scheme.ts'
export type { AuthenticationScheme, Authenticator } from './types.ts'
