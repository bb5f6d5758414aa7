import { AppError } from '@breakwater/kernel'
import { kekError } from './kek-provider.ts'

export interface DeadlineOptions {
  readonly timeoutMs: number
  /** The caller's own. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Waits for work no longer than the deadline, also for work that ignores its signal. Throws `keys.unavailable` when time
 * is up and `request.aborted` when the caller gave up.
 */
export async function withDeadline<T>(
  { timeoutMs, signal }: DeadlineOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = new AbortController()
  const signals = signal ? [timeout.signal, signal] : [timeout.signal]
  const either = AbortSignal.any(signals)
  const gaveUp = (): AppError =>
    timeout.signal.aborted
      ? kekError('keys.unavailable')
      : new AppError('request.aborted', { message: 'the caller gave up waiting for a key' })
  if (either.aborted) throw gaveUp()
  const timer = setTimeout(() => timeout.abort(), timeoutMs)
  const ended = Promise.withResolvers<never>()
  const refuse = (): void => ended.reject(gaveUp())
  either.addEventListener('abort', refuse, { once: true })
  const working = work(either)
  try {
    return await Promise.race([working, ended.promise])
  } catch (error) {
    // The service's client reports the abort in its own words: ours say whose it was.
    throw either.aborted ? gaveUp() : error
  } finally {
    clearTimeout(timer)
    either.removeEventListener('abort', refuse)
    // What comes after the deadline has nobody to hear it.
    working.catch(() => undefined)
  }
}
