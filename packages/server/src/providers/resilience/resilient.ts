import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@breakwater/kernel'
import type { ErrorCode } from '@breakwater/kernel'
import type { ProviderAdapter, SendOptions } from '../adapter.ts'
import { failWith, ProviderError } from '../transport/index.ts'
import { createBreaker } from './breaker.ts'
import type { BreakerOptions, Verdict } from './breaker.ts'

export interface ResilienceOptions extends BreakerOptions {
  readonly maxAttempts?: number
}

const MAX_ATTEMPTS = 3
/** Before the second attempt where the provider did not say; thrice as long before the next. */
const FIRST_WAIT_MS = 100
/** A caller would rather hear of it than wait longer. */
const MAX_WAIT_MS = 10_000

/** What says that the provider itself is not well. Whoever refuses a request answers. */
const FAILURES: ReadonlySet<ErrorCode> = new Set(['provider.failed', 'provider.timeout'])

/**
 * The adapter behind a breaker, with retries of what the provider did not begin: no connection, or a 429 or 503 that says
 * when to come again, within the deadline. What may have been worked on, and any answer that has begun, is never asked
 * for twice.
 */
export function withResilience(adapter: ProviderAdapter, options: ResilienceOptions = {}): ProviderAdapter {
  const { maxAttempts = MAX_ATTEMPTS, elapsedMs = () => performance.now() } = options
  const breaker = createBreaker(options)

  function enter({ onAttempt }: SendOptions): (verdict: Verdict) => void {
    try {
      const tell = breaker.enter()
      onAttempt?.('sent')
      return tell
    } catch (thrown) {
      onAttempt?.('kept-back')
      throw thrown
    }
  }

  return {
    serves: (endpoint) => adapter.serves(endpoint),
    async send(call, sendOptions) {
      const { deadlineMs, signal } = sendOptions
      const startedMs = elapsedMs()
      for (let attempts = 1; ; attempts++) {
        const leftMs = deadlineMs - (elapsedMs() - startedMs)
        const tell = enter(sendOptions)
        try {
          const answer = await adapter.send(call, { ...sendOptions, deadlineMs: leftMs })
          tell('well')
          return answer
        } catch (thrown) {
          tell(judge(thrown))
          const waitMs = attempts < maxAttempts ? waitBefore(attempts, thrown) : undefined
          if (waitMs === undefined || waitMs >= deadlineMs - (elapsedMs() - startedMs)) throw thrown
          await pause(waitMs, signal)
          await sendOptions.beforeRetry?.()
        }
      }
    },
    close: async () => adapter.close(),
  }
}

/** How long to wait before it is sent again; undefined when it must not be. */
function waitBefore(attempts: number, thrown: unknown): number | undefined {
  if (!(thrown instanceof ProviderError) || !thrown.isUnprocessed || thrown.code === 'provider.unavailable') {
    return undefined
  }
  if (thrown.wait === undefined) return FIRST_WAIT_MS * 3 ** (attempts - 1)
  const waitMs = thrown.wait.seconds * 1_000
  return waitMs <= MAX_WAIT_MS ? waitMs : undefined
}

function judge(thrown: unknown): Verdict {
  if (!(thrown instanceof AppError)) return 'neither'
  if (FAILURES.has(thrown.code)) return 'failed'
  return thrown.code.startsWith('provider.') ? 'well' : 'neither'
}

/** Throws the signal's own reason, or `request.aborted`, for a caller that leaves meanwhile. */
async function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(waitMs, undefined, { signal })
  } catch (thrown) {
    throw signal.reason instanceof AppError ? signal.reason : failWith('request.aborted', { cause: thrown })
  }
}
