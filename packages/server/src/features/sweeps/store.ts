import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'

export interface SweepCount {
  readonly principal: string
  readonly kind: 'near' | 'sampling' | 'volume'
  readonly since: Date
  /** In hex; empty for volume. */
  readonly key: string
  readonly count: number
}

/** A count of all replicas; of volume with the mean of the hours before it and how many those were. */
export interface SweepTotal extends SweepCount {
  readonly mean: number
  readonly hours: number
}

export interface SweepStore {
  /** Adds what this replica counted, and gives the totals to `then` in the same transaction. */
  add(
    tenant: string,
    counts: readonly SweepCount[],
    then: (trx: Db, totals: readonly SweepTotal[]) => Promise<void>,
  ): Promise<void>
}

export function createSweepStore(database: Db): SweepStore {
  return {
    add: (tenant, counts, then) =>
      withTenant(database, tenant, async (trx) => {
        // By the newest hour that is counted: whose clock it is does not matter.
        const newest = new Date(Math.max(...counts.map(({ since }) => since.getTime())))
        await sql`delete from sweep_counts where tenant = ${tenant} and (since < ${newest}::timestamptz - interval '15 days'
          or kind <> 'volume' and since < ${newest}::timestamptz - interval '1 day')`.execute(trx)
        const { rows } = await sql<
          Omit<SweepTotal, 'count' | 'mean' | 'hours'> & Record<'count' | 'mean' | 'hours', string>
        >`
          with added as (
            insert into sweep_counts as c (tenant, principal, kind, since, key_mac, count)
            select ${tenant}, u.principal, u.kind, u.since, decode(u.key, 'hex'), u.count
            from unnest(${counts.map(({ principal }) => principal)}::text[], ${counts.map(({ kind }) => kind)}::text[],
              ${counts.map(({ since }) => since)}::timestamptz[], ${counts.map(({ key }) => key)}::text[],
              ${counts.map(({ count }) => count)}::bigint[]) as u (principal, kind, since, key, count)
            order by 2, 3, 4, 5
            on conflict (tenant, principal, kind, since, key_mac) do update set count = c.count + excluded.count
            returning c.*)
          select a.principal, a.kind, a.since, encode(a.key_mac, 'hex') as key, a.count,
            coalesce(b.mean, 0) as mean, coalesce(b.hours, 0) as hours
          from added a left join lateral (select avg(p.count) as mean, count(*) as hours from sweep_counts p
            where a.kind = 'volume' and p.kind = 'volume' and p.tenant = a.tenant and p.principal = a.principal
              and p.since < a.since and p.since >= a.since - interval '14 days') b on true`.execute(trx)
        await then(
          trx,
          rows.map((row) => ({ ...row, count: Number(row.count), mean: Number(row.mean), hours: Number(row.hours) })),
        )
      }),
  }
}
