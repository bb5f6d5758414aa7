import { getCACertificates, TLSSocket } from 'node:tls'
import { buildConnector, Pool } from 'undici'
import { findHandshakeFailure } from '../../platform/tls/handshakes.ts'
import { createPinCheck } from '../../platform/tls/pins.ts'
import { tlsSettings } from '../../platform/tls/settings.ts'
import { createAddressCheck, createPinnedLookup, requireAllowedHost } from './addresses.ts'
import type { Resolve } from './addresses.ts'
import type { HandshakeWatch } from './handshakes.ts'
import type { TransportTarget } from './types.ts'

export interface PoolOptions {
  /** PEM of further authorities that a provider's certificate may chain to. */
  readonly providerCa?: string
  /** Is told how handshakes end. */
  readonly handshakes?: Pick<HandshakeWatch, 'failed' | 'agreed'>
  readonly maxConnections?: number
  readonly connectTimeoutMs?: number
  /** Without it the system's resolver. */
  readonly resolve?: Resolve
}

const MAX_CONNECTIONS = 128
const CONNECT_TIMEOUT_MS = 10_000
const KEEP_ALIVE_MS = 30_000

export interface ProviderPool {
  readonly pool: Pool
  /** Whether an error came before there was a connection: then nothing was sent. */
  readonly isUnconnected: (error: unknown) => boolean
}

/**
 * Connections to one origin at checked addresses: resolved by us, pinned, without redirects and without the environment's
 * proxies. Throws `provider.address-refused` for a host that is itself an address outside the check.
 */
export function createProviderPool(url: URL, target: TransportTarget, options: PoolOptions): ProviderPool {
  const { maxConnections = MAX_CONNECTIONS, connectTimeoutMs = CONNECT_TIMEOUT_MS, handshakes } = options
  const isAllowed = createAddressCheck(target.isInternal, target.allowedAddresses)
  requireAllowedHost(url.hostname, isAllowed)
  const connect = buildConnector({
    ...tlsSettings(target),
    ...(options.providerCa !== undefined && { ca: [...getCACertificates('default'), options.providerCa] }),
    lookup: createPinnedLookup(isAllowed, options.resolve),
    timeout: connectTimeoutMs,
    // Said, because NODE_TLS_REJECT_UNAUTHORIZED would have its way otherwise.
    rejectUnauthorized: true,
    allowH2: false,
    ...(target.pins && target.pins.length > 0 && { checkServerIdentity: createPinCheck(target.pins) }),
  })
  const unconnected = new WeakSet<Error>()
  const watched: buildConnector.connector = (connectOptions, callback) =>
    connect(connectOptions, (...[error, socket]) => {
      if (error) {
        // A handshake that fails would fail again.
        if (findHandshakeFailure(error) === undefined) unconnected.add(error)
        handshakes?.failed(target, error)
        callback(error, null)
        return
      }
      if (socket instanceof TLSSocket) handshakes?.agreed(target, socket.getProtocol())
      callback(null, socket)
    })
  const pool = new Pool(url.origin, {
    connect: watched,
    connections: maxConnections,
    keepAliveTimeout: KEEP_ALIVE_MS,
    allowH2: false,
  })
  return { pool, isUnconnected: (error) => error instanceof Error && unconnected.has(error) }
}
