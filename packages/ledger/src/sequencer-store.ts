import type { TreeHead } from './verify/proof.ts'

/** The rows of the log and the fence, as the one sequencer sees them. */
export interface SequencerStore {
  /** How many entries are committed. */
  countEntries(): Promise<number>
  /** Committed rows from an index on, in order, at most `limit`. */
  readEntries(from: number, limit: number): Promise<readonly { readonly index: number; readonly bytes: Uint8Array }[]>
  latestHead(): Promise<TreeHead | undefined>
  /**
   * Commits the one root of a size; a repetition is fine. Throws `ledger.inconsistent` when that size has another root
   * and `ledger.unavailable` when a newer sequencer has taken over.
   */
  decideHead(head: TreeHead): Promise<void>
  /** Runs `work` while no newer sequencer can take over. Throws `ledger.unavailable` when one has. */
  whileFenced(work: () => Promise<void>): Promise<void>
}
