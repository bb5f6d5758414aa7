import type { Log } from '@breakwater/kernel'
import { toAppError } from '../platform/http/problem.ts'

export interface Sweeper {
  /** Waits for the sweep under way. */
  stop(): Promise<void>
}

/** Runs the tasks again and again; one that fails is logged and tried the next time. */
export function startSweeper(tasks: readonly (() => Promise<unknown>)[], log: Log, everyMs = 60_000): Sweeper {
  let sweep: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    sweep = Promise.all(
      tasks.map(async (task) =>
        task().catch((thrown: unknown) => log('sweep-failed', { code: toAppError(thrown).code })),
      ),
    )
  }, everyMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await sweep
    },
  }
}
