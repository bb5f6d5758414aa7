import type { Log } from '@breakwater/kernel'
import { decodeEntry } from '@breakwater/ledger'
import type { EntryDraft, LedgerEntry } from '@breakwater/ledger'
import type { LedgerService } from './service.ts'
import { findLoneIntents, withCloserLock } from './store.ts'
import type { Db } from './store.ts'

export interface LoneIntentCloserOptions {
  /** As breakwater_sequencer: finding them reads across tenants, which the application's role may not. */
  readonly sequencerDb: Db
  readonly ledger: LedgerService
  readonly log: Log
}

export interface LoneIntentCloser {
  /**
   * Appends an outcome, decision `unknown`, for each intent that is older than that and that nothing followed: its
   * process died. Gives their number. Age must exceed the longest crossing. Throws `ledger.unavailable`.
   */
  close(olderThanSeconds: number): Promise<number>
}

export function createLoneIntentCloser({ sequencerDb, ledger, log }: LoneIntentCloserOptions): LoneIntentCloser {
  // What is settled stays settled: only newer rows are looked at again.
  let from = 0
  return {
    async close(olderThanSeconds) {
      const closed = await withCloserLock(sequencerDb, async (db) => {
        const { lone, settledBelow } = await findLoneIntents(db, from, olderThanSeconds)
        await Promise.all(lone.map(async ({ bytes }) => ledger.append(abandon(decodeEntry(bytes)))))
        from = Math.max(from, settledBelow)
        return lone.length
      })
      if (closed) log('ledger-lone-intents-closed', { count: closed })
      return closed ?? 0
    },
  }
}

function abandon({ v: _version, time: _time, ...intent }: LedgerEntry): EntryDraft {
  return { ...intent, kind: 'crossing.outcome', decision: 'unknown', codes: ['crossing.abandoned'] }
}
