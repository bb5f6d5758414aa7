import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { once } from './once.ts'
import { createTlsAgent } from './tls.ts'

interface JsonRequest {
  readonly method: 'GET' | 'POST'
  /** Below the endpoint, without its first slash. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly signal: AbortSignal
}

export interface JsonAnswer {
  readonly status: number
  /** The service's word: an outsider's. Undefined where there is none, or it is not JSON. */
  readonly body: unknown
}

export interface JsonClient {
  /** Throws the error of the connection or of an answer without end. A status is an answer, whichever it is. */
  send(request: JsonRequest): Promise<JsonAnswer>
  close(): Promise<void>
}

/** Longer than any answer of a key service about one key. */
const MAX_ANSWER_BYTES = 65_536

/** An answer that no key service gives. */
class TooLongError extends Error {}

/** JSON to one origin and no other: redirects are answers, proxies of the environment are not asked. */
export function createJsonClient(endpoint: URL, caFile: string | undefined): JsonClient {
  const isPlain = endpoint.protocol === 'http:'
  const base = endpoint.href.replace(/\/?$/, '/')
  const agent = once(async () => (isPlain ? new HttpAgent({ keepAlive: true }) : createTlsAgent(caFile)))
  return {
    async send({ method, path, headers, body, signal }) {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        void agent().then((made) => {
          const open = isPlain ? httpRequest : httpsRequest
          const content = text === undefined ? {} : { 'content-type': 'application/json' }
          const request = open(base + path, { method, agent: made, signal, headers: { ...headers, ...content } })
          request.once('response', resolve).on('error', reject).end(text)
        }, reject)
      })
      return { status: response.statusCode ?? 0, body: parse(await readAll(response)) }
    },
    async close() {
      const made = await agent.ifMade()
      made?.destroy()
    },
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_ANSWER_BYTES) throw new TooLongError('the answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
