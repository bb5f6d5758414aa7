import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { Server, ServerOptions } from 'node:https'
import { serve } from '@hono/node-server'
import { AppError } from '@breakwater/kernel'
import { tlsSettings } from '../tls/settings.ts'
import type { DirectDoor } from './direct-door.ts'

export interface TlsServerOptions {
  readonly fetch: Parameters<typeof serve>[0]['fetch']
  /** Asked before `fetch`. */
  readonly door?: DirectDoor
  readonly hostname: string
  /** 0 picks one. */
  readonly port: number
  /** PEM. */
  readonly certificate: string
  /** PEM. */
  readonly key: string
  /** TLS 1.2 too, because an exception is on record. */
  readonly allowsTls12?: boolean
  /** Told of every client that did not come to terms. */
  readonly onHandshakeFailure?: (error: Error) => void
  /** PEM of the authorities of client certificates. Left out: none is asked for. */
  readonly clientCa?: string
}

export interface RunningServer {
  readonly port: number
  /** For connections from now on; those that are open go on. */
  renew(identity: Pick<TlsServerOptions, 'certificate' | 'key' | 'allowsTls12'>): void
  /** Takes no more connections, lets requests in flight finish within the limit, then cuts them off. */
  drain(limitMs: number): Promise<void>
}

const HEADERS_TIMEOUT_MS = 10_000
// A whole request has to arrive within it: a client that sends a byte a minute holds a place for no longer.
const REQUEST_TIMEOUT_MS = 60_000
const KEEP_ALIVE_MS = 65_000
const MAX_HEADER_BYTES = 16_384

/**
 * HTTPS with TLS 1.3, or 1.2 by exception. Throws `config.invalid` when the port cannot be had.
 */
export async function startTlsServer(options: TlsServerOptions): Promise<RunningServer> {
  const { fetch, door, hostname, port, certificate, key, clientCa } = options
  const server = serve({
    fetch,
    hostname,
    port,
    createServer: door ? guardBy(door) : createServer,
    serverOptions: {
      cert: certificate,
      key,
      ...tlsSettings(options),
      // Who comes without one, or with one of another authority, may still have other credentials: what counts is whether the
      // handshake authorised it.
      ...(clientCa !== undefined && { ca: clientCa, requestCert: true, rejectUnauthorized: false }),
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
  }) as Server
  if (options.onHandshakeFailure) server.on('tlsClientError', options.onHandshakeFailure)
  if (!server.listening) {
    await once(server, 'listening').catch((cause: unknown) => {
      throw new AppError('config.invalid', { message: 'BREAKWATER_PORT: the port is taken or may not be used', cause })
    })
  }
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : port,
    renew(next) {
      server.setSecureContext({
        cert: next.certificate,
        key: next.key,
        ...tlsSettings(next),
        ...(clientCa !== undefined && { ca: clientCa }),
      })
    },
    async drain(limitMs) {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), limitMs)
      await closed
      clearTimeout(timer)
    },
  }
}

/** As `createServer`, for a listener that gets what the door does not take. */
function guardBy(door: DirectDoor): typeof createServer {
  return ((options: ServerOptions, listener: RequestListener) =>
    createServer(options, (incoming, outgoing) => {
      if (!door(incoming, outgoing)) listener(incoming, outgoing)
    })) as typeof createServer
}
