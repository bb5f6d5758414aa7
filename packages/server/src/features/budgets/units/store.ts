import { sql } from 'kysely'
import type { Db } from '../../../platform/db/database.ts'
import { rethrowOutage } from '../../../platform/db/database.ts'

/** A counter: of one limit, of one whom it counts by itself, since the start of a span. */
export interface CounterKey {
  readonly limit: string
  readonly subject: string
  readonly sinceMs: number
}

interface Taken {
  readonly granted: number
  /** All that this replica holds of it now. */
  readonly held: number
  /** When the counter's span began, which may be later than was thought. */
  readonly sinceMs: number
  /** False once the limit has ended. */
  readonly isLimited: boolean
}

export interface UnitStore {
  /** As many as are left of `need`, and when much is left up to `extra` more. Throws `database.unavailable`. */
  take(tenant: string, wants: readonly (CounterKey & { need: number; extra: number })[]): Promise<readonly Taken[]>
  /** Tells what was used and what is given back; gives what is still held of each. Throws `database.unavailable`. */
  settle(tenant: string, counts: readonly (CounterKey & { used: number; back: number })[]): Promise<readonly number[]>
}

export interface UnitStoreOptions {
  /** Names the replica, as a UUID. */
  readonly replica: string
  readonly leaseMs: number
}

/** One statement a call: a crossing waits for it. */
export function createUnitStore(db: Db, { replica, leaseMs }: UnitStoreOptions): UnitStore {
  const keysOf = (keys: readonly CounterKey[]): [string[], string[], Date[]] => [
    keys.map(({ limit }) => limit),
    keys.map(({ subject }) => subject),
    keys.map(({ sinceMs }) => new Date(sinceMs)),
  ]
  return {
    async take(tenant, wants) {
      const [limits, subjects, sinces] = keysOf(wants)
      const needs = wants.map(({ need }) => need)
      const extras = wants.map(({ extra }) => extra)
      const { rows } = await sql<{ granted: string; held: string; since: Date; isLimited: boolean }>`
        select granted, held, counted_since as since, is_limited as "isLimited"
        from take_units(${tenant}, ${replica}, ${leaseMs}, ${limits}::text[], ${subjects}::text[],
          ${sinces}::timestamptz[], ${needs}::bigint[], ${extras}::bigint[]) order by place`
        .execute(db)
        .catch(rethrowOutage)
      return rows.map(({ granted, held, since, isLimited }) => ({
        granted: Number(granted),
        held: Number(held),
        sinceMs: since.getTime(),
        isLimited,
      }))
    },

    async settle(tenant, counts) {
      const [limits, subjects, sinces] = keysOf(counts)
      const useds = counts.map(({ used }) => used)
      const backs = counts.map(({ back }) => back)
      const { rows } = await sql<{ held: string }>`
        select held from settle_units(${tenant}, ${replica}, ${leaseMs}, ${limits}::text[], ${subjects}::text[],
          ${sinces}::timestamptz[], ${useds}::bigint[], ${backs}::bigint[]) order by place`
        .execute(db)
        .catch(rethrowOutage)
      return rows.map(({ held }) => Number(held))
    },
  }
}
