import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError, ERROR_CODES } from '@breakwater/kernel'
import { checkSpans } from './check-spans.ts'
import { createGate } from './gate.ts'
import { HEADERS } from './headers.ts'
import type { Review } from './review.ts'
import type { Site } from './site.ts'

export interface ReviewServer {
  readonly port: number
  /** What to open. The token is in the fragment: no request holds it, and it works once. */
  address(): string
  close(): Promise<void>
}

export interface ServerOptions {
  readonly review: Review
  readonly site: Site
  /** The address was used twice: its session has ended, and there is a new address. */
  readonly onReused: (address: string) => void
}

const MAX_BODY_BYTES = 4 * 1024 * 1024
const NOTE_PATH = /^\/api\/notes\/(\d{1,6})$/
const TYPES = {
  html: 'text/html; charset=utf-8',
  script: 'text/javascript; charset=utf-8',
  style: 'text/css; charset=utf-8',
  json: 'application/json',
} as const

/** Serves the page on a port of this machine that the system picks. Writes no log. */
export async function startReviewServer({ review, site, onReused }: ServerOptions): Promise<ReviewServer> {
  let port = 0
  const cookieName = (): string => `breakwater-review-${port}`
  const gate = createGate(cookieName)
  const origin = (): string => `http://127.0.0.1:${port}`
  const address = (): string => `${origin()}/#${gate.token()}`
  const assets: Readonly<Record<string, readonly [string, string]>> = {
    '/': [TYPES.html, site.html],
    '/review.js': [TYPES.script, site.script],
    '/review.css': [TYPES.style, site.style],
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request
    // A name that somebody made resolve to this machine is not its own: DNS rebinding.
    if (headers.host !== `127.0.0.1:${port}`) return refuse(response, 403)
    const site_ = headers['sec-fetch-site']
    const isNavigation = method === 'GET' && url === '/'
    if (site_ !== undefined && site_ !== 'same-origin' && !isNavigation) return refuse(response, 403)
    if (method !== 'GET' && headers.origin !== origin()) return refuse(response, 403)
    const asset = assets[url]
    if (method === 'GET' && asset) return send(response, 200, asset[0], asset[1])
    if (method === 'POST' && url === '/session') return openSession(request, response)
    if (!gate.isOwn(headers)) return refuse(response, 401)
    sendJson(response, await handle(request, method, url))
  }

  async function openSession(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { token } = await readJson(request)
    const traded = gate.trade(typeof token === 'string' ? token : '', request.headers)
    if (traded === 'reused') onReused(address())
    if (typeof traded === 'string') return refuse(response, 401)
    response.setHeader('set-cookie', `${cookieName()}=${traded.cookie}; HttpOnly; SameSite=Strict; Path=/`)
    sendJson(response, { key: traded.key })
  }

  async function handle(request: IncomingMessage, method: string, url: string): Promise<unknown> {
    const index = NOTE_PATH.exec(url)?.[1]
    if (method === 'GET' && url === '/api/review') return review.list()
    if (method === 'GET' && index !== undefined) return review.view(Number(index))
    if (method === 'PUT' && index !== undefined) {
      const { spans, isAccepted } = await readJson(request)
      const units = review.unitsOf(Number(index))
      return review.correct(Number(index), { spans: checkSpans(spans, units), isAccepted: isAccepted === true })
    }
    if (method === 'POST' && url === '/api/gold') return { documents: await review.exportGold() }
    throw new AppError('route.unknown', { message: 'no such path' })
  }

  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else if (error instanceof AppError) sendProblem(response, error)
      // What went wrong may quote a note.
      else sendProblem(response, new AppError('internal', { message: 'failed unexpectedly' }))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  port = (server.address() as AddressInfo).port
  return {
    port,
    address,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  if (request.headers['content-type'] !== TYPES.json) {
    throw new AppError('body.media-refused', { message: `content-type must be ${TYPES.json}` })
  }
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    const part = chunk as Buffer
    bytes += part.length
    if (bytes > MAX_BODY_BYTES) throw new AppError('body.too-large', { message: 'the body is too large' })
    chunks.push(part)
  }
  let value: unknown
  try {
    value = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new AppError('body.invalid-json', { message: 'not JSON' })
  }
  if (typeof value !== 'object' || value === null) throw new AppError('body.invalid', { message: 'not an object' })
  return value as Readonly<Record<string, unknown>>
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type })
  response.end(body)
}

function sendJson(response: ServerResponse, value: unknown): void {
  send(response, 200, TYPES.json, JSON.stringify(value))
}

function sendProblem(response: ServerResponse, { code, message }: AppError): void {
  send(response, ERROR_CODES[code], TYPES.json, JSON.stringify({ code, message }))
}

/** Says nothing to whom nothing is owed. */
function refuse(response: ServerResponse, status: 401 | 403): void {
  send(response, status, TYPES.json, '{}')
}
