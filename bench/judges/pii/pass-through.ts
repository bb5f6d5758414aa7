import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A gateway that does nothing: what comes goes on, what comes back goes back. A harness must not let it pass. */
export async function startPassThrough(upstreamPort: number): Promise<{ origin: string; close(): void }> {
  const server = createServer((incoming, response) => {
    const { method, url, headers } = incoming
    const outgoing = request(
      { host: '127.0.0.1', port: upstreamPort, method, path: url, headers: { ...headers, connection: 'close' } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    outgoing.on('error', () => response.destroy())
    incoming.pipe(outgoing)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${address.port}`, close: () => server.close() }
}
