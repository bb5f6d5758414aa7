import { X509Certificate, createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { readAuthorization } from './anthropic.ts'
import type { ServerEnv } from './env.ts'

/** What a request shows of who sends it. Nothing of it is believed until a scheme has checked it. */
export interface Credentials {
  readonly method: string
  /** Absolute, as the server was asked for it. */
  readonly url: string
  readonly headers: { get(name: string): string | null }
  /** Of the peer's end of the connection; never taken from a header. */
  readonly remoteAddress?: string
  /**
   * SHA-256 over the DER of the client certificate that the TLS handshake proved, in base64url (RFC 8705, `x5t#S256`), with
   * its SubjectAltName. Undefined without one, or when it does not chain to an authority of ours.
   */
  clientCertificate(): { readonly sha256: string; readonly subjectAltName: string | undefined } | undefined
}

/** Throws `auth.invalid` for a request with two credentials. */
export function readCredentials(c: Context<ServerEnv>): Credentials {
  const authorization = readAuthorization(c.req.path, (name) => c.req.header(name))
  // A request that came by no socket has no environment either.
  const env: Partial<HttpBindings> | undefined = c.env
  const socket = env?.incoming?.socket
  // Without a request of Node's, the call came from this process: not over a network. A socket that has lost its peer is
  // another matter and has no address.
  const remoteAddress = env?.incoming === undefined ? '::1' : socket?.remoteAddress
  return {
    method: c.req.method,
    url: c.req.url,
    headers: { get: (name) => (name.toLowerCase() === 'authorization' ? authorization : c.req.header(name)) ?? null },
    ...(remoteAddress !== undefined && { remoteAddress }),
    clientCertificate: () => readCertificate(socket),
  }
}

/** The certificate that the handshake of a connection proved. */
export function readCertificate(socket: Socket | undefined): ReturnType<Credentials['clientCertificate']> {
  const der = socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate()?.raw : undefined
  if (der === undefined) return undefined
  const sha256 = createHash('sha256').update(der).digest('base64url')
  return { sha256, subjectAltName: new X509Certificate(der).subjectAltName }
}
