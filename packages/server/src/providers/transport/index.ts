export { ProviderError } from './provider-error.ts'
export { createTransport } from './transport.ts'
export type { TransportOptions } from './transport.ts'
export type { Transport, TransportTarget, UpstreamFailure, UpstreamRequest, WireDialect } from './types.ts'
