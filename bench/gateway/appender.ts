import { completeEntry, createAppender } from '@breakwater/ledger'
import type { Appender, LedgerEntry, LedgerRecord } from '@breakwater/ledger'
import type { Client } from 'pg'

const APPEND = 'select ledger_append_lines($1, $2, $3, $4) as first'

const toLines = (records: readonly LedgerRecord[]): string[] =>
  [
    records.map(({ tenant }) => tenant),
    records.map(({ kind }) => kind),
    records.map(({ crossing }) => crossing ?? '-'),
    records.map(({ text }) => text),
  ].map((column) => column.join('\n'))

/** The ledger's append, in the tenant `bench`, with nothing around it. The client works as breakwater_app. */
export function createBareAppender(client: Client): Appender {
  return createAppender({
    store: { append: async (records) => Number((await client.query(APPEND, toLines(records))).rows[0].first) },
  })
}

/** An entry of the size that crossings have. */
export function sampleEntry(): LedgerEntry {
  const time = { wall: new Date().toISOString(), monotonicNs: process.hrtime.bigint().toString() }
  return completeEntry({ tenant: 'bench', kind: 'preview.made', model: 'bench-model', counts: { spans: 12 } }, time)
}
