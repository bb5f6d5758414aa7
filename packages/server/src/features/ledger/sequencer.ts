import { setTimeout as delay } from 'node:timers/promises'
import { join } from 'node:path'
import { AppError } from '@breakwater/kernel'
import type { Clock, Log, LogSigner } from '@breakwater/kernel'
import { createCheckpointFile, createFileTiles, openSequencer } from '@breakwater/ledger'
import type { Checkpoint, Sequencer } from '@breakwater/ledger'
import { withSequencerStore } from './store.ts'
import type { Db } from './store.ts'

export interface LedgerSequencerOptions {
  /** As breakwater_sequencer, connected directly: its session lock does not survive a transaction pooler. */
  readonly db: Db
  /** The published log goes to `log/` in here, the memory of the last signature to `log-signed/`. */
  readonly homeDir: string
  readonly signer: LogSigner
  readonly clock: Clock
  readonly log: Log
  readonly intervalMs?: number
  readonly retryMs?: number
}

interface SequencerStatus {
  readonly isLeader: boolean
  readonly checkpoint: Checkpoint | undefined
  /** When the present checkpoint was last known to cover every committed entry. */
  readonly currentAt: Date | undefined
}

export interface LedgerSequencer {
  start(): void
  /** Takes in what is committed, then lets go of the lock. */
  stop(): Promise<void>
  /**
   * Publishes a checkpoint over everything committed before the call and gives it; undefined while the log is empty.
   * Throws what stopped it: `ledger.inconsistent`, `ledger.unavailable`.
   */
  integrateNow(): Promise<Checkpoint | undefined>
  status(): SequencerStatus
}

// A publication costs some ten file syncs however little it takes in, so it is not made more often than is of use: an
// entry shall be under a signed checkpoint within a second, two publications and the rest between them included.
const INTERVAL_MS = 400
// Syncing tiles slows down the commits of appends on the same disk: it may take a quarter of the time, as long as the
// checkpoint does not get old for it.
const REST_FACTOR = 3
const MAX_REST_INTERVALS = 1.25

type Waiter = PromiseWithResolvers<Checkpoint | undefined>

/** Where `breakwater audit verify` finds the log of a home. */
export function findLogDir(homeDir: string): string {
  return join(homeDir, 'log')
}

/** Integrates, signs and publishes in the background, as the only one; another process waits until the lock is free. */
export function createLedgerSequencer(options: LedgerSequencerOptions): LedgerSequencer {
  const { db, homeDir, signer, clock, log, intervalMs = INTERVAL_MS, retryMs = 1000 } = options
  const tiles = createFileTiles(findLogDir(homeDir))
  const lastCheckpoint = createCheckpointFile(join(homeDir, 'log-signed'))
  let status: SequencerStatus = { isLeader: false, checkpoint: undefined, currentAt: undefined }
  let waiters: Waiter[] = []
  let isStopping = false
  let wake = new AbortController()
  let running: Promise<void> | undefined

  async function sleep(milliseconds: number): Promise<void> {
    // A wake-up between two sleeps is not lost: its signal is aborted already.
    await delay(milliseconds, undefined, { signal: wake.signal }).catch(() => undefined)
    if (wake.signal.aborted) wake = new AbortController()
  }

  async function integrateUntilStopped(sequencer: Sequencer): Promise<void> {
    for (let isLast = false; !isLast; ) {
      isLast = isStopping
      const startedAt = performance.now()
      const served = waiters
      waiters = []
      try {
        const checkpoint = await sequencer.integrate()
        status = { isLeader: true, checkpoint, currentAt: clock.now() }
        for (const waiter of served) waiter.resolve(checkpoint)
      } catch (error) {
        waiters = [...served, ...waiters]
        throw error
      }
      const restMs = Math.max(intervalMs, (performance.now() - startedAt) * REST_FACTOR)
      if (!isLast && waiters.length === 0 && !isStopping) await sleep(Math.min(restMs, intervalMs * MAX_REST_INTERVALS))
    }
  }

  function refuseWaiters(error: unknown): void {
    for (const waiter of waiters) waiter.reject(error)
    waiters = []
  }

  async function run(): Promise<void> {
    do {
      try {
        const led = await withSequencerStore(db, async (store) => {
          await integrateUntilStopped(await openSequencer({ store, tiles, signer, lastCheckpoint }))
          return true
        })
        if (led === undefined) refuseWaiters(unavailable('another sequencer is at work'))
      } catch (cause) {
        log('ledger-sequencer-failed', { code: cause instanceof AppError ? cause.code : 'database.unavailable' })
        refuseWaiters(cause instanceof AppError ? cause : unavailable('the sequencer failed', cause))
      }
      status = { ...status, isLeader: false }
      if (!isStopping) await sleep(retryMs)
    } while (!isStopping)
    refuseWaiters(unavailable('the sequencer was stopped'))
  }

  return {
    start() {
      running ??= run()
    },
    async stop() {
      isStopping = true
      wake.abort()
      await running
    },
    async integrateNow() {
      if (!running || isStopping) throw unavailable('the sequencer is not running')
      const waiter = Promise.withResolvers<Checkpoint | undefined>()
      waiters.push(waiter)
      wake.abort()
      return waiter.promise
    },
    status: () => status,
  }
}

function unavailable(message: string, cause?: unknown): AppError {
  return new AppError('ledger.unavailable', { message, cause })
}
