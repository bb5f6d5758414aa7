import { createServer, request as openRequest } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { KekFault } from './kek-contract.ts'

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

export interface FrontOptions {
  /** The service, when nothing is wrong. */
  readonly listener: RequestListener
  /** How this service says it. */
  readonly answers: Readonly<Record<'denied' | 'garbage' | 'throttled', Answer>>
  readonly tls?: { readonly cert: string; readonly key: string }
}

/** A key service on loopback that can be told to misbehave. */
export interface Front {
  /** Without a slash at its end. */
  readonly url: string
  /** Requests that came, answered or not. */
  requestCount(): number
  /** With `path`, only requests whose address holds it. */
  inject(fault: KekFault | Answer, path?: string): void
  heal(): void
  close(): Promise<void>
}

/** Listens on a free port of 127.0.0.1 and passes to the listener what no fault takes. */
export async function startFront({ listener, answers, tls }: FrontOptions): Promise<Front> {
  let fault: KekFault | Answer | undefined
  let only = ''
  let count = 0
  const sockets = new Set<Socket>()
  const handle: RequestListener = (request, response) => {
    count += 1
    if (fault === undefined || !request.url?.includes(only)) listener(request, response)
    else if (fault === 'unreachable') request.socket.destroy()
    else if (fault !== 'stalled') send(response, typeof fault === 'string' ? answers[fault] : fault)
  }
  const server: Server = tls ? createTlsServer({ ...tls, minVersion: 'TLSv1.3' }, handle) : createServer(handle)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requestCount: () => count,
    inject(next, path = '') {
      fault = next
      only = path
    },
    heal() {
      // What was stalled is let go, or it would hold the server open.
      if (fault === 'stalled') cut()
      fault = undefined
    },
    async close() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()))
      cut()
      await closed
    },
  }
}

/** A listener that hands each request to a service behind it. */
export function forwardTo(origin: string): RequestListener {
  return (request, response) => {
    const { method, headers, url = '/' } = request
    const passed = openRequest(`${origin}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    request.pipe(passed)
  }
}

export function send(response: Parameters<RequestListener>[1], { status, headers = {}, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}

/** The whole body of a request, at most 1 MiB. */
export async function readBody(request: Parameters<RequestListener>[0]): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > 1_048_576) throw new RangeError('the body is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
