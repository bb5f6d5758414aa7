import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'

/** A request as it came: nothing of it is understood yet. */
export interface StrictRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** What is answered: a document, or a stream of pieces. */
export type StrictAnswer =
  | { readonly status: number; readonly document: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly status: 200; readonly pieces: readonly string[] }

/** A server on loopback that refuses what the real one refuses. */
export interface StrictServer {
  /** E.g. `http://127.0.0.1:4000`. */
  readonly origin: string
  readonly received: readonly StrictRequest[]
  close(): Promise<void>
}

export async function startStrictServer(answer: (request: StrictRequest) => StrictAnswer): Promise<StrictServer> {
  const received: StrictRequest[] = []
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '/', 'http://strict.example.org')
      const text = Buffer.concat(chunks).toString('utf8')
      const { method = '', headers } = incoming
      const request = { method, path: url.pathname, query: url.searchParams, headers, text }
      received.push(request)
      const answered = answer(request)
      if ('pieces' in answered) {
        outgoing.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
        for (const piece of answered.pieces) outgoing.write(piece)
        outgoing.end()
        return
      }
      outgoing
        .writeHead(answered.status, { 'content-type': 'application/json', ...answered.headers })
        .end(JSON.stringify(answered.document))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
