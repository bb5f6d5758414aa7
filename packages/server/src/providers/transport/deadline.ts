import { AppError } from '@breakwater/kernel'
import { failWith } from './provider-error.ts'

/** The time that a request has, and the caller who may leave before. */
export interface Deadline {
  /** What ends the work when time is up or the caller leaves; called at once when that has happened already. */
  onEnd(end: (cause: Error) => void): void
  /** Throws when time is up or the caller has left. */
  requireTime(): void
  clear(): void
  /** Why it ended, where that was not the provider's doing. */
  reason(thrown: unknown): AppError | undefined
}

export function createDeadline(caller: AbortSignal, deadlineMs: number): Deadline {
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
    reason: (thrown) => {
      if (isLate) return failWith('provider.timeout', { cause: thrown })
      if (!caller.aborted) return undefined
      return caller.reason instanceof AppError ? caller.reason : failWith('request.aborted', { cause: thrown })
    },
  }
}
