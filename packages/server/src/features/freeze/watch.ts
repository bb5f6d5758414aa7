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

interface Crossing {
  readonly watched: Watched
  /** When it was last known that it may go on. */
  knownMs: number
  /** Where it stands among those under way. */
  place: number
}

const GONE = -1
const EVERY_MS = 500
const MAX_UNKNOWN_MS = 4_000
// A database that hangs is one that does not answer.
const ANSWER_MS = 1_500

/** Looks at everything that is under way, twice a second, for as long as something is. */
export function createWatch({ requireOpen, everyMs = EVERY_MS, maxUnknownMs = MAX_UNKNOWN_MS }: WatchDeps): {
  add(watched: Watched): () => void
  close(): void
} {
  // No Map and no Set: each table that one of them outgrows leads to the next, and once a table is old, V8 takes whatever
  // was in any of them since for something that lives, until it collects all of its heap.
  const underWay: Crossing[] = []
  let timer: NodeJS.Timeout | undefined
  let isLooking = false

  async function look(crossing: Crossing): Promise<void> {
    const { watched } = crossing
    try {
      await withinLimit(requireOpen(watched))
      crossing.knownMs = performance.now()
    } catch (thrown) {
      const isFrozen = thrown instanceof AppError && thrown.code === 'egress.frozen'
      if (!isFrozen && performance.now() - crossing.knownMs < maxUnknownMs) return
      if (leave(crossing)) watched.cut(thrown instanceof Error ? thrown : new Error('unknown'))
    }
  }

  /** False when it has left before. The last one takes its place. */
  function leave(crossing: Crossing): boolean {
    const { place } = crossing
    if (place === GONE) return false
    crossing.place = GONE
    const last = underWay.pop()
    if (last === undefined || last === crossing) return true
    underWay[place] = last
    last.place = place
    return true
  }

  async function lookAtAll(): Promise<void> {
    if (isLooking) return
    isLooking = true
    await Promise.all([...underWay].map(look))
    isLooking = false
    if (underWay.length === 0) stop()
  }

  function stop(): void {
    clearInterval(timer)
    timer = undefined
  }

  return {
    add(watched) {
      const crossing: Crossing = { watched, knownMs: performance.now(), place: underWay.length }
      underWay.push(crossing)
      timer ??= setInterval(() => void lookAtAll(), everyMs).unref()
      return () => void leave(crossing)
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
