import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import type { SharedRefusal } from '../../platform/http/rate-limit.ts'

export interface RefusalStore {
  /** In place of what this replica wrote before. One statement, which also forgets replicas that ended long ago. */
  write(replica: string, refusals: readonly SharedRefusal[]): Promise<void>
  /** What other replicas wrote within the last minute, each with what is left of its minute now. */
  readOthers(replica: string): Promise<readonly SharedRefusal[]>
}

const MAX_REPLICAS = 64

export function createRefusalStore(db: Db): RefusalStore {
  return {
    async write(replica, refusals) {
      const addresses = refusals.map(({ address }) => Buffer.from(address, 'hex'))
      const counts = refusals.map(({ refusals: count }) => count)
      const left = refusals.map(({ leftMs }) => Math.ceil(leftMs))
      await sql`with gone as (
          delete from refusal_counts where written_at < clock_timestamp() - interval '10 minutes' and replica <> ${replica})
        insert into refusal_counts (replica, addresses, refusals, left_ms)
        values (${replica}, ${addresses}::bytea[], ${counts}::integer[], ${left}::integer[])
        on conflict (replica) do update set written_at = clock_timestamp(),
          addresses = excluded.addresses, refusals = excluded.refusals, left_ms = excluded.left_ms`.execute(db)
    },

    async readOthers(replica) {
      const { rows } = await sql<{ address: string; refusals: number; leftMs: number }>`
        select encode(u.address, 'hex') as address, u.refusals,
          (u.left_ms - extract(epoch from clock_timestamp() - r.written_at) * 1000)::float8 as "leftMs"
        from (select * from refusal_counts where replica <> ${replica}
            and written_at > clock_timestamp() - interval '1 minute' order by written_at desc limit ${MAX_REPLICAS}) r,
          unnest(r.addresses, r.refusals, r.left_ms) as u (address, refusals, left_ms)`.execute(db)
      return rows.filter(({ leftMs }) => leftMs > 0)
    },
  }
}
