export { createSoftwareAuthenticator } from './authenticator.ts'
export { createBrowser } from './browser.ts'
export type { Browser } from './browser.ts'
