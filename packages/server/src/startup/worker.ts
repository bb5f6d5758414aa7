import type { Log } from '@breakwater/kernel'
import type { Services } from '../app.ts'
import { createLoneIntentCloser, listTenants } from '../features/ledger/index.ts'
import { toAppError } from '../platform/http/problem.ts'
import type { Closers } from './closers.ts'
import type { Databases } from './databases.ts'
import { startSweeper } from './sweeper.ts'

// Longer than any crossing can take: what is older and has no outcome will get none.
const LONE_AFTER_DEADLINES = 2

export interface WorkerOptions {
  readonly log: Log
  readonly deadlineSeconds: number
}

/** What is due is swept for, never remembered by a timer: what a crash left open is done now, and each minute from now on. */
export async function startWorker(
  services: Services,
  { sequencerDb, isEmbedded }: Databases,
  { log, deadlineSeconds }: WorkerOptions,
  closers: Closers,
): Promise<void> {
  const loneIntents = createLoneIntentCloser({ sequencerDb, ledger: services.ledger, log })
  const loneAfterSeconds = deadlineSeconds * LONE_AFTER_DEADLINES
  // With a database of our own and the home's lock, nobody else can have a crossing under way.
  await loneIntents.close(isEmbedded ? 0 : loneAfterSeconds)
  const sweepAccess = async (): Promise<void> => {
    for (const tenant of await listTenants(sequencerDb)) await services.access.sweep(tenant)
  }
  const sealOld = async (): Promise<void> => {
    for (const tenant of await listTenants(sequencerDb)) await services.access.sealOld(tenant)
  }
  const sweepAgreements = async (): Promise<void> => {
    for (const tenant of await listTenants(sequencerDb)) await services.agreements.sweep(tenant)
  }
  const sweepKept = async (): Promise<void> => {
    for (const tenant of await listTenants(sequencerDb)) await services.kept.sweep(tenant)
  }
  await sweepAccess()
  await sweepAgreements()
  // With the key service away the program still starts: what is sealed a minute later lay in the clear for months.
  await sealOld().catch((thrown: unknown) => log('sweep-failed', { code: toAppError(thrown).code }))
  const sweeper = startSweeper(
    [async () => loneIntents.close(loneAfterSeconds), sweepAccess, sweepAgreements, sweepKept, sealOld],
    log,
  )
  closers.add(async () => sweeper.stop())
}
