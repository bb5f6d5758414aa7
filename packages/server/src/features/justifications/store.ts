import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import type { JustificationTable } from './types.ts'

interface PlainRow {
  readonly id: string
  readonly text: string
}

export interface JustificationStore {
  /** Some of the rows that were written in the clear. */
  listPlain(tenant: string, table: JustificationTable): Promise<readonly PlainRow[]>
  /** False when another replica was first. */
  replacePlain(tenant: string, table: JustificationTable, id: string, sealed: Buffer): Promise<boolean>
}

const BATCH = 100

export function createJustificationStore(database: Db): JustificationStore {
  return {
    listPlain: (tenant, table) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } = await sql<PlainRow>`select id, justification as text from ${sql.table(table)}
          where tenant = ${tenant} and justification is not null limit ${BATCH}`.execute(trx)
        return rows
      }),

    replacePlain: (tenant, table, id, sealed) =>
      withTenant(database, tenant, async (trx) => {
        const { numAffectedRows } = await sql`update ${sql.table(table)}
          set justification = null, sealed_justification = ${sealed}
          where tenant = ${tenant} and id = ${id} and justification is not null`.execute(trx)
        return (numAffectedRows ?? 0n) > 0n
      }),
  }
}
