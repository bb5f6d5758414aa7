import { AppError } from '@breakwater/kernel'
import type { Dispatcher } from 'undici'

export interface WholeAnswerOptions {
  /** The error that a status stands for; undefined when the body is an answer. */
  readonly errorOf: (status: number) => AppError | undefined
  readonly maxBytes: number
}

/** An answer that is wanted in one piece. */
export interface WholeAnswer {
  /** Rejects with the status's error, with `provider.invalid-answer` for an endless body, and with what went wrong. */
  readonly bytes: Promise<Uint8Array>
  /** Rejects at once, and ends the work; before it began, nothing is sent at all. */
  readonly cancel: (cause: Error) => void
}

const MAX_REST_BYTES = 16_384
const MAX_REST_MS = 500

/**
 * Sends a request and gathers its answer from the client's own callbacks: a stream in between, with its listeners and its
 * promise for each chunk, costs as much as the exchange itself.
 */
export function requestWhole(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { errorOf, maxBytes }: WholeAnswerOptions,
): WholeAnswer {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  const parts: Uint8Array[] = []
  let controller: Dispatcher.DispatchController | undefined
  let cancelled: Error | undefined
  let sizeBytes = 0
  let limitBytes = maxBytes
  let isRefused = false
  let restTimer: NodeJS.Timeout | undefined

  function cancel(cause: Error): void {
    cancelled ??= cause
    reject(cause)
    controller?.abort(cause)
  }

  /** Reads the little that may be left, so that the connection can serve again; drops it when there is more. */
  function refuse(error: AppError): void {
    isRefused = true
    reject(error)
    limitBytes = MAX_REST_BYTES
    restTimer = setTimeout(() => controller?.abort(error), MAX_REST_MS)
  }

  dispatcher.dispatch(request, {
    onRequestStart(started) {
      controller = started
      if (cancelled) started.abort(cancelled)
    },
    onResponseStart(_controller, status) {
      // 1xx comes before the answer.
      const error = status < 200 ? undefined : errorOf(status)
      if (error) refuse(error)
    },
    onResponseData(_controller, chunk) {
      sizeBytes += chunk.byteLength
      if (sizeBytes > limitBytes) cancel(new AppError('provider.invalid-answer', { message: 'the answer is too long' }))
      else if (!isRefused) parts.push(chunk)
    },
    onResponseEnd() {
      clearTimeout(restTimer)
      const [only] = parts
      resolve(parts.length === 1 && only ? only : Buffer.concat(parts))
    },
    onResponseError(_controller, error) {
      clearTimeout(restTimer)
      reject(error)
    },
  })
  return { bytes: promise, cancel }
}
