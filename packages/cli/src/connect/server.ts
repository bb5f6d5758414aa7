import { Agent, request } from 'node:https'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { AppError } from '@breakwater/kernel'

/** The server at the other end, over TLS 1.3, by connections that are kept open. */
export interface ServerLink {
  readonly origin: string
  /** Resolves with the head of the answer. Rejects with `provider.failed` when there is none. */
  send(message: Outgoing): Promise<IncomingMessage>
  close(): void
}

interface Outgoing {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body?: Readable | string
  readonly signal?: AbortSignal
}

export interface ServerLinkOptions {
  readonly origin: string
  /** PEM of the only authorities that are trusted. Left out: those of the system. */
  readonly ca?: string
  /** Client certificate and its key, PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string }
}

const MAX_SOCKETS = 256

export function createServerLink({ origin, ca, certificate }: ServerLinkOptions): ServerLink {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    minVersion: 'TLSv1.3',
    ...(ca !== undefined && { ca }),
    ...certificate,
  })
  return {
    origin,
    send: ({ method, path, headers, body, signal }) =>
      new Promise((resolve, reject) => {
        const sent = request(new URL(path, origin), { agent, method, headers, ...(signal && { signal }) }, (answer) => {
          if (body !== undefined && typeof body !== 'string') stopSending(sent, body, answer)
          resolve(answer)
        })
        const fail = (cause: unknown): void => {
          reject(new AppError('provider.failed', { message: describeFailure(cause), cause }))
        }
        sent.on('error', fail)
        if (body === undefined || typeof body === 'string') {
          sent.end(body)
          return
        }
        body.on('error', (cause) => sent.destroy(cause))
        body.pipe(sent)
      }),
    close: () => agent.destroy(),
  }
}

/** A server that refuses may not read on: what is still sent would break the connection before its answer is read. */
export function stopSending(sent: ClientRequest, body: Readable, answer: IncomingMessage): void {
  if ((answer.statusCode ?? 0) < 400 || sent.writableEnded) return
  body.unpipe(sent)
  answer.once('close', () => sent.destroy())
}

function describeFailure(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer'
  return `the server cannot be reached: ${code}`
}

const MAX_SMALL_BYTES = 65_536

/** A short answer as JSON; an empty object for anything else. */
export async function readSmallJson(answer: Readable): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer) {
    bytes += Buffer.byteLength(chunk)
    if (bytes > MAX_SMALL_BYTES) return {}
    chunks.push(Buffer.from(chunk))
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString())
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
