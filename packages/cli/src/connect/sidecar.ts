import { once } from 'node:events'
import { chmod, unlink } from 'node:fs/promises'
import { createServer } from 'node:http'
import { AppError } from '@breakwater/kernel'
import { answerLocal, forward } from './forward.ts'
import type { ForwardDeps } from './forward.ts'
import { createLocalGuard } from './local-guard.ts'

export interface SidecarOptions extends ForwardDeps {
  /** Where to listen: a port of this machine, or a unix socket of this account. */
  readonly place: { readonly host: string; readonly port: number } | { readonly socket: string }
  /** Left out: whoever reaches the socket may use it. */
  readonly localToken?: string
}

export interface Sidecar {
  /** Of TCP; undefined on a socket. */
  readonly port?: number
  /** Takes no more, lets what is under way finish within the limit, then cuts it off. */
  drain(limitMs: number): Promise<void>
}

const HEADERS_TIMEOUT_MS = 10_000

/** Listens on this machine alone and passes requests on. Throws `config.invalid` when the place cannot be had. */
export async function startSidecar({ place, localToken, ...deps }: SidecarOptions): Promise<Sidecar> {
  const isSocket = 'socket' in place
  const findRefusal = createLocalGuard(localToken, isSocket)
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: 0 }, (incoming, outgoing) => {
    const refusal = findRefusal(incoming)
    if (refusal) answerLocal(outgoing, refusal)
    else void forward(incoming, outgoing, deps)
  })
  if (isSocket) server.listen(place.socket)
  else server.listen(place.port, place.host)
  await once(server, 'listening').catch((cause: unknown) => {
    const message = isSocket ? '--socket: the file exists or may not be made' : '--port: the port is taken'
    throw new AppError('config.invalid', { message, cause })
  })
  if (isSocket) await chmod(place.socket, 0o600)
  const address = server.address()
  return {
    ...(typeof address === 'object' && address && { port: address.port }),
    async drain(limitMs) {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), limitMs)
      await closed
      clearTimeout(timer)
      if (isSocket) await unlink(place.socket).catch(() => undefined)
      deps.link.close()
    },
  }
}
