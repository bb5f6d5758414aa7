import { AppError } from '@breakwater/kernel'
import { withDeadline } from '../../deadline.ts'
import { kekError } from '../../kek-provider.ts'
import type { KekCallOptions, KekErrorCode } from '../../kek-provider.ts'
import { toCause } from './cause.ts'

/** How long one call to a key service may take, its sign-in included, unless set otherwise. */
export const DEFAULT_TIMEOUT_MS = 5000

export interface CallsOptions {
  readonly timeoutMs?: number | undefined
  /** What an error of the service's client means to us. */
  readonly toCode: (error: unknown) => KekErrorCode
}

/** Calls to a key service: each within the deadline, none after close, every failure in our codes. */
export interface Calls {
  run<T>(options: KekCallOptions | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T>
  close(): void
}

/** No retries here: a caller knows whether it still needs the key, and `isPassingKeyError` tells it when to try again. */
export function createCalls({ timeoutMs = DEFAULT_TIMEOUT_MS, toCode }: CallsOptions): Calls {
  const closed = new AbortController()
  return {
    async run(options, work) {
      if (closed.signal.aborted) throw kekError('keys.unavailable')
      return withDeadline({ timeoutMs, signal: options?.signal }, async (signal) => {
        try {
          return await work(signal)
        } catch (error) {
          throw error instanceof AppError ? error : kekError(toCode(error), toCause(error))
        }
      })
    },
    close: () => closed.abort(),
  }
}
