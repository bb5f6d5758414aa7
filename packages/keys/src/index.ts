export { createLocalKeyring } from './local-keyring.ts'
export type { LocalKeyring, LocalKeyringOptions } from './local-keyring.ts'
export { createLocalLogSigner } from './local-log-signer.ts'
export type { LocalLogSignerOptions } from './local-log-signer.ts'
