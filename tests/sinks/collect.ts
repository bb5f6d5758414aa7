import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { findCluster } from '../support/postgres.ts'
import type { RunningServer } from '../support/server.ts'
import type { Hit, Searcher } from './search.ts'

export interface Places {
  readonly server: RunningServer
  readonly home: string
  readonly temporary: string
}

/** What was found, and how much was looked at: a search of nothing finds nothing. */
export interface Findings {
  readonly hits: readonly Hit[]
  readonly looked: { readonly files: number; readonly rows: number; readonly printedBytes: number }
}

/**
 * Everything that the server keeps: what it printed, its home with tiles and keys, its temporary folder, and its
 * database twice: as files, write-ahead log included, after a checkpoint has brought all pages there; and as rows,
 * because a long value lies compressed in its file.
 */
export async function searchSinks(searcher: Searcher, { server, home, temporary }: Places): Promise<Findings> {
  const client = new Client({ connectionString: (await findCluster(home)).url })
  await client.connect()
  const rows = await readRows(client)
  await client.query('checkpoint')
  await client.end()
  const printed = server.output()
  // Under root the cluster lies elsewhere, and the home holds a link to it.
  const folders = [home, temporary, await realpath(join(home, 'postgres'))]
  const searched = await Promise.all(folders.map((folder) => searcher.inFolder(folder)))
  return {
    hits: [
      ...searcher.inBytes(printed, 'printed'),
      ...rows.flatMap(({ table, text }) => searcher.inBytes(Buffer.from(text), `rows of ${table}`)),
      ...searched.flatMap(({ hits }) => hits),
    ],
    looked: {
      files: searched.reduce((sum, { files }) => sum + files, 0),
      rows: rows.length,
      printedBytes: printed.length,
    },
  }
}

/** Every row of every table that is not PostgreSQL's own, and its statistics, which hold frequent values. */
async function readRows(client: Client): Promise<readonly { readonly table: string; readonly text: string }[]> {
  const { rows: tables } = await client.query<{ name: string }>(`select format('%I.%I', schemaname, tablename) as name
    from pg_tables where schemaname not in ('pg_catalog', 'information_schema')
    union all select 'pg_catalog.pg_stats' union all select 'pg_catalog.pg_stat_activity'`)
  const found: { table: string; text: string }[] = []
  for (const { name } of tables) {
    const { rows } = await client.query<{ text: string }>(`select row_to_json(t)::text as text from ${name} t`)
    found.push(...rows.map(({ text }) => ({ table: name, text })))
  }
  return found
}
