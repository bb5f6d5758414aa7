import { completeEntry, createAppender } from '@breakwater/ledger'
import type { Appender, LedgerEntry, LedgerRecord } from '@breakwater/ledger'
import type { Client } from 'pg'

const APPEND = 'select ledger_append($1::text[], $2::text[], $3::uuid[], $4::bytea[]) as first'

const columns = (records: readonly LedgerRecord[]): unknown[] => [
  records.map(({ tenant }) => tenant),
  records.map(({ kind }) => kind),
  records.map(({ crossing }) => crossing ?? null),
  records.map(({ bytes }) => Buffer.from(bytes)),
]

/** The ledger's append, in the tenant `bench`, with nothing around it. The client works as breakwater_app. */
export function createBareAppender(client: Client): Appender {
  return createAppender({
    store: { append: async (records) => Number((await client.query(APPEND, columns(records))).rows[0].first) },
  })
}

/** An entry of the size that crossings have. */
export function sampleEntry(): LedgerEntry {
  const time = { wall: new Date().toISOString(), monotonicNs: process.hrtime.bigint().toString() }
  return completeEntry({ tenant: 'bench', kind: 'preview.made', model: 'bench-model', counts: { spans: 12 } }, time)
}
