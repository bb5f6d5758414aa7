import { AppError } from '@breakwater/kernel'
import type { Dispatcher } from 'undici'
import { refine } from './status.ts'
import type { UpstreamFailure } from './types.ts'

export interface WholeAnswerOptions {
  /** The error that a status stands for; undefined when the body is an answer. */
  readonly errorOf: (failure: Pick<UpstreamFailure, 'status' | 'headers'>) => AppError | undefined
  /** A closer word on it from the body, for which the error then waits. */
  readonly readFailure?: ((failure: UpstreamFailure) => AppError | undefined) | undefined
  readonly maxBytes: number
}

/** An answer that is wanted in one piece. */
export interface WholeAnswer {
  /** Rejects with the status's error, with `provider.invalid-answer` for an endless body, and with what went wrong. */
  readonly bytes: Promise<Uint8Array>
  /** Rejects at once, and ends the work; before it began, nothing is sent at all. */
  readonly cancel: (cause: Error) => void
}

export const MAX_REST_BYTES = 16_384
export const MAX_REST_MS = 500

/**
 * Sends a request and gathers its answer from the client's own callbacks: a stream in between, with its listeners and its
 * promise for each chunk, costs as much as the exchange itself.
 */
export function requestWhole(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { errorOf, readFailure, maxBytes }: WholeAnswerOptions,
): WholeAnswer {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  const parts: Uint8Array[] = []
  let controller: Dispatcher.DispatchController | undefined
  let cancelled: Error | undefined
  let sizeBytes = 0
  let limitBytes = maxBytes
  let refused: (Pick<UpstreamFailure, 'status' | 'headers'> & { readonly error: AppError }) | undefined
  let restTimer: NodeJS.Timeout | undefined

  function cancel(cause: Error): void {
    cancelled ??= cause
    reject(cause)
    controller?.abort(cause)
  }

  /** Reads the little that may be left, so that the connection can serve again; drops it when there is more. */
  function refuse(status: number, headers: UpstreamFailure['headers'], error: AppError): void {
    refused = { status, headers, error }
    if (readFailure === undefined) reject(error)
    limitBytes = MAX_REST_BYTES
    restTimer = setTimeout(() => cancel(error), MAX_REST_MS)
  }

  function join(): Uint8Array {
    const [only] = parts
    return parts.length === 1 && only ? only : Buffer.concat(parts)
  }

  dispatcher.dispatch(request, {
    onRequestStart(started) {
      controller = started
      if (cancelled) started.abort(cancelled)
    },
    onResponseStart(_controller, status, headers) {
      // 1xx comes before the answer.
      const error = status < 200 ? undefined : errorOf({ status, headers })
      if (error) refuse(status, headers, error)
    },
    onResponseData(_controller, chunk) {
      sizeBytes += chunk.byteLength
      if (sizeBytes <= limitBytes) parts.push(chunk)
      else cancel(refused?.error ?? new AppError('provider.invalid-answer', { message: 'the answer is too long' }))
    },
    onResponseEnd() {
      clearTimeout(restTimer)
      if (refused === undefined) resolve(join())
      else if (readFailure === undefined) reject(refused.error)
      else reject(refine({ ...refused, body: join() }, refused.error, readFailure))
    },
    onResponseError(_controller, error) {
      clearTimeout(restTimer)
      reject(refused?.error ?? error)
    },
  })
  return { bytes: promise, cancel }
}
