import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'

export type OnceKind = 'assertion' | 'proof' | 'signature'

export interface SeenOnceStore {
  /** False when it was there. Commits on its own; a proof without waiting for the disk. */
  add(tenant: string, kind: OnceKind, sha256: Buffer, until: Date): Promise<boolean>
  /** The same, as part of a transaction of the tenant. */
  addIn(trx: Db, tenant: string, kind: OnceKind, sha256: Buffer, until: Date): Promise<boolean>
  removeStale(tenant: string, now: Date): Promise<void>
}

export function createSeenOnceStore(database: Db): SeenOnceStore {
  const add = async (db: Db, tenant: string, kind: OnceKind, sha256: Buffer, until: Date): Promise<boolean> => {
    const { rows } = await sql<{ isNew: boolean }>`
      select see_once(${tenant}, ${kind}, ${sha256}, ${until}) as "isNew"`.execute(db)
    return rows[0]?.isNew === true
  }
  return {
    add: (tenant, kind, sha256, until) => add(database, tenant, kind, sha256, until),
    addIn: add,
    removeStale: (tenant, now) =>
      withTenant(database, tenant, async (trx) => {
        await sql`delete from seen_once where tenant = ${tenant} and until <= ${now}`.execute(trx)
      }),
  }
}
