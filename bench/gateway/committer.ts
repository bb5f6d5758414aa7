import { fileURLToPath } from 'node:url'
import { GATEWAY_CORE, startPinned } from './processes.ts'
import type { LoadResult } from './wrk.ts'

const PROGRAM = fileURLToPath(new URL('commit.ts', import.meta.url))

/** Measures durable appends to the gateway's own ledger, on the gateway's core, beside its server or alone. */
export interface Committer {
  /** So many appends wait at the same time; they share commits, as those of the gateway do. */
  measure(inFlight: number, seconds: number): Promise<LoadResult>
  stop(): Promise<void>
}

export async function startCommitter(databaseUrl: string): Promise<Committer> {
  const process = startPinned(GATEWAY_CORE, PROGRAM, [databaseUrl])
  await process.nextLine()
  return {
    async measure(inFlight, seconds) {
      process.write(JSON.stringify({ inFlight, seconds }))
      const result: LoadResult = JSON.parse(await process.nextLine())
      return result
    },
    stop: () => process.stop(),
  }
}
