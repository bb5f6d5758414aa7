import { AppError } from '@breakwater/kernel'
import type { Dispatcher } from 'undici'
import type { Soon } from '../../platform/async/soon.ts'
import { whenThere } from '../../platform/async/soon.ts'
import type { SendOptions, UpstreamAnswer } from '../adapter.ts'
import { readBaseUrl } from './base-url.ts'
import { createDeadline } from './deadline.ts'
import type { Deadline } from './deadline.ts'
import type { PoolOptions } from './pool.ts'
import { createProviderPool } from './pool.ts'
import { makeShortLived } from './short-lived.ts'
import { errorOf, refine } from './status.ts'
import { hasType, letGo, readChunks, readRest } from './stream-answer.ts'
import { translateError } from './translate-error.ts'
import type { Transport, TransportTarget, UpstreamRequest } from './types.ts'
import { requestWhole } from './whole-answer.ts'

export interface TransportOptions extends PoolOptions {
  readonly maxAnswerBytes?: number
}

// A whole answer is guarded in one go, while others wait. In a stream each word brings its own envelope.
const MAX_WHOLE_BYTES = 4 * 1_048_576
const MAX_STREAM_BYTES = 64 * 1_048_576
const JSON_TYPE = 'application/json'
const EVENT_STREAM = 'text/event-stream'

/**
 * The way to one provider that all adapters share: one pool, kept alive, to checked and pinned addresses; no redirects, no
 * proxy of the environment, TLS as on record, one deadline, and of an error no more than a code and how long to wait.
 * Throws `provider.address-refused` for an address that may not be reached at all.
 */
export function createTransport(target: TransportTarget, options: TransportOptions = {}): Transport {
  const { maxAnswerBytes } = options
  const url = readBaseUrl(target)
  const { pool, isUnconnected } = createProviderPool(url, target, options)
  const streams = makeShortLived(pool)

  function describe(request: UpstreamRequest, accept: string): Soon<Dispatcher.RequestOptions> {
    const { path, body, method = 'POST' } = request
    return whenThere(request.headers?.({ host: url.host, path, body, accept }), (headers) => ({
      origin: url.origin,
      path,
      method,
      body,
      // The deadline is the only clock: these would end a slow answer for another reason.
      headersTimeout: 0,
      bodyTimeout: 0,
      headers: {
        'content-type': JSON_TYPE,
        accept,
        'accept-encoding': 'identity',
        ...headers,
      },
    }))
  }

  async function receiveWhole(request: UpstreamRequest, deadline: Deadline): Promise<Uint8Array> {
    const { readWhole, readFailure, isAnswer } = request.dialect ?? {}
    const describing = describe(request, JSON_TYPE)
    const described = describing instanceof Promise ? await describing : describing
    deadline.requireTime()
    const maxBytes = maxAnswerBytes ?? MAX_WHOLE_BYTES
    const answer = requestWhole(pool, described, {
      errorOf: (head) => (isAnswer?.(head) === true ? undefined : errorOf(head)),
      readFailure,
      maxBytes,
    })
    deadline.onEnd(answer.cancel)
    const bytes = await answer.bytes
    return readWhole ? translated(() => readWhole(bytes)) : bytes
  }

  async function openStream(request: UpstreamRequest, deadline: Deadline): Promise<Dispatcher.ResponseData> {
    const { streamType = EVENT_STREAM, readFailure } = request.dialect ?? {}
    const controller = new AbortController()
    deadline.onEnd(() => controller.abort())
    const described = await describe(request, streamType)
    const answer = await streams.request({ ...described, signal: controller.signal })
    const { statusCode: status, headers } = answer
    const error = errorOf({ status, headers })
    if (error === undefined && hasType(answer, streamType)) return answer
    if (error !== undefined && readFailure !== undefined) {
      throw refine({ status, headers, body: await readRest(answer) }, error, readFailure)
    }
    letGo(answer)
    throw error ?? new AppError('provider.invalid-answer', { message: 'the answer is no stream of the declared type' })
  }

  async function* readStream(
    answer: Dispatcher.ResponseData,
    { dialect }: UpstreamRequest,
    deadline: Deadline,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const chunks = readChunks(answer, maxAnswerBytes ?? MAX_STREAM_BYTES)
    let thrownByWire: unknown
    try {
      if (dialect?.readStream === undefined) yield* chunks
      else {
        yield* dialect.readStream(
          watch(chunks, (thrown) => {
            thrownByWire = thrown
          }),
        )
      }
    } catch (thrown) {
      if (dialect?.readStream && thrownByWire === undefined) throw deadline.reason(thrown) ?? toInvalid(thrown)
      throw translateError(thrown, deadline, isUnconnected)
    } finally {
      deadline.clear()
      letGo(answer)
    }
  }

  return {
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ''),
    async send(request: UpstreamRequest, { isStream, signal, deadlineMs }: SendOptions): Promise<UpstreamAnswer> {
      const deadline = createDeadline(signal, deadlineMs)
      let isRunning = false
      try {
        if (!isStream) return { kind: 'whole', bytes: await receiveWhole(request, deadline) }
        const answer = await openStream(request, deadline)
        isRunning = true
        return { kind: 'stream', chunks: readStream(answer, request, deadline) }
      } catch (thrown) {
        throw translateError(thrown, deadline, isUnconnected)
      } finally {
        if (!isRunning) deadline.clear()
      }
    },
    close: async () => pool.close(),
  }
}

/** Tells a fault of the connection from one of the translation. */
async function* watch(
  chunks: AsyncIterable<Uint8Array>,
  failed: (thrown: unknown) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks
  } catch (thrown) {
    failed(thrown)
    throw thrown
  }
}

function translated<T>(translate: () => T): T {
  try {
    return translate()
  } catch (thrown) {
    throw toInvalid(thrown)
  }
}

function toInvalid(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  return new AppError('provider.invalid-answer', {
    message: 'the answer is not what its protocol promises',
    cause: thrown,
  })
}
