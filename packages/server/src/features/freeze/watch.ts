import { AppError } from '@breakwater/kernel'
import type { Soon } from '../../platform/async/soon.ts'
import type { Egress, Watched } from './types.ts'

export interface WatchDeps {
  /** Throws `egress.frozen`, or why it cannot be known. */
  readonly requireOpen: (egress: Egress) => Soon<void>
  readonly everyMs?: number
  /** How long what is under way goes on without anybody knowing whether it may. */
  readonly maxUnknownMs?: number
}

const EVERY_MS = 500
const MAX_UNKNOWN_MS = 4_000
// A database that hangs is one that does not answer.
const ANSWER_MS = 1_500

/** Looks at everything that is under way, twice a second, for as long as something is. */
export function createWatch({ requireOpen, everyMs = EVERY_MS, maxUnknownMs = MAX_UNKNOWN_MS }: WatchDeps): {
  add(watched: Watched): () => void
  close(): void
} {
  const underWay = new Map<Watched, { knownMs: number }>()
  let timer: NodeJS.Timeout | undefined
  let isLooking = false

  async function look(watched: Watched, state: { knownMs: number }): Promise<void> {
    try {
      await withinLimit(requireOpen(watched))
      state.knownMs = performance.now()
    } catch (thrown) {
      const isFrozen = thrown instanceof AppError && thrown.code === 'egress.frozen'
      if (!isFrozen && performance.now() - state.knownMs < maxUnknownMs) return
      if (underWay.delete(watched)) watched.cut(thrown instanceof Error ? thrown : new Error('unknown'))
    }
  }

  async function lookAtAll(): Promise<void> {
    if (isLooking) return
    isLooking = true
    await Promise.all([...underWay].map(async ([watched, state]) => look(watched, state)))
    isLooking = false
    if (underWay.size === 0) stop()
  }

  function stop(): void {
    clearInterval(timer)
    timer = undefined
  }

  return {
    add(watched) {
      underWay.set(watched, { knownMs: performance.now() })
      timer ??= setInterval(() => void lookAtAll(), everyMs).unref()
      return () => {
        underWay.delete(watched)
      }
    },
    close: stop,
  }
}

async function withinLimit(answer: Soon<void>): Promise<void> {
  if (!(answer instanceof Promise)) return
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new AppError('database.unavailable', { message: 'nobody can tell whether egress is frozen' })),
    ANSWER_MS,
  )
  try {
    await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
