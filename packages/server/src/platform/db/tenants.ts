import { sql } from 'kysely'
import type { Db } from './database.ts'

/** The ids of all tenants, for sweeps. As breakwater_sequencer: the application sees one tenant at a time. */
export async function listTenants(sequencerDb: Db): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`select id from tenants order by id`.execute(sequencerDb)
  return rows.map(({ id }) => id)
}
