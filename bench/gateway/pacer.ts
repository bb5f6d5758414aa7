import { fileURLToPath } from 'node:url'
import type { PacedOrder, PacedResult } from './paced.ts'
import { LOAD_CORE, startPinned } from './processes.ts'
import type { LoadResult } from './wrk.ts'

const PROGRAM = fileURLToPath(new URL('paced.ts', import.meta.url))

/** Load that comes at a steady rate from the load's core, whether or not what came before has been answered. */
export interface Pacer {
  /** Refuses to report a run in which a request failed: a refusal is faster than an answer. */
  measure(order: PacedOrder): Promise<LoadResult>
  stop(): Promise<void>
}

export async function startPacer(caFile: string): Promise<Pacer> {
  const process = startPinned(LOAD_CORE, PROGRAM, [caFile])
  await process.nextLine()
  return {
    async measure(order) {
      process.write(JSON.stringify(order))
      const { failed, ...result }: PacedResult = JSON.parse(await process.nextLine())
      if (failed > 0) throw new Error(`${failed} of ${result.requests} requests failed`)
      return result
    },
    stop: () => process.stop(),
  }
}
