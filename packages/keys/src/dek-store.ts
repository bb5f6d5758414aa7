import type { DekRecord } from './dek.ts'
import type { DekUse } from './key-context.ts'

/** What shares a data key. */
export interface DekScope {
  readonly tenant: string
  readonly objectClass: string
  readonly subject?: string
  readonly use: DekUse
}

/**
 * Where data keys are kept, wrapped. Each method is one transaction; a record is never changed but by `rewrap`. An
 * implementation writes its ledger entries in the same transaction, and refuses what a tenant does not own.
 */
export interface DekStore {
  /** The one current key of a scope, for new work. */
  findCurrent(scope: DekScope): Promise<DekRecord | undefined>
  /** Also one that is no longer current. `shredded` when its wrapped key was destroyed on purpose. */
  findById(tenant: string, dekId: string): Promise<DekRecord | 'shredded' | undefined>
  /**
   * Makes the record the current one of its scope, in place of `replaces` (undefined: of none). When the current one is
   * another by then, changes nothing and gives that one: replicas that start together agree on one key.
   */
  insertCurrent(record: DekRecord, replaces: string | undefined): Promise<DekRecord>
  /**
   * Counts messages under a key before they are made, up to `maxMessages` in all: gives how many of `wanted` may be made,
   * 0 when the key is used up. Never gives the same message twice, also after a crash.
   */
  reserveMessages(tenant: string, dekId: string, wanted: number, maxMessages: number): Promise<number>
}
