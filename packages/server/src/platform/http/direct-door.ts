import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { readCertificate } from './credentials.ts'
import type { RecordAccess } from './access.ts'
import type { Caller } from './env.ts'
import type { Exchange, WireAnswer } from './exchange.ts'
import { completeHeaders } from './headers.ts'
import { logFailure, toAppError, toOpenAiError } from './problem.ts'
import { rateLimited, UNKNOWN_ADDRESS } from './refusals.ts'
import type { RefusalGate } from './refusals.ts'
import { describeWait } from './wait.ts'

/** A route of OpenAI's namespace that most requests take. */
export interface DirectRoute {
  /** Of a POST, without a query. */
  readonly path: string
  readonly maxBodyBytes: number
  answer(exchange: Exchange, identify: (caller: Caller) => void): Promise<WireAnswer>
}

/** Takes a request, or says that the router shall have it. */
export type DirectDoor = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean

export interface DirectDoorDeps {
  readonly route: DirectRoute
  readonly gate: RefusalGate
  readonly log: Log
  readonly record: RecordAccess
}

const OK = 200
// A name or an address with its port. Whatever else a Host header holds is the router's to refuse.
const HOST = /^[A-Za-z0-9.:[\]-]+$/

/**
 * The shortest way from a socket to a route and back: no request, answer or headers of the web's are made. It takes plain
 * requests only, with each header once and a body of a declared length within the limit; for every other one the router
 * is there, which answers the same.
 */
export function createDirectDoor({ route, gate, log, record }: DirectDoorDeps): DirectDoor {
  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const startedMs = performance.now()
    const address = incoming.socket.remoteAddress ?? UNKNOWN_ADDRESS
    let caller: Caller | undefined
    const heldSeconds = gate.hold(address, incoming.headers.authorization)
    const settle = (error?: AppError): void => {
      const [status, durationMs] = [error?.status ?? OK, performance.now() - startedMs]
      record({ method: 'POST', route: route.path, status, code: error?.code, durationMs, caller })
    }
    const fail = (error: AppError, waitSeconds = 0): void => {
      settle(error)
      refuse(outgoing, error, waitSeconds)
    }
    if (heldSeconds > 0) return fail(rateLimited(), heldSeconds)
    try {
      const answer = await route.answer(createExchange(incoming, outgoing), (known) => {
        caller = known
      })
      gate.settle(address, caller, undefined)
      settle()
      await send(outgoing, answer)
    } catch (thrown) {
      const error = toAppError(thrown)
      logFailure(log, error)
      const waitSeconds = gate.settle(address, caller, error)
      if (waitSeconds > 0) fail(rateLimited(), waitSeconds)
      else fail(error)
    }
  }

  return (incoming, outgoing) => {
    if (!isPlain(incoming, route)) return false
    // Nothing is left to be said to a caller whose answer has begun.
    serve(incoming, outgoing).catch(() => outgoing.destroy())
    return true
  }
}

function isPlain({ method, url, headers, rawHeaders }: IncomingMessage, { path, maxBodyBytes }: DirectRoute): boolean {
  return (
    url === path &&
    method === 'POST' &&
    // What was sent twice is joined or dropped in ways that a reader and a checker could see differently.
    Object.keys(headers).length * 2 === rawHeaders.length &&
    HOST.test(headers.host ?? '') &&
    Number(headers['content-length'] ?? Number.NaN) <= maxBodyBytes
  )
}

function createExchange(incoming: IncomingMessage, outgoing: ServerResponse): Exchange {
  const { headers, socket } = incoming
  const { remoteAddress } = socket
  return {
    credentials: {
      method: 'POST',
      url: `https://${headers.host}${incoming.url}`,
      headers: {
        get: (name) => {
          const value = headers[name.toLowerCase()]
          return typeof value === 'string' ? value : null
        },
      },
      ...(remoteAddress !== undefined && { remoteAddress }),
      clientCertificate: () => readCertificate(socket),
    },
    readBytes: () => readDeclared(incoming),
    hasLeft: () => outgoing.destroyed && !outgoing.writableFinished,
    onLeave: (listener) => {
      outgoing.once('close', () => {
        if (!outgoing.writableFinished) listener()
      })
    },
  }
}

/** The HTTP parser reads no more than was declared, and that is within the limit. */
function readDeclared(incoming: IncomingMessage): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let isRead = false
    const fail = (cause?: unknown): void => {
      // Its stream closes behind every body: no error is made for that.
      if (isRead) return
      reject(new AppError('request.aborted', { message: 'the connection ended before the body did', cause }))
    }
    if (incoming.destroyed) return fail()
    incoming.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    incoming.on('end', () => {
      isRead = true
      const [only] = chunks
      resolve(chunks.length === 1 && only ? only : Buffer.concat(chunks))
    })
    incoming.on('error', fail)
    incoming.on('close', fail)
  })
}

function refuse(outgoing: ServerResponse, error: AppError, waitSeconds = 0): void {
  if (outgoing.headersSent) throw error
  write(outgoing, error.status, JSON.stringify(toOpenAiError(error)), {
    'content-type': 'application/json',
    ...describeWait(error),
    ...(waitSeconds > 0 && { 'retry-after': String(waitSeconds) }),
  })
}

function write(outgoing: ServerResponse, status: number, body: string, headers: WireAnswer['headers']): void {
  outgoing.writeHead(status, { ...completeHeaders(status, headers), 'content-length': Buffer.byteLength(body) })
  outgoing.end(body)
}

async function send(outgoing: ServerResponse, { body, headers }: WireAnswer): Promise<void> {
  if (typeof body === 'string') return write(outgoing, 200, body, headers)
  outgoing.writeHead(200, completeHeaders(200, headers))
  outgoing.flushHeaders()
  const reader = body.getReader()
  outgoing.once('close', () => void reader.cancel().catch(() => undefined))
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    if (!outgoing.write(read.value)) await drained(outgoing)
  }
  outgoing.end()
}

/** A reader that leaves drains nothing more: its stream is cancelled, and ends. */
async function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    outgoing.once('drain', resolve)
    outgoing.once('close', resolve)
  })
}
