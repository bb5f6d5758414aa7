import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@breakwater/kernel'
import { passAnswerHeaders, passRequestHeaders } from './headers.ts'
import type { ProofKey } from './proof-key.ts'
import { createReplay } from './replay.ts'
import { readSmallJson } from './server.ts'
import type { ServerLink } from './server.ts'
import type { TokenSource } from './token-source.ts'

export interface ForwardDeps {
  readonly link: ServerLink
  readonly tokens: TokenSource
  /** Left out: the client certificate of the connection is the proof. */
  readonly proofKey?: ProofKey
}

/** A body up to this long can be sent a second time, should the token have ended on its way. */
const MAX_REPLAY_BYTES = 8 * 1_024 * 1_024
/** The server says these before it reads the body: nothing has happened yet. */
const RETRIED: ReadonlySet<unknown> = new Set(['auth.invalid', 'use_dpop_nonce'])

/** Passes one request on and its answer back, both while they come. Answers 502 when there is no server. */
export async function forward(incoming: IncomingMessage, outgoing: ServerResponse, deps: ForwardDeps): Promise<void> {
  const gone = new AbortController()
  outgoing.once('close', () => gone.abort())
  const hasBody =
    incoming.headers['content-length'] !== undefined || incoming.headers['transfer-encoding'] !== undefined
  const body = createReplay(incoming, MAX_REPLAY_BYTES)
  let reader: Readable | undefined

  async function send(token: string): Promise<IncomingMessage> {
    const { method = 'GET', url = '/' } = incoming
    const [path = '/'] = url.split('?')
    const proof = await deps.proofKey?.prove({ method, url: `${deps.link.origin}${path}`, accessToken: token })
    reader?.destroy()
    reader = hasBody ? body.open() : undefined
    const answer = await deps.link.send({
      method,
      path: url,
      headers: {
        ...passRequestHeaders(incoming.headers),
        authorization: proof === undefined ? `Bearer ${token}` : `DPoP ${token}`,
        ...(proof !== undefined && { dpop: proof }),
      },
      ...(reader && { body: reader }),
      signal: gone.signal,
    })
    const nonce = answer.headers['dpop-nonce']
    if (typeof nonce === 'string') deps.proofKey?.useNonce(nonce)
    return answer
  }

  try {
    const token = await deps.tokens.get()
    let answer = await send(token)
    if (answer.statusCode === 401 && body.isWhole()) {
      const refusal = await readSmallJson(answer)
      const isRetried =
        RETRIED.has(findCode(refusal)) || /use_dpop_nonce/.test(answer.headers['www-authenticate'] ?? '')
      if (!isRetried) {
        passRefusal(outgoing, answer, refusal)
        return
      }
      // The server may still wait for the rest of the body on that connection.
      answer.destroy()
      deps.tokens.drop(token)
      answer = await send(await deps.tokens.get())
    }
    outgoing.writeHead(answer.statusCode ?? 502, passAnswerHeaders(answer.headers))
    // The first event of a stream is not held back until the second comes.
    outgoing.flushHeaders()
    await pipeline(answer, outgoing)
  } catch (error) {
    if (!outgoing.headersSent && !gone.signal.aborted) answerFailure(outgoing, error)
    else outgoing.destroy()
  }
}

/** Of OpenAI's shape, of a problem (RFC 9457), or of OAuth's. */
function findCode({ error, type, code }: Readonly<Record<string, unknown>>): unknown {
  if (typeof error === 'object' && error !== null && 'code' in error) return error.code
  if (typeof type === 'string' && type.startsWith('/errors/')) return type.slice('/errors/'.length)
  return code ?? error
}

function passRefusal(outgoing: ServerResponse, answer: IncomingMessage, body: Readonly<Record<string, unknown>>): void {
  const { 'content-length': _length, 'content-encoding': _encoding, ...headers } = passAnswerHeaders(answer.headers)
  outgoing.writeHead(answer.statusCode ?? 401, headers).end(JSON.stringify(body))
}

/** As OpenAI's clients read errors. Codes and rules only: what failed may hold a token. */
function answerFailure(outgoing: ServerResponse, error: unknown): void {
  const known = error instanceof AppError ? error : undefined
  const [code, message] = [known?.code ?? 'connect.failed', known?.message ?? 'the sidecar failed']
  answerLocal(outgoing, { status: 502, code, message })
}

export function answerLocal(
  outgoing: ServerResponse,
  { status, code, message }: { readonly status: number; readonly code: string; readonly message: string },
): void {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error'
  const body = JSON.stringify({ error: { message, type, param: null, code } })
  outgoing.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(body)
}
