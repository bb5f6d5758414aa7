import type { Log } from '@breakwater/kernel'
import type { App } from '../app.ts'
import { listTenants } from '../features/ledger/index.ts'
import type { Closers } from './closers.ts'
import type { Databases } from './databases.ts'
import { startSweeper } from './sweeper.ts'

export interface BatchOptions {
  readonly log: Log
  readonly deadlineSeconds: number
  readonly drainSeconds: number
}

const RUN_MS = 1_000
// No line takes longer, falling back included: what is older was begun by a program that is gone.
const LONE_AFTER_DEADLINES = 4

/** Runs lines of batches as they fall due, and sweeps what a crash left or time has ended. */
export async function startBatches(
  { lineRunner }: App,
  { sequencerDb, isEmbedded }: Databases,
  { log, deadlineSeconds, drainSeconds }: BatchOptions,
  closers: Closers,
): Promise<void> {
  const loneAfterSeconds = deadlineSeconds * LONE_AFTER_DEADLINES
  const sweep = async (afterSeconds: number): Promise<void> => {
    for (const tenant of await listTenants(sequencerDb)) await lineRunner.sweep(tenant, afterSeconds)
  }
  // With a database of our own and the home's lock, nobody else can have a line under way. What cannot be opened now, because
  // the key service is away, waits for the next sweep.
  await sweep(isEmbedded ? 0 : loneAfterSeconds).catch(() => log('sweep-failed', { code: 'batch.unknown' }))
  const sweeper = startSweeper([async () => sweep(loneAfterSeconds)], log)
  const runner = startSweeper([async () => lineRunner.run(await listTenants(sequencerDb))], log, RUN_MS)
  closers.add(async () => {
    await lineRunner.stop(drainSeconds * 1_000)
    await runner.stop()
    await sweeper.stop()
  })
}
