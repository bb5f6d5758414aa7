import { getCACertificates, TLSSocket } from 'node:tls'
import { isThisMachine } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { ErrorCode } from '@breakwater/kernel'
import { buildConnector, errors, Pool } from 'undici'
import type { Dispatcher } from 'undici'
import type { ProviderAdapter, ProviderTarget } from './adapter.ts'
import { createPinCheck, PIN_MISMATCH } from '../platform/tls/pins.ts'
import { tlsSettings } from '../platform/tls/settings.ts'
import { createAddressCheck, createPinnedLookup, requireAllowedHost } from './addresses.ts'
import { createApiKeyReader } from './api-key.ts'
import type { HandshakeWatch } from './handshakes.ts'
import { requestWhole } from './whole-answer.ts'

export interface OpenAiCompatibleOptions {
  /** Where files of API keys lie; without it a provider that needs one is refused. */
  readonly secretsDir?: string
  /** PEM of further authorities that a provider's certificate may chain to. */
  readonly providerCa?: string
  /** Is told how handshakes end. */
  readonly handshakes?: Pick<HandshakeWatch, 'failed' | 'agreed'>
  readonly maxAnswerBytes?: number
  readonly maxConnections?: number
  readonly connectTimeoutMs?: number
}

// A whole answer is guarded in one go, while others wait. In a stream each word brings its own envelope.
const MAX_WHOLE_BYTES = 4 * 1_048_576
const MAX_STREAM_BYTES = 64 * 1_048_576
const MAX_CONNECTIONS = 128
const CONNECT_TIMEOUT_MS = 10_000
const KEEP_ALIVE_MS = 30_000
const MAX_REST_BYTES = 16_384
const MAX_REST_MS = 500

/** What an upstream status means to our caller. Whatever is not listed failed. */
const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [400, 'provider.rejected'],
  [401, 'provider.credentials-refused'],
  [403, 'provider.credentials-refused'],
  [404, 'provider.rejected'],
  [408, 'provider.timeout'],
  [413, 'provider.rejected'],
  [422, 'provider.rejected'],
  [429, 'provider.rate-limited'],
  [504, 'provider.timeout'],
])

const MESSAGES: Readonly<Partial<Record<ErrorCode, string>>> = {
  'provider.rejected': 'the provider refused the request',
  'provider.credentials-refused': "the provider refused Breakwater's credentials",
  'provider.identity-refused': "the provider's certificate or public key is not the one expected",
  'provider.rate-limited': 'the provider asks to slow down',
  'provider.timeout': 'the provider did not answer before the deadline',
  'provider.address-refused': 'the provider answered with a redirect',
  'provider.failed': 'the provider failed',
  'request.aborted': 'the caller closed the connection',
}

/**
 * Any server that speaks OpenAI's protocol. One connection pool, kept alive, to one checked address; no redirects, no
 * proxy of the environment, no header of the answer passed on. Throws `provider.address-refused` for an address that may
 * not be reached at all.
 */
export function createOpenAiCompatible(target: ProviderTarget, options: OpenAiCompatibleOptions = {}): ProviderAdapter {
  const { maxAnswerBytes, maxConnections = MAX_CONNECTIONS, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options
  const url = readBaseUrl(target)
  const isAllowed = createAddressCheck(target.isInternal, target.allowedAddresses)
  requireAllowedHost(url.hostname, isAllowed)
  const connect = buildConnector({
    ...tlsSettings(target),
    ...(options.providerCa !== undefined && { ca: [...getCACertificates('default'), options.providerCa] }),
    lookup: createPinnedLookup(isAllowed),
    timeout: connectTimeoutMs,
    // Said, because NODE_TLS_REJECT_UNAUTHORIZED would have its way otherwise.
    rejectUnauthorized: true,
    allowH2: false,
    ...(target.pins && target.pins.length > 0 && { checkServerIdentity: createPinCheck(target.pins) }),
  })
  const pool = new Pool(url.origin, {
    connect: options.handshakes === undefined ? connect : watchHandshakes(connect, target, options.handshakes),
    connections: maxConnections,
    keepAliveTimeout: KEEP_ALIVE_MS,
    allowH2: false,
  })
  const readKey =
    target.apiKeyFile === undefined ? undefined : createApiKeyReader(options.secretsDir, target.apiKeyFile)
  const path = `${url.pathname.replace(/\/+$/, '')}/chat/completions`

  async function describe(body: string, accept: string): Promise<Dispatcher.RequestOptions> {
    const key = readKey && (await readKey())
    return {
      origin: url.origin,
      path,
      method: 'POST',
      body,
      // The deadline is the only clock: these would end a slow answer for another reason.
      headersTimeout: 0,
      bodyTimeout: 0,
      headers: {
        'content-type': 'application/json',
        accept,
        'accept-encoding': 'identity',
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
    }
  }

  async function receiveWhole(body: string, deadline: Deadline): Promise<Uint8Array> {
    const maxBytes = maxAnswerBytes ?? MAX_WHOLE_BYTES
    try {
      const request = await describe(body, 'application/json')
      deadline.requireTime()
      const answer = requestWhole(pool, request, { errorOf, maxBytes })
      deadline.onEnd(answer.cancel)
      return await answer.bytes
    } catch (thrown) {
      throw deadline.translate(thrown)
    } finally {
      deadline.clear()
    }
  }

  async function openStream(body: string, deadline: Deadline): Promise<Dispatcher.ResponseData> {
    const controller = new AbortController()
    deadline.onEnd(() => controller.abort())
    const request = await describe(body, 'text/event-stream')
    const answer = await pool.request({ ...request, signal: controller.signal })
    const error = errorOf(answer.statusCode)
    if (error === undefined) return answer
    letGo(answer)
    throw error
  }

  async function* readChunks(
    answer: Dispatcher.ResponseData,
    deadline: Deadline,
    maxBytes: number,
  ): AsyncGenerator<Uint8Array> {
    let sizeBytes = 0
    try {
      for await (const chunk of answer.body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        sizeBytes += chunk.byteLength
        if (sizeBytes > maxBytes) throw new AppError('provider.invalid-answer', { message: 'the answer is too long' })
        yield chunk
      }
    } catch (thrown) {
      throw deadline.translate(thrown)
    } finally {
      deadline.clear()
      letGo(answer)
    }
  }

  return {
    async send(body, { isStream, signal, deadlineMs }) {
      const deadline = createDeadline(signal, deadlineMs)
      if (!isStream) return { kind: 'whole', bytes: await receiveWhole(body, deadline) }
      const answer = await openStream(body, deadline).catch((thrown: unknown) => {
        deadline.clear()
        throw deadline.translate(thrown)
      })
      if (isEventStream(answer))
        return { kind: 'stream', chunks: readChunks(answer, deadline, maxAnswerBytes ?? MAX_STREAM_BYTES) }
      deadline.clear()
      letGo(answer)
      throw new AppError('provider.invalid-answer', { message: 'the answer is no event stream' })
    },
    close: async () => pool.close(),
  }
}

function watchHandshakes(
  connect: buildConnector.connector,
  target: ProviderTarget,
  handshakes: Pick<HandshakeWatch, 'failed' | 'agreed'>,
): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error) {
        handshakes.failed(target, error)
        callback(error, null)
        return
      }
      if (socket instanceof TLSSocket) handshakes.agreed(target, socket.getProtocol())
      callback(null, socket)
    })
}

/** Reads the little that may be left, so that the connection can serve again; drops it when there is more. */
function letGo({ body }: Dispatcher.ResponseData): void {
  if (body.readableEnded) return
  body.on('error', () => undefined)
  body.dump({ limit: MAX_REST_BYTES, signal: AbortSignal.timeout(MAX_REST_MS) }).catch(() => body.destroy())
}

function readBaseUrl({ baseUrl, isInternal, allowedAddresses }: ProviderTarget): URL {
  const url = URL.parse(baseUrl ?? '')
  const isAllowed =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isInternal && isThisMachine(allowedAddresses))
  if (url && isAllowed && url.username === '' && url.search === '') return url
  throw new AppError('provider.address-refused', {
    message: "the provider's base URL must be https, or plain http to this machine",
  })
}

function isEventStream({ headers }: Dispatcher.ResponseData): boolean {
  return String(headers['content-type'] ?? '')
    .toLowerCase()
    .startsWith('text/event-stream')
}

function errorOf(status: number): AppError | undefined {
  if (status === 200) return undefined
  if (status >= 300 && status < 400) return failure('provider.address-refused')
  return failure(CODES.get(status) ?? 'provider.failed')
}

function failure(code: ErrorCode, cause?: unknown): AppError {
  return new AppError(code, { message: MESSAGES[code] ?? 'the provider failed', cause })
}

interface Deadline {
  /** What ends the work when time is up or the caller leaves; called at once when that has happened already. */
  onEnd(end: (cause: Error) => void): void
  /** Throws when time is up or the caller has left. */
  requireTime(): void
  clear(): void
  /** Says why it ended: the deadline, the caller, or the provider. */
  translate(thrown: unknown): AppError
}

function createDeadline(caller: AbortSignal, deadlineMs: number): Deadline {
  let isLate = false
  let end: ((cause: Error) => void) | undefined
  const stop = (): void => end?.(new Error('ended'))
  const timer = setTimeout(() => {
    isLate = true
    stop()
  }, deadlineMs)
  caller.addEventListener('abort', stop, { once: true })
  const hasEnded = (): boolean => isLate || caller.aborted
  return {
    onEnd(work) {
      end = work
      if (hasEnded()) stop()
    },
    requireTime() {
      if (hasEnded()) throw new Error('ended')
    },
    clear: () => {
      clearTimeout(timer)
      caller.removeEventListener('abort', stop)
    },
    translate: (thrown) => {
      if (thrown instanceof AppError) return thrown
      if (isLate) return failure('provider.timeout', thrown)
      if (caller.aborted) {
        return caller.reason instanceof AppError ? caller.reason : failure('request.aborted', thrown)
      }
      const refused = findRefusal(thrown)
      if (refused) return refused
      return failure(thrown instanceof errors.ConnectTimeoutError ? 'provider.timeout' : 'provider.failed', thrown)
    },
  }
}

// A name, an authority or a key that is not the one expected: somebody else may have answered.
const IDENTITY: ReadonlySet<string> = new Set([
  PIN_MISMATCH,
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** The lookup's own refusal, however deep the client wrapped it. */
function findRefusal(thrown: unknown): AppError | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (error instanceof AppError) return error
    if ('code' in error && IDENTITY.has(String(error.code))) return failure('provider.identity-refused', thrown)
  }
  return undefined
}
