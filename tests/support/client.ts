import { Agent, request } from 'node:https'
import type { IncomingHttpHeaders } from 'node:http'

export interface Call {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Ends the call from the client's side after so many milliseconds, or as soon as the answer begins. */
  readonly abortAfterMs?: number
  readonly abortOnAnswer?: boolean
}

/** What came back, also when it broke off: `isWhole` says which. Status 0: no answer at all. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly isWhole: boolean
}

export interface HttpsClient {
  send(path: string, call?: Call): Promise<Answer>
  close(): void
}

/**
 * HTTPS to one server, trusting one CA, with connections kept open. Paths go out as written. Never rejects: a server
 * that is killed in the middle is an outcome that these tests look at.
 */
export function createClient(origin: string, ca: string, maxConnections = 64): HttpsClient {
  const agent = new Agent({ ca, keepAlive: true, maxSockets: maxConnections })
  const { hostname, port } = new URL(origin)
  return {
    send: (path, { method = 'POST', headers = {}, body = '', abortAfterMs, abortOnAnswer } = {}) =>
      new Promise((resolve) => {
        const chunks: Buffer[] = []
        let status = 0
        let answered: IncomingHttpHeaders = {}
        const finish = (isWhole: boolean): void => {
          clearTimeout(timer)
          resolve({ status, headers: answered, body: Buffer.concat(chunks), isWhole })
        }
        const outgoing = request({ agent, hostname, port, path, method, headers }, (incoming) => {
          status = incoming.statusCode ?? 0
          answered = incoming.headers
          if (abortOnAnswer) outgoing.destroy()
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
          incoming.on('error', () => finish(false))
          incoming.on('close', () => finish(incoming.complete))
        })
        outgoing.on('error', () => finish(false))
        const timer = abortAfterMs === undefined ? undefined : setTimeout(() => outgoing.destroy(), abortAfterMs)
        outgoing.end(body)
      }),
    close: () => agent.destroy(),
  }
}
