// What judges outside this package use of its tests' tools: a second replica, people who sign in, services that sign.
export type { App } from '../app.ts'
export { createApp, HOME_TENANT } from '../app.ts'
export { loadTextEngine } from '../startup/engine.ts'
export { seedPolicy } from '../startup/seed.ts'
export { createSoftwareAuthenticator } from './authenticator.ts'
export { createBrowser, signInAs } from './browser.ts'
export type { Browser } from './browser.ts'
export { createTestService, makeKey, TOKEN_URL } from './service.ts'
