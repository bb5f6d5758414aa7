import type { Db } from '../db/database.ts'

/** Who changes a record: a principal through the API, or the program itself at its first start. */
export interface Actor {
  readonly tenant: string
  readonly id: string
}

/** One change of state, as the ledger keeps it: ids and numbers, never a value of the record. */
export interface Change {
  readonly actor: Actor
  /** E.g. `provider.put`. */
  readonly kind: string
  /** The record's id, or the hash that names it. */
  readonly object: string
  readonly version?: number
}

/** Writes the change to the ledger in the transaction that makes it. Call it last: it takes the log's counter. */
export type RecordChange = (trx: Db, change: Change) => Promise<void>
